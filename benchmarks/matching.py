"""Matching 100,000 records with 100,000, beside the same in hand-written SQL, each a whole process (goal: at most 3 × the SQL).

The SQL gets its columns ready-made. `match` gets records as the API shows them: the lenses that bring every value into one spelling are
Python, row by row, and are most of what it takes; the engine's own share is told beside it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from benchmarks.rounds import in_turns, python, show

RECORDS = 100_000
SQL = """
    create table l as select row, lower(trim(email)) e, upper(replace(vat, ' ', '')) v, lower(trim(name)) n, country c from raw_l;
    create table r as select row, lower(trim(email)) e, upper(replace(vat, ' ', '')) v, lower(trim(name)) n, country c from raw_r;
"""
RULES = (("e",), ("v",), ("n", "c"))


def texts(side: int) -> list[list[str | None]]:
    """Columns of one side: e-mail, VAT id, name, country. Two thirds have a counterpart; some lack a key, some share one."""
    numbers = range(side * RECORDS // 3, side * RECORDS // 3 + RECORDS)
    return [
        [None if one % 10 == 0 else f"Person.{one // (2 if one % 50 == 0 else 1)}@Example.com " for one in numbers],
        [None if one % 3 == 0 else f"DE {one:09}" for one in numbers],
        [f"Company  {one} GmbH" for one in numbers],
        [("DE", "AT", "CH")[one % 3] for one in numbers],
    ]


def by_match() -> int:
    """The product's own way, from rows to links."""
    from checker.data import match
    from checker.model.sync import Row
    from checker.project.sides import FlowView, side_of
    from checker.project.types import FieldMapping, Flow

    names = ("email", "vat_id", "name", "country")
    fields = [FieldMapping(left=one, right=one) for one in names]
    flow = Flow(name="f", left="a/x", right="b/x", match=["email", "vat_id", ["name", "country"]], fields=fields)
    sides = [
        [Row(id=str(number), values=dict(zip(names, one, strict=True))) for number, one in enumerate(zip(*columns, strict=True))]
        for columns in (texts(0), texts(1))
    ]
    view = FlowView(flow, side_of(flow.left, {}), side_of(flow.right, {}))
    return len(match(view, *sides).links)


def by_engine() -> int:
    """The product's expressions alone, from columns to hits."""
    from checker.data.joining import hits
    from checker.data.keys import Key, Part

    parts = [Part(form, str, str) for form in ("email", "vat_id", "name", "text")]
    keys = [Key("e", (parts[0],)), Key("v", (parts[1],)), Key("n", (parts[2], parts[3]))]
    return sum(len(one.left) == len(one.right) == 1 for one in hits(keys, parts, texts(0), texts(1)))
