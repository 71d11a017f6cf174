"""The figures of each field: what Python counts over all records, with few of them in memory at a time."""

from __future__ import annotations

import json
import random
import re
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from checker.data.checks import check_of, valid
from checker.data.fields import BATCH, MOST_PATTERNS, PLACEHOLDERS, field_stats

TEXTS = (
    "a@kern.de",
    "b@kern.de",
    "n/a",
    " N/A ",
    "DE136695977",
    "DE136695976",
    "Nürnberg",
    "Öl 12",
    "x",
    "+49 911 1234567",
    "\U0001f600 9",
    "0",
)


def made(dice: random.Random, count: int) -> list[dict[str, Any]]:
    """Records with gaps, objects inside, lists, numbers; some fields come late, or never with a value."""
    rows = []
    for number in range(count):
        row: dict[str, Any] = {"id": number, "email": dice.choice((*TEXTS, None, ""))}
        row |= {"bank": dice.choice(({}, None, {"vat_id": dice.choice(TEXTS), "of": {"city": dice.choice(TEXTS)}}))}
        row |= {"tags": dice.choice(([], ["ä", 1], [{"a": None}])), "on": dice.choice((True, False)), "never": None}
        rows.append(row | ({"late": dice.choice(TEXTS)} if number > count // 2 else {}))
    return rows


def flat(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    """Dotted names, and what stands there as text."""
    for name, value in record.items():
        if isinstance(value, dict) and value:
            yield from flat(value, f"{prefix}{name}.")
        else:
            told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"{prefix}{name}", None if value in (None, "", [], {}) else told


def shape(text: str) -> str:
    """Digits as 9, letters as a and A."""
    return re.sub("[A-ZÄÖÜ]", "A", re.sub("[a-zäöü]", "a", re.sub("[0-9]", "9", text)))


def counted(records: list[dict[str, Any]]) -> dict[str, tuple[Any, ...]]:
    """The same figures from lists of all values."""
    rows = [dict(flat(one)) for one in records]
    names = dict.fromkeys(name for row in rows for name in row)
    found = {}
    for name in names:
        if any(other.startswith(f"{name}.") for other in names):
            continue
        texts = [text for row in rows if (text := row.get(name)) is not None]
        lengths, form = [len(one) for one in texts], check_of(name)
        shapes = sorted(Counter(map(shape, texts)).items(), key=lambda one: (-one[1], one[0]))
        found[name] = (
            len(rows),
            len(texts),
            len(set(texts)),
            min(lengths, default=None),
            max(lengths, default=None),
            tuple(shapes[:MOST_PATTERNS]),
            sum(one.lower().strip() in PLACEHOLDERS for one in texts),
            sum(not valid(form, one) for one in texts if one.strip()) if form else None,
        )
    return found


@pytest.mark.parametrize("count", [1, 7, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 3])
def test_figures_are_those_of_all_values(count: int) -> None:
    """However many batches there are, in the order in which fields came. Mutants: a late field's column lost, the last batch left out."""
    records = made(random.Random(count), count)
    told = {
        one.name: (
            one.records,
            one.filled,
            one.distinct,
            one.shortest,
            one.longest,
            one.patterns,
            one.placeholders,
            one.invalid,
        )
        for one in field_stats(iter(records))
    }
    assert told == counted(records)
    assert list(told) == list(counted(records))


def test_a_field_is_unique_until_two_records_share_a_value() -> None:
    """Exactly so, however far apart the two stand."""
    ids = [{"id": f"cmp_{number}"} for number in range(2 * BATCH)]
    assert [one.unique for one in field_stats(ids)] == [True]
    (shared,) = field_stats([*ids, ids[0]])
    assert (shared.unique, shared.filled - shared.distinct) == (False, 1)


def test_few_records_are_in_memory_at_a_time() -> None:
    """So that memory doesn't grow with them. Mutant: the records as a list."""

    class Known(dict[str, Any]):
        """A record that is counted while it is there."""

        __hash__ = object.__hash__  # type: ignore[assignment] - by identity

    alive: weakref.WeakSet[Known] = weakref.WeakSet()
    most = 0

    def coming() -> Iterator[Known]:
        nonlocal most
        for number in range(4 * BATCH):
            one = Known(id=number)
            alive.add(one)
            most = max(most, len(alive))
            yield one

    (found,) = field_stats(coming())
    assert found.filled == 4 * BATCH
    assert most <= 2 * BATCH + 2


def test_no_records_have_no_fields() -> None:
    """Nor have records without anything in them."""
    assert field_stats([]) == field_stats([{}, {}]) == []


def test_kinds_of_personal_data_are_told_by_what_half_of_the_values_look_like() -> None:
    """Weighed by records, not by values: a mail address that many share is many. A day is one of birth where the field says so."""
    mails = [{"contact": "info@kern.de"}] * 5 + [{"contact": f"{number}"} for number in range(4)]
    days = [{"birthday": "1980-05-03", "since": "1980-05-03"}] * 3
    assert [one.personal for one in field_stats(mails)] == ["mail"]
    assert [one.personal for one in field_stats(days)] == ["day of birth", None]


NAMED = [
    ("mail_adresse", "a@kern.de", "mail"), ("iban", "de89 3704 0044 0532 0130 00", "iban"), ("telefon", "(0911) 123456", "phone"),
    ("handy", 1711234567, "phone"), ("geburtsdatum", "03.05.1980", "day of birth"), ("dob", "1980-05-03", "day of birth"),
    ("steuernummer", "133/8150/8159", "tax id"), ("steuer_id", "86 095 742 719", "tax id"),
    # What a name says and the values deny
    ("email_confirmed", True, None), ("tax_id", 7, None), ("phone_type", "office", None), ("email", "n/a", None),
]  # fmt: skip
SHOWN = [
    ("a@kern.de", "mail"), ("DE89370400440532013000", "iban"), ("ch93 0076 2011 6238 5295 7", "iban"), ("+49 911 1234567", "phone"),
    ("(0911) 123456", "phone"), ("86095742719", "tax id"),
    # A date is no telephone number, and not any eleven digits are a tax id
    ("03.05.2026", None), ("03-05-2026", None), ("12345678901", None), ("1980-05-03", None), ("HRB 12345", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "kind"), NAMED)
def test_a_field_that_is_called_so_is_personal_unless_its_values_deny_it(
    name: str, value: Any, kind: str | None
) -> None:
    """However they are spelt. Mutants: names alone, values alone."""
    (found,) = field_stats([{name: value}] * 3)
    assert found.personal == kind


@pytest.mark.parametrize(("value", "kind"), SHOWN)
def test_values_show_what_they_are_whatever_the_field_is_called(value: str, kind: str | None) -> None:
    """Five kinds, but for a day of birth, which any day may be. Mutant: a German date taken for a telephone number."""
    (found,) = field_stats([{"extra_7": value}] * 3)
    assert found.personal == kind


def test_halves_of_letters_are_no_reason_to_stop() -> None:
    """JSON may hold them; they count as a sign."""
    (found,) = field_stats([{"name": "\ud800x"}, {"name": "?x"}])
    assert (found.distinct, found.patterns) == (1, (("?a", 2),))
