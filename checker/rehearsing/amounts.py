"""Whether both systems come to the same sums for one document. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from checker.mapping.amounts import comma_number, number
from checker.mapping.lens import Untranslatable
from checker.model.sync import Row, Which
from checker.project.sides import FlowView, Side
from checker.sync.parts import value_of

# What sums are called that a system computes itself; of the names in the corpus' documents that hold read-only amounts.
SUMS = (
    ("net", re.compile(r"(^|_)(net|netto|subtotal)(_|$)")),
    ("tax", re.compile(r"(^|_)(tax|steuer|mwst)(_|$)")),
    ("gross", re.compile(r"(^|_)(gross|brutto)(_|$)")),
)


def sums(view: FlowView) -> dict[str, tuple[str, str]]:
    """The computed sums that both sides show, by meaning: names on the left and on the right."""
    left, right = dict(_named(view.left)), dict(_named(view.right))
    return {meaning: (name, right[meaning]) for meaning, name in left.items() if meaning in right}


def _named(side: Side) -> Iterator[tuple[str, str]]:
    for meaning, pattern in SUMS:
        found = (one.name for one in side.fields.values() if one.read_only and pattern.search(one.name.lower()))
        if (name := next(found, None)) is not None and "." not in name:
            yield meaning, name


def differing(named: Mapping[str, tuple[str, str]], rows: Mapping[Which, Row]) -> tuple[list[str], int]:
    """The sums in which two records differ, and how many could be compared."""
    compared = {
        meaning: (amount(value_of(rows[Which.LEFT], left)), amount(value_of(rows[Which.RIGHT], right)))
        for meaning, (left, right) in named.items()
    }
    known = {meaning: pair for meaning, pair in compared.items() if None not in pair}
    return [meaning for meaning, (left, right) in known.items() if left != right], len(known)


def amount(value: Any) -> Decimal | None:
    """A number, or text with a decimal comma or point; None for what is neither."""
    for read in (comma_number, number):
        try:
            return read(value)
        except Untranslatable:
            continue
    return None
