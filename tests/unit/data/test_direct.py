"""Exported files that are matched without rows: what is found is what their rows say, and where that isn't sure, they are rows."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from checker.data import match
from checker.data.columns import Columns, columns_of
from checker.data.direct import IndirectError, match_columns, wanted_of
from checker.data.keys import Between
from checker.errors import InputError
from checker.exports import Fields, UnfitError, read_export
from checker.model.profile import FieldInfo, FieldRoles, ResourceProfile
from checker.model.sync import Link, Matched, Row, Which
from checker.project.sides import FlowView, Side
from checker.project.types import FieldMapping, Flow, SideFilter
from checker.sync.policies import in_scope
from tests.unit.data.flows import FIELDS, flow

VIEW = flow("email", "vat_id", ["name", "country"], "number")
NO_LINKS = Between({}, (None, None))
LEFT_NAMES = ("id", "email", "vat_id", "name", "country", "number")
RIGHT_NAMES = ("id", "mail", "ust_id", "name1", "land", "nummer")
TYPES: Fields = {
    name: FieldInfo(name=name, type=kind)
    for name, kind in (
        ("id", "string"),
        ("number", "number"),
        ("nummer", "number"),
        ("sum", "number"),
        ("on", "boolean"),
    )
}
MAILS = ("a@x.de", " A@X.de", "ä@x.de", "a\u0308@x.de", "b@x", "c@x", "d@x", "", "  ", "\u00a0")
NAMES = ("Weiß GmbH", "Süd\nund Co.", "Weiss  GmbH", "SÜD und co", 'Zum "Löwen"', "a;b", "")


def rows(path: Path) -> list[Row]:
    """A file's records as rows."""
    return [
        Row(id=str(one["id"]), values=one)
        for one in read_export(path, TYPES).records
        if one.get("id") not in (None, "")
    ]


def columns(path: Path, names: Sequence[str]) -> Columns:
    """A file's records as columns."""
    return columns_of(path, TYPES, "id", names, (), path.with_suffix(".spool"))


def by_columns(view: FlowView, left: Path, right: Path, between: Between = NO_LINKS) -> Matched:
    """What is found without rows."""
    wanted = wanted_of(view, between)
    files = {Which.LEFT: left, Which.RIGHT: right}
    held = {
        which: columns_of(path, TYPES, "id", wanted.names[which], wanted.texts[which], path.with_suffix(".spool"))
        for which, path in files.items()
    }
    return match_columns(view, wanted, held, between)


def customers(names: Sequence[str], seed: int) -> list[dict[str, str]]:
    """Eighty customers whose ids begin with zeros; a few have none."""
    dice = random.Random(seed)
    made = []
    for number in range(80):
        cells = (
            "" if number % 19 == 7 else f"{number:05}", dice.choice(MAILS), dice.choice(("", "de 1", "DE1", "DE2", f"DE{number}")),
            dice.choice(NAMES), dice.choice(("DE", "AT ", "")), dice.choice(("", "1.234,50", "12,5", f"{number}", "1.234")),
        )  # fmt: skip
        made.append(dict(zip((*names, "sum", "on"), (*cells, "12,5", "ja"), strict=True)))
    return made


def written(path: Path, records: Sequence[Mapping[str, object]], encoding: str, delimiter: str = ";") -> Path:
    """A CSV file as spreadsheets write them, with a blank line in the middle."""

    def quoted(cell: object) -> str:
        text = str(cell)
        return f'"{text.replace(chr(34), chr(34) * 2)}"' if set(text) & {'"', "\n", delimiter} else text

    lines = [delimiter.join(map(quoted, one)) for one in (list(records[0]), *(one.values() for one in records))]
    path.write_bytes("\r\n".join([*lines[:9], delimiter * 7, "", *lines[9:], ""]).encode(encoding, "ignore"))
    return path


def table(path: Path, records: Sequence[Mapping[str, object]]) -> Path:
    """A Parquet file."""
    pq.write_table(pa.Table.from_pylist(list(records)), path)
    return path


def lines(path: Path, records: Sequence[Mapping[str, object]]) -> Path:
    """A file of JSON lines."""
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in records), encoding="utf-8")
    return path


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_spreadsheets_export_is_matched_as_its_rows_are(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """German cells, zeros before ids, none, quoted line breaks, decomposed letters, blank lines: same links, questions and leftovers in the same order."""
    left = written(tmp_path / "left.csv", customers(LEFT_NAMES, 1), encoding, delimiter)
    right = written(tmp_path / "right.csv", customers(RIGHT_NAMES, 2), encoding, delimiter)
    found = match(VIEW, rows(left), rows(right))
    assert len({one.by for one in found.links}) > 1
    assert found.ambiguous
    assert by_columns(VIEW, left, right) == found
    assert columns(left, ["email"]).how == read_export(left, TYPES).how


def test_json_lines_and_parquet_are_matched_as_their_rows_are(tmp_path: Path) -> None:
    """Numbers are numbers there, some fields are missing, and what is text stays text."""
    here = [{**one, "number": number / 2, "id": number} for number, one in enumerate(customers(LEFT_NAMES, 1))]
    there = [
        {name: value for name, value in one.items() if name != "mail" or number % 3}
        for number, one in enumerate(customers(RIGHT_NAMES, 2))
    ]
    texts: list[dict[str, object]] = [{**one, "nummer": str(number)} for number, one in enumerate(there)]
    view = flow("vat_id", "number", "email")
    made = lines(tmp_path / "l.jsonl", here), lines(tmp_path / "r.jsonl", texts)
    found = match(view, *map(rows, made))
    assert {one.by for one in found.links} >= {"number", "vat_id"}
    assert by_columns(view, *made) == found
    made = table(tmp_path / "l.parquet", here), table(tmp_path / "r.parquet", texts)
    assert by_columns(view, *made) == match(view, *map(rows, made))


def test_transformations_of_keys_are_those_of_the_rows(tmp_path: Path) -> None:
    """Tidied where the form does the same anyway, and where it doesn't: ß in capitals, countries by their names. Mutant: the transformation is left out."""
    fields = [
        FieldMapping(left="email", right="mail", transform=["trim", "lowercase"]),
        FieldMapping(left="vat_id", right="ust_id", transform=["remove_blanks", "uppercase"]),
        FieldMapping(left="name", right="name1"),
        FieldMapping(left="country", right="land", transform=["country_name"]),
    ]
    view = flow("email", "vat_id", ["name", "country"], fields=fields)
    here, there = customers(LEFT_NAMES, 1), customers(RIGHT_NAMES, 2)
    for one in there:
        one["land"] = {"DE": "Deutschland", "AT ": "Nirgends"}.get(one["land"], "")
    here[1] |= {"email": "", "vat_id": "straße 1"}
    there[1] |= {"mail": "", "ust_id": "STRASSE1"}
    here[2] |= {"email": "Äb@x.de", "vat_id": "", "name": "Nord"}
    there[2] |= {"mail": " äb@X.de", "ust_id": "", "name1": "Nord"}
    here[3] |= {"email": "", "vat_id": "", "name": "Ost", "country": "DE"}
    there[3] |= {"mail": "", "ust_id": "", "name1": "OST", "land": "Deutschland"}
    left, right = written(tmp_path / "l.csv", here, "cp1252"), written(tmp_path / "r.csv", there, "utf-8")
    found = match(view, rows(left), rows(right))
    assert {one.by for one in found.links} == {"email", "vat_id", "name + country"}
    assert by_columns(view, left, right) == found


def test_what_a_filter_looks_at_is_there(tmp_path: Path) -> None:
    """So that it can be told who is in scope."""
    view = changed(filter=SideFilter(left={"on": True, "sum": 12.5}))
    wanted = wanted_of(view, NO_LINKS)
    path = written(tmp_path / "l.csv", customers(LEFT_NAMES, 1), "cp1252")
    held = columns(path, wanted.names[Which.LEFT])
    assert all(in_scope(row, view.flow.filter.left) for row in held.rows())


def test_leftovers_are_rows_of_keys_and_names(tmp_path: Path) -> None:
    """Asked for by their ids, in the file's order."""
    path = written(tmp_path / "left.csv", customers(LEFT_NAMES, 1), "cp1252")
    held = columns(path, ["name", "number"])
    whole = {row.id: row.values for row in rows(path)}
    assert [row.id for row in held.rows()] == list(whole)
    asked = list(held.rows(["00050", "00003"]))
    assert [row.id for row in asked] == ["00003", "00050"]
    assert [row.values["name"] for row in asked] == [whole[row.id]["name"] for row in asked]


NASTY = ("id", "email", "sum", "1", "2", "2", "x@y", "x@y", "1,5", "1.5", "ja", "ä", " ", "", ";", ";", ";", "\n", "\n", "\r\n", '"', "\r", "\x0b", "\u2028", "a.b", "{")  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_no_file_that_rows_refuse_is_matched(tmp_path: Path, seed: int) -> None:
    """Fifty files of rubbish each: where columns are read, rows are, and say the same. Mutant: quotes read leniently, ragged rows filled up."""
    dice = random.Random(seed)
    for number in range(50):
        start = dice.choice(("id;email;sum\n", "id;email;on\n1;x@y;ja\n", "email;id\n", "", "\ufeffid;email\n"))
        text = start + "".join(dice.choices(NASTY, k=dice.randrange(1, 14)))
        path = tmp_path / f"{number}.{dice.choice(('csv', 'txt', 'jsonl'))}"
        path.write_bytes(
            text.encode(dice.choice(("utf-8", "cp1252")), "ignore") + dice.choice((b"", b"\xff", b"\xc3\xa4"))
        )
        try:
            held = columns(path, ["email", "sum"])
        except UnfitError:
            continue
        read = rows(path)
        assert [row.id for row in held.rows()] == [row.id for row in read]
        assert [row.values["email"] for row in held.rows()] == [row.values.get("email") for row in read]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "id;email\n1;x@y\n1;z@y\n", "twice"),
        ("a.csv", "id;email\n;x@y\n", "missing"),
        ("a.csv", "nr;email\n1;x@y\n", "missing"),
        ("a.csv", "id;email\n1;x@y;z\n", "ragged"),
        ("a.csv", "id;email;sum\n1;x@y;viel\n", "cell of sum"),
        ("a.csv", "id;email;email.work\n1;x@y;z\n", "several columns"),
        ("a.csv", 'id;email\n1;"x"@y\n', "expected"),
        ("a.jsonl", '{"id": 1}\n[]\n', "no-object"),
        ("a.jsonl", '{"id": 1, "email": "\\ud800"}\n', "surrogates"),
        ("a.parquet", "PAR1", "Parquet"),
        ("a.xlsx", "PK", "broken"),
        ("a.docx", "PK", "kind of file"),
        ("a.csv", "", "size"),
    ],
)
def test_what_is_not_plain_is_left_to_rows(tmp_path: Path, name: str, content: str, said: str) -> None:
    """Rows tell what is wrong with its place; two records of one id are one."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnfitError, match=said):
        columns(path, ["email"])


def test_a_file_of_two_encodings_is_left_to_rows(tmp_path: Path) -> None:
    """They refuse it."""
    path = tmp_path / "a.csv"
    path.write_bytes("id;email\n1;ä\n".encode() + "2;ä\n".encode("cp1252"))
    with pytest.raises(UnfitError, match="mixed"):
        columns(path, ["email"])
    with pytest.raises(InputError):
        list(read_export(path, TYPES).records)


def changed(**values: object) -> FlowView:
    """A flow of mail addresses with something more."""
    made = {
        "name": "f",
        "left": "crm/companies",
        "right": "erp/partners",
        "match": ["email"],
        "fields": FIELDS,
        **values,
    }
    return FlowView(Flow(**made), VIEW.left, VIEW.right)  # type: ignore[arg-type] - a table of cases


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (changed(match=[]), "no keys"),
        (changed(filter=SideFilter(left={"..active": True})), "around"),
        (FlowView(VIEW.flow, VIEW.left, Side("erp", "partners", "persons[]", None)), "inside"),
    ],
)
def test_a_flow_that_looks_at_more_needs_rows(view: FlowView, said: str) -> None:
    """Each with its reason."""
    with pytest.raises(IndirectError, match=said):
        wanted_of(view, NO_LINKS)


def test_names_that_are_no_text_need_rows(tmp_path: Path) -> None:
    """Only names that are text are compared for likeness; a number that is told as text would be one."""
    view = FlowView(
        VIEW.flow,
        Side("crm", "companies", "", ResourceProfile(name="companies", fields=FieldRoles(name="name"))),
        VIEW.right,
    )
    wanted = wanted_of(view, NO_LINKS)
    assert wanted.texts == {Which.LEFT: ("name",), Which.RIGHT: ()}
    path = lines(tmp_path / "a.jsonl", [{"id": "1", "name": 5}])
    with pytest.raises(UnfitError, match="something else than text"):
        columns_of(path, TYPES, "id", ["name"], wanted.texts[Which.LEFT], tmp_path / "spool")


@pytest.mark.parametrize("spelt", ["A-00", "A.00"])
def test_product_numbers_are_levelled_on_proof_as_rows_are(tmp_path: Path, spelt: str) -> None:
    """Where levelling would make one of two that a side has they are joined as they are spelt. Mutant: levelled without looking."""
    view = changed(match=["sku"], fields=[FieldMapping(left="sku", right="artikel")])
    here = [{"id": f"l{n}", "sku": f"{spelt}{n}"} for n in range(9)] + [{"id": "x", "sku": "A-0.01"}]
    left = lines(tmp_path / "l.jsonl", here[: 9 if spelt == "A.00" else 10])
    right = lines(tmp_path / "r.jsonl", [{"id": f"r{n}", "artikel": f"A-00{n}"} for n in range(9)])
    found = match(view, rows(left), rows(right))
    assert len(found.links) == 9
    assert by_columns(view, left, right) == found


def test_keys_that_point_at_other_records_are_joined_by_their_links(tmp_path: Path) -> None:
    """As rows are: whose company is linked to whose another flow says. Mutant: the right side's id as it stands there."""
    fields = [*FIELDS, FieldMapping(left="company_id", right="kunde", link="companies")]
    view = changed(match=[["company_id", "name"]], fields=fields)
    left = lines(tmp_path / "l.jsonl", [{"id": f"l{n}", "company_id": f"c{n % 3}", "name": f"N{n}"} for n in range(9)])
    right = lines(tmp_path / "r.jsonl", [{"id": f"r{n}", "kunde": n % 3, "name1": f"N{n}"} for n in range(9)])
    links = {"companies": [Link(left=f"c{n}", right=str(n), by="vat_id") for n in range(2)]}
    found = match(view, rows(left), rows(right), links=links)
    assert len(found.links) == 6
    pointed = Between({"companies": {one.right: one.left for one in links["companies"]}}, (None, None))
    assert by_columns(view, left, right, pointed) == found


def test_a_spreadsheet_is_matched_as_its_rows_are(tmp_path: Path) -> None:
    """Numbers of cells are text where the document says so."""
    book = openpyxl.Workbook()
    for line in (list(LEFT_NAMES), *([*one.values()][: len(LEFT_NAMES)] for one in customers(LEFT_NAMES, 1))):
        book.active.append([None if cell == "" else cell.strip("\u00a0") for cell in line])
    book.save(tmp_path / "l.xlsx")
    right = written(tmp_path / "r.csv", customers(RIGHT_NAMES, 2), "utf-8")
    found = match(VIEW, rows(tmp_path / "l.xlsx"), rows(right))
    assert len({one.by for one in found.links}) > 1
    assert by_columns(VIEW, tmp_path / "l.xlsx", right) == found
