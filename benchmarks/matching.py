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
NORMAL = """create table {0} as select row, nullif(lower(trim(email)), '') e, nullif(upper(replace(vat, ' ', '')), '') v,
    nullif(lower(regexp_replace(trim(name), '\\s+', ' ', 'g')), '') n, country c from raw_{0}"""
SHARED = """create table s{number} as select * from
    (select {keys}, count(*) many, min(row) one from l where {filled} group by {keys}) join
    (select {keys}, count(*) many_r, min(row) one_r from r where {filled} group by {keys}) using ({keys})"""
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
        [
            Row(id=str(number), values=dict(zip(names, one, strict=True)))
            for number, one in enumerate(zip(*columns, strict=True))
        ]
        for columns in (texts(0), texts(1))
    ]
    view = FlowView(flow, side_of(flow.left, {}), side_of(flow.right, {}))
    return len(match(view, *sides).links)


def by_engine() -> int:
    """The product's expressions alone, from columns to links."""
    import pyarrow as pa

    from checker.data.joining import Pairs, joined
    from checker.data.keys import Key, Part

    one = Part("text", str, str)
    keys = [Key("e", (one,)), Key("v", (one,)), Key("n", (one, one))]
    sides = [
        pa.table({"row": range(RECORDS)} | {f"part{at}": column for at, column in enumerate(texts(side))}).to_reader()
        for side in (0, 1)
    ]
    found = joined(keys, ["email", "vat_id", "name", "text"], *sides)
    return sum(len(one.left) for one in found if isinstance(one, Pairs))


def by_hand() -> int:
    """The same in SQL that somebody wrote for these columns."""
    import tempfile
    from pathlib import Path

    import duckdb
    import pyarrow as pa

    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(Path(folder) / "x.duckdb", config={"threads": 2}) as engine,
    ):
        for name, side in (("l", 0), ("r", 1)):
            columns = dict(zip(("email", "vat", "name", "country"), texts(side), strict=True))
            engine.register(f"raw_{name}", pa.table({"row": range(RECORDS), **columns}))
            engine.execute(NORMAL.format(name))
        linked = 0
        for number, rule in enumerate(RULES):
            keys, filled = ", ".join(rule), " and ".join(f"{one} is not null" for one in rule)
            engine.execute(SHARED.format(number=number, keys=keys, filled=filled))
            linked += len(engine.execute(f"select one, one_r from s{number} where many = 1 and many_r = 1").fetchall())
            same = " and ".join(f"s{number}.{one} = t.{one}" for one in rule)
            for name in ("l", "r"):
                engine.execute(f"delete from {name} t where exists (select 1 from s{number} where {same})")
        return linked


WAYS: dict[str, Callable[[], int]] = {
    "SQL by hand": by_hand,
    "the same keys on the engine": by_engine,
    "match": by_match,
}


def main() -> None:
    """Time all three in turns and print the ratios; that they find the same links is checked first."""
    found = {name: way() for name, way in WAYS.items()}
    assert len(set(found.values())) == 1, found
    print(f"matching {RECORDS:,} × {RECORDS:,}: {found['match']:,} links")
    show(in_turns({name: python("-m", "benchmarks.matching", name) for name in WAYS}, 3), "SQL by hand")


if __name__ == "__main__":
    if sys.argv[1:]:
        began = time.perf_counter()
        WAYS[sys.argv[1]]()
        print(f"{time.perf_counter() - began:.2f} s")
    else:
        main()
