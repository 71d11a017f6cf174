"""Matching at scale: made-up records in Parquet files, e-mail, then VAT id, then name + country; each way a whole process, start-up included.

The floor is SQL that somebody wrote by hand for these columns, with all the memory it likes. `the engine` is the product's expressions
from columns to links, with its own memory limit;
`files` the product from exported files to links as `readiness data match` takes them, with its vetoes, in columns;
`rows` the same as other commands do, row by row through Python.
Goals (wall, of the floor): the engine at most 1.75 × at a million records a side and 1.5 × at five, where it holds at most 750 MB;
engine and `files` at least twice as fast as Python's dicts, and the engine at most 1.5 × Splink's deterministic link, at a million. Texts are
untidy as exports are, one in five; where all are, tidying takes a larger share on all ways. On a busy machine compare CPU times too.

    python -m benchmarks.match [--growth] [--records N …] [--spark]

`--growth` takes 0.1, 1 and 5 million in one run; `--spark` times the same engine on Spark.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers import peer
from benchmarks.rounds import Run, apart, in_turns, least, python, show

if TYPE_CHECKING:
    import pyarrow as pa

    from checker.project.sides import FlowView

SIZES, LARGE = (100_000, 1_000_000), 5_000_000
GROWTH = (*SIZES, LARGE)
ROUNDS = 3
COLUMNS = ("email", "vat_id", "name", "country")
FORMS = ("email", "vat_id", "name", "text")
RULES = (("email",), ("vat_id",), ("name", "country"))
FLOOR, ENGINE, DICTS, SPLINK, SPARK = "SQL by hand", "the engine", "Python dicts", "Splink", "Spark"
FILES, MATCH = "files", "rows"
MOST_ROWS = 1_000_000  # a side, for the ways whose rows are Python objects
MEGABYTES = 750
# Two thirds have a counterpart. Every tenth has no e-mail, every third no VAT id, one in fifty shares its e-mail; every fifth text is untidy,
# another fifth on either side.
MADE = """copy (select printf('%s%08d', '{letter}', i) id,
    case when i % 10 = 0 then null else 'Person.' || if(i % 50 = 1, i + 1, i) || '@Example.com' || if((i + {side}) % 5 = 0, ' ', '') end email,
    case when i % 3 = 0 then null else if((i + {side}) % 5 = 0, 'de ', 'DE') || printf('%09d', i) end vat_id,
    if(i % 7 = 0, 'Müller', 'Company') || if((i + {side}) % 5 = 0, '  ', ' ') || i || ' GmbH' as name,
    ['DE', 'AT', 'CH'][1 + i % 3] country
    from range({first}, {first} + {records}) t(i) order by hash(i + {side})) to '{path}'"""
TIDY = """nullif(lower(trim(email)), '') email, nullif(upper(replace(vat_id, ' ', '')), '') vat_id,
    nullif(lower(regexp_replace(trim(name), '\\s+', ' ', 'g')), '') as name, nullif(trim(country), '') country"""
SHARED = """create table shared{number} as select * from
    (select {keys}, count(*) many_l, min(id) l from left{number} where {filled} group by {keys}) join
    (select {keys}, count(*) many_r, min(id) r from right{number} where {filled} group by {keys}) using ({keys})"""
LEFT_OVER = """create table {side}{next} as
    select * from {side}{number} t where not exists (select 1 from shared{number} s where {same})"""


def make(folder: Path, records: int) -> None:
    """Both sides' files; the same each time."""
    import duckdb

    for side, letter in enumerate("lr"):
        path = folder / f"{letter}.parquet"
        duckdb.execute(
            MADE.format(letter=letter, side=side, first=side * records // 3, records=records, path=path.as_posix())
        )


def by_hand(folder: Path) -> None:
    """SQL for these columns."""
    import duckdb

    with duckdb.connect(config={"threads": 2}) as engine:
        for side, letter in (("left", "l"), ("right", "r")):
            engine.execute(f"create table {side}0 as select id, {TIDY} from '{folder.as_posix()}/{letter}.parquet'")
        for number, rule in enumerate(RULES):
            keys, filled = ", ".join(rule), " and ".join(f"{one} is not null" for one in rule)
            engine.execute(SHARED.format(number=number, keys=keys, filled=filled))
            same = " and ".join(f"s.{one} = t.{one}" for one in rule)
            for side in ("left", "right"):
                engine.execute(LEFT_OVER.format(side=side, number=number, next=number + 1, same=same))
                engine.execute(f"drop table {side}{number}")
        links = " union all ".join(
            f"select l, r from shared{number} where many_l = 1 and many_r = 1" for number in range(len(RULES))
        )
        engine.execute(f"copy ({links}) to '{out(folder, FLOOR)}' (format parquet)")


def by_engine(folder: Path, way: str = ENGINE) -> None:
    """The product's expressions, from columns to links."""
    from checker.data.engine import Engine
    from checker.data.joining import Pairs, joined
    from checker.data.keys import Key, Part

    texts = {name: Part(form, str, str) for name, form in zip(COLUMNS, FORMS, strict=True)}
    keys = [Key(" + ".join(rule), tuple(texts[one] for one in rule)) for rule in RULES]
    found = joined(
        keys,
        list(texts.values()),
        columns(folder, "l"),
        columns(folder, "r"),
        chosen=Engine("spark" if way == SPARK else "duckdb"),
    )
    write(folder, way, ((one.left, one.right) for one in found if isinstance(one, Pairs)))


def columns(folder: Path, letter: str) -> pa.RecordBatchReader:
    """One side as the engine takes it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ["row", "id", *(f"part{at}" for at in range(len(COLUMNS)))]

    def batches() -> Iterator[pa.RecordBatch]:
        at = 0
        with pq.ParquetFile(folder / f"{letter}.parquet", pre_buffer=False) as file:
            for some in file.iter_batches(16_384, columns=["id", *COLUMNS], use_threads=False):
                yield pa.RecordBatch.from_arrays([pa.arange(at, at + len(some)), *some.columns], names)
                at += len(some)

    schema = pa.schema([(name, pa.string() if at else pa.int64()) for at, name in enumerate(names)])
    return pa.RecordBatchReader.from_batches(schema, batches())


def flow() -> FlowView:
    """The flow of these files."""
    from checker.project.sides import FlowView, side_of
    from checker.project.types import FieldMapping, Flow

    fields = [FieldMapping(left=one, right=one) for one in COLUMNS]
    made = Flow(name="f", left="l/x", right="r/x", match=["email", "vat_id", ["name", "country"]], fields=fields)
    return FlowView(made, side_of(made.left, {}), side_of(made.right, {}))


def by_match(folder: Path) -> None:
    """The product from exported files to links, through rows."""
    from checker.data import match
    from checker.exports import read_export
    from checker.model.sync import Row

    sides = [
        [Row(id=one["id"], values=one) for one in read_export(folder / f"{letter}.parquet", {}).records]
        for letter in "lr"
    ]
    found = match(flow(), *sides).links
    write(folder, MATCH, [([one.left for one in found], [one.right for one in found])])


def by_files(folder: Path) -> None:
    """The product from exported files to links, in columns."""
    from checker.data.columns import columns_of
    from checker.data.direct import match_columns, wanted_of
    from checker.data.keys import Between
    from checker.model.sync import Which

    view, between = flow(), Between({}, (None, None))
    wanted = wanted_of(view, between)
    sides = {
        which: columns_of(folder / f"{letter}.parquet", {}, "id", wanted.names[which], (), folder / f"{letter}.spool")
        for which, letter in zip(Which, "lr", strict=True)
    }
    found = match_columns(view, wanted, sides, between).links
    write(folder, FILES, [([one.left for one in found], [one.right for one in found])])


def by_dicts(folder: Path) -> None:
    """What somebody would write in Python without an engine."""
    import re

    import pyarrow.parquet as pq

    def tidy(row: dict[str, Any]) -> tuple[str, dict[tuple[str, ...], tuple[str, ...]]]:
        mail, vat_id, name, country = (row[one] or "" for one in COLUMNS)
        name = re.sub(r"\s+", " ", name.strip()).lower()
        values = ((mail.strip().lower(),), (vat_id.replace(" ", "").upper(),), (name, country.strip()))
        return row["id"], dict(zip(RULES, values, strict=True))

    sides = [[tidy(row) for row in pq.read_table(folder / f"{letter}.parquet").to_pylist()] for letter in "lr"]
    links: list[tuple[str, str]] = []
    for rule in RULES:
        groups: list[dict[tuple[str, ...], list[str]]] = [{}, {}]
        for group, side in zip(groups, sides, strict=True):
            for row_id, values in side:
                if all(values[rule]):
                    group.setdefault(values[rule], []).append(row_id)
        both = groups[0].keys() & groups[1].keys()
        links += [(groups[0][key][0], groups[1][key][0]) for key in both if all(len(one[key]) == 1 for one in groups)]
        sides = [[one for one in side if one[1][rule] not in both] for side in sides]
    write(folder, DICTS, [([one for one, _ in links], [other for _, other in links])])


def by_splink(folder: Path) -> None:
    """Splink's deterministic link over tidied columns: pairs of any rule. Which values several records share it doesn't ask."""
    import duckdb
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    engine = duckdb.connect(config={"threads": 2})
    api = DuckDBAPI(connection=engine)
    sides = []
    for letter in "lr":
        engine.execute(
            f"create table tidy_{letter} as select id unique_id, {TIDY} from '{folder.as_posix()}/{letter}.parquet'"
        )
        sides.append(api.register(engine.table(f"tidy_{letter}"), dataset_display_name=letter))
    rules = [block_on(*rule) for rule in RULES]
    settings = SettingsCreator(link_type="link_only", blocking_rules_to_generate_predictions=rules)
    pairs = Linker(sides, settings).inference.deterministic_link()
    engine.execute(
        f"copy (select unique_id_l l, unique_id_r r from {pairs.physical_name}) to '{out(folder, SPLINK)}' (format parquet)"
    )


def write(folder: Path, way: str, links: Iterable[tuple[Any, Any]]) -> None:
    """Keep the links, so that all ways can be compared."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("l", pa.string()), ("r", pa.string())])
    with pq.ParquetWriter(out(folder, way), schema, use_dictionary=False) as file:
        for left, right in links:
            file.write_table(pa.table([left, right], schema=schema))


def out(folder: Path, way: str) -> str:
    """Where a way's links go."""
    return (folder / f"{way}.links").as_posix()


WAYS: Mapping[str, Callable[[Path], None]] = {
    FLOOR: by_hand,
    ENGINE: by_engine,
    FILES: by_files,
    MATCH: by_match,
    DICTS: by_dicts,
    SPLINK: by_splink,
    SPARK: lambda folder: by_engine(folder, SPARK),
}


def compare(folder: Path, ways: Sequence[str]) -> int:
    """How many links there are. Raises AssertionError where a way found others than the floor; Splink's pairs have to hold all of them."""
    import duckdb

    def count(query: str) -> int:
        return int(duckdb.execute(f"select count(*) from ({query})").fetchall()[0][0])

    def links(way: str) -> str:
        return f"select l, r from read_parquet('{out(folder, way)}')"

    for way in ways:
        missing = count(f"{links(FLOOR)} except {links(way)}")
        more = 0 if way == SPLINK else count(f"{links(way)} except {links(FLOOR)}")
        assert missing == more == 0, (way, missing, more)
    return count(links(FLOOR))


def timed(records: int, splink: str | None, *, spark: bool) -> dict[str, list[Run]]:
    """All ways in turns at this size; that they found the same is looked at before figures are shown."""
    ways = [FLOOR, ENGINE, *((FILES, MATCH, DICTS) if records <= MOST_ROWS else ()), *([SPARK] if spark else ())]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        apart(make, folder, records)
        commands = {way: python("-m", "benchmarks.match", "--way", way, name) for way in ways}
        if splink is not None:
            commands[SPLINK] = [splink, "-m", "benchmarks.match", "--way", SPLINK, name]
        runs = in_turns(commands, ROUNDS if records <= MOST_ROWS else ROUNDS - 1)
        print(f"matching {records:,} × {records:,}: {apart(compare, folder, list(commands)):,} links, the same by all")
    show(runs, FLOOR)
    return runs


def judged(records: int, runs: Mapping[str, Sequence[Run]]) -> Iterator[str]:
    """The goals that this size has, met or missed."""

    def wall(way: str) -> float:
        return least(runs[way])

    limit = {100_000: 3.0, 1_000_000: 1.75, LARGE: 1.5}.get(records)
    if limit is not None:
        yield told(f"the engine ≤ {limit} × SQL by hand", wall(ENGINE) / wall(FLOOR), limit)
    if records == MOST_ROWS:
        yield told("the engine ≤ 0.5 × Python dicts", wall(ENGINE) / wall(DICTS), 0.5)
        yield told("files ≤ 0.5 × Python dicts", wall(FILES) / wall(DICTS), 0.5)
    if records == MOST_ROWS and SPLINK in runs:
        yield told("the engine ≤ 1.5 × Splink", wall(ENGINE) / wall(SPLINK), 1.5)
    if records == LARGE:
        from checker.data.engine import MEMORY

        yield told(
            f"the engine, DuckDB's limit at {MEMORY}, holds ≤ {MEGABYTES} MB",
            max(one.peak for one in runs[ENGINE]),
            MEGABYTES,
        )


def told(goal: str, figure: float, limit: float) -> str:
    """One goal."""
    return f"  goal: {goal}: {figure:.2f}, {'met' if figure <= limit else 'MISSED'}"


def main(words: Sequence[str] = ()) -> None:
    """Time all sizes, judge the goals, and tell how the engine grows."""
    parser = argparse.ArgumentParser(description="matching at scale")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--records", type=int, nargs="+", default=SIZES)
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--way", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if given.way:
        WAYS[given.way[0]](Path(given.way[1]))
        return
    growth = {}
    for records in GROWTH if given.growth else given.records:
        growth[records] = timed(records, peer("splink"), spark=given.spark)
        print("\n".join(judged(records, growth[records])))
    for way in (FLOOR, ENGINE):
        runs = {records: some[way] for records, some in growth.items()}
        cpu = {records: least(some, lambda one: one.cpu) for records, some in runs.items()}
        shown = ", ".join(
            f"{records:,}: {cpu[records] / next(iter(cpu.values())):.1f} × CPU, {max(one.peak for one in some):.0f} MB"
            for records, some in runs.items()
        )
        print(f"growth of {way}: {shown}")


if __name__ == "__main__":
    main(sys.argv[1:])
