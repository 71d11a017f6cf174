"""Spark as the engine: it finds what the embedded one finds, and where it isn't there somebody is told what to do."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from checker.catalogue import explain_problem
from checker.data import match
from checker.data.doubles import Doubled, doubled, parts_of
from checker.data.engine import EMBEDDED, Engine, opened
from checker.data.keys import Between, keys
from checker.data.match import texts_of
from checker.data.normal import FORMS, normal
from checker.errors import InputError
from checker.model.sync import Row, Which
from tests.unit.data.flows import flow, left, plainly_doubled, right

SPARK = Engine("spark", "local[2]")
VIEW = flow("email", "vat_id", ["name", "country"])
# Spellings of few values: with none, with blanks of all kinds, with letters in which engines and Python differ
MAILS = (None, "", " ", "I{0}@x.de", "i{0}@X.DE\u00a0")
VAT_IDS = (None, "de {0}", "DE{0}\u2009", "ß{0}")
NAMES = ("Weiß {0}", "WEIß  {0}\n", "Weiss {0}", "İz Ας {0}", "i\u0307z ας {0}", "\x1cÄ\u2028{0}", "'\\ \x00 {0}")
COUNTRIES = ("DE", " AT", None)
TRICKY = "aAßẞİıiI\u0307ςσΣäÄ\u00e9e\u0301 \t\n\r\x0b\u00a0\u200a\u2028\x1c\x85\x000+9-/@.DEdeǅŉﬁ$^\\'\""

with_spark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # pyspark's own, to its Java process
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java: install openjdk-17-jre-headless"),
]


def on_spark(test: Callable[..., None]) -> Callable[..., None]:
    """A test that starts Spark."""
    for mark in with_spark:
        test = mark(test)
    return test


@pytest.fixture
def spark() -> Engine:
    """Spark on this machine."""
    pytest.importorskip("pyspark", reason="Spark isn't installed: make spark")
    return SPARK


def customers(make: Callable[..., Row], letter: str, seed: int) -> list[Row]:
    """Three hundred made-up customers."""
    dice = random.Random(seed)

    def one(texts: tuple[str | None, ...], values: int) -> str | None:
        text = dice.choice(texts)
        return text and text.format(dice.randrange(values))

    return [
        make(
            f"{letter}{number:03}",
            email=one(MAILS, 150),
            vat_id=one(VAT_IDS, 200),
            name=one(NAMES, 30),
            country=one(COUNTRIES, 1),
        )
        for number in range(300)
    ]


@on_spark
def test_spark_links_whom_the_embedded_engine_links(spark: Engine) -> None:
    """Same links by the same keys, same questions, same leftovers, in the same order."""
    here, there = customers(left, "a", 1), customers(right, "b", 2)
    found = match(VIEW, here, there)
    assert {one.by for one in found.links} == {"email", "vat_id", "name + country"}
    assert len(found.ambiguous) > 20
    assert found.only_left
    assert match(VIEW, here, there, engine=spark) == found


@on_spark
def test_spark_finds_the_doubles_that_the_embedded_engine_finds(spark: Engine) -> None:
    """Same values, same rows, in the same order, on both sides; they are those that plain Python finds."""
    rows = {Which.LEFT: customers(left, "a", 1), Which.RIGHT: customers(right, "b", 2)}
    wanted = keys(VIEW, Between({}, (None, None)))

    def found(engine: Engine) -> list[Doubled]:
        parts = parts_of(wanted)
        given = {which: texts_of(some, [getattr(one, which.value) for one in parts]) for which, some in rows.items()}
        return list(doubled(wanted, given, engine))

    assert found(spark) == found(EMBEDDED) == list(plainly_doubled(wanted, rows))


@on_spark
def test_normal_forms_are_the_same_on_spark_and_in_python(spark: Engine) -> None:
    """Each form of each text is computed alike. Mutant: the engine's `upper`, which makes ẞ of ß or SS."""
    dice = random.Random(3)
    texts = ["", *TRICKY, *("".join(dice.choices(TRICKY, k=dice.randrange(2, 9))) for _ in range(400))]
    rows = pa.table({"row": range(len(texts)), "text": texts}).to_reader()
    with opened(spark) as session:
        table = session.load("texts", rows)
        forms = {name: one.expression(table.text) for name, one in FORMS.items()}
        found = pa.Table.from_batches(list(session.read(table.select(**forms, row="row").order_by("row"))))
    for name in FORMS:
        assert found[name].to_pylist() == [normal(name, one) for one in texts]


@on_spark
def test_a_master_that_is_none_is_told_in_one_sentence(spark: Engine) -> None:
    """No Java stack, and which option to look at."""
    with pytest.raises(InputError) as caught:
        match(VIEW, [left("a", email="i@x")], [right("1", email="i@x")], engine=Engine("spark", "here[2]"))
    problem = caught.value.problems[0]
    assert problem.code == "data.no-spark"
    assert "Could not parse Master URL: 'here[2]'" in explain_problem(problem)[0]


def test_without_spark_somebody_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra's name stands in the hint."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(InputError) as caught:
        match(VIEW, [left("a", email="i@x")], [right("1", email="i@x")], engine=SPARK)
    assert [one.code for one in caught.value.problems] == ["data.no-pyspark"]


@pytest.mark.parametrize(("home", "looked"), [(True, "JAVA_HOME"), (False, "PATH")])
def test_without_java_somebody_is_told_where_it_was_looked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: bool, looked: str
) -> None:
    """Spark's own words would be a stack of Python and shell."""
    pytest.importorskip("pyspark", reason="Spark isn't installed: make spark")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path)) if home else monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(InputError) as caught:
        match(VIEW, [left("a", email="i@x")], [right("1", email="i@x")], engine=SPARK)
    assert [(one.code, one.values) for one in caught.value.problems] == [("data.no-java", {"looked": looked})]
