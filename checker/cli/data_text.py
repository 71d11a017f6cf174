"""The forecast, lists to clean up, clusters and field figures, as text and as files. Values are masked unless somebody asks for them."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.client import mask
from checker.data.keys import Key, keys
from checker.data.normal import normal
from checker.errors import InputError, Problem
from checker.model.sync import Matched, Row
from checker.model.text import fill, number, safe
from checker.project.sides import FlowView
from checker.project.types import Duplicates
from checker.store import write_whole

if TYPE_CHECKING:
    from checker.data.fields import FieldStats
    from checker.gathering import Gathered

MOST_SHOWN = 5  # clusters
JOINED = " + "  # between the parts of a key
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell that begins so for a formula (acceptance C38)
WORDS = {
    "en": {
        "head": "Flow {flow}: {left} ↔ {right}", "records": "records", "linked": "  linked", "by": "    by {by}", "ambiguous": "  ambiguous (one key, several records)",
        "unusable": "  unusable (no key is filled)", "create": "  without counterpart, to be created there",
    },
    "de": {
        "head": "Datenfluss {flow}: {left} ↔ {right}", "records": "Datensätze", "linked": "  verknüpft", "by": "    über {by}", "ambiguous": "  mehrdeutig (ein Schlüssel, mehrere Datensätze)",
        "unusable": "  unbrauchbar (kein Schlüssel gefüllt)", "create": "  ohne Gegenstück, dort anzulegen",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Forecast:
    """What matching says of a flow: counts, and of each side the ids that have no counterpart, those without any key apart."""

    view: FlowView
    matched: Matched
    left: int
    right: int
    unusable_left: tuple[str, ...]
    unusable_right: tuple[str, ...]

    @property
    def by_key(self) -> dict[str, int]:
        """Links by the key that found them."""
        return dict(Counter(one.by for one in self.matched.links))

    @property
    def create_right(self) -> tuple[str, ...]:
        """Left records that would be created on the right."""
        unusable = set(self.unusable_left)
        return tuple(one for one in self.matched.only_left if one not in unusable)

    @property
    def create_left(self) -> tuple[str, ...]:
        """Right records that would be created on the left."""
        unusable = set(self.unusable_right)
        return tuple(one for one in self.matched.only_right if one not in unusable)

    def ambiguous(self, *, left: bool) -> int:
        """Records of a side that share a key."""
        return sum(len(one.left if left else one.right) for one in self.matched.ambiguous)

    def as_json(self) -> dict[str, Any]:
        """Figures; ids stand in the lists of `--out`."""
        return {
            "flow": self.view.flow.name,
            "left": {"system": self.view.left.system, "records": self.left, "ambiguous": self.ambiguous(left=True), "unusable": len(self.unusable_left), "create_on_the_other_side": len(self.create_right)},
            "right": {"system": self.view.right.system, "records": self.right, "ambiguous": self.ambiguous(left=False), "unusable": len(self.unusable_right), "create_on_the_other_side": len(self.create_left)},
            "linked": len(self.matched.links),
            "linked_by": self.by_key,
        }  # fmt: skip


def forecast_of(made: Gathered, flow: str) -> Forecast:
    """The forecast of a flow."""
    view, matched = made.view(flow), made.matched(flow)
    found = keys(view, made.between(view))
    left, right = made.rows(view.left), made.rows(view.right)
    return Forecast(
        view,
        matched,
        len(left),
        len(right),
        _keyless(found, left, matched.only_left, left=True),
        _keyless(found, right, matched.only_right, left=False),
    )


def _keyless(found: Sequence[Key], rows: Sequence[Row], ids: Sequence[str], *, left: bool) -> tuple[str, ...]:
    """Of these ids those whose records have no complete key."""
    wanted = set(ids)
    return tuple(row.id for row in rows if row.id in wanted and not any(_values(key, row, left=left) for key in found))


def _values(key: Key, row: Row, *, left: bool) -> tuple[str, ...] | None:
    """A row's value of a key in its normal form; None where a part is empty."""
    values = []
    for part in key.parts:
        raw = (part.left if left else part.right)(row)
        text = normal(part.form, raw) if raw is not None else ""
        if not text:
            return None
        values.append(text)
    return tuple(values)


def forecast_lines(one: Forecast, language: str) -> Iterator[str]:
    """The forecast as a table."""
    words, view = WORDS[language], one.view
    ends = {"flow": view.flow.name, "left": view.flow.left, "right": view.flow.right}
    yield fill(words["head"], ends, language)
    rows: list[tuple[str, int | None, int | None]] = [
        (words["records"], one.left, one.right),
        (words["linked"], len(one.matched.links), len(one.matched.links)),
        *((words["by"].format(by=by), count, count) for by, count in one.by_key.items()),
        (words["ambiguous"], one.ambiguous(left=True), one.ambiguous(left=False)),
        (words["unusable"], len(one.unusable_left), len(one.unusable_right)),
        (words["create"], len(one.create_right), len(one.create_left)),
    ]
    width = max(len(name) for name, _, _ in rows)
    yield f"  {'':{width}}  {safe(view.left.system, 20):>12}  {safe(view.right.system, 20):>12}"
    for name, left, right in rows:
        yield f"  {name:{width}}  {number(left or 0, language):>12}  {number(right or 0, language):>12}"
    yield ""


def write_lists(made: Gathered, one: Forecast, folder: Path, *, masked: bool) -> Iterator[Path]:
    """A CSV file for each list that has something in it: linked, ambiguous, unusable and to be created, with each record's keys."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(Problem("files.cannot-use", {"path": folder, "reason": error.strerror})) from None
    view = one.view
    found = keys(view, made.between(view))
    rows = {True: {row.id: row for row in made.rows(view.left)}, False: {row.id: row for row in made.rows(view.right)}}

    def told(row_id: str, *, left: bool) -> list[str]:
        row = rows[left].get(row_id)
        values = [_values(key, row, left=left) if row else None for key in found]
        return [
            _shown(JOINED.join(value), key.by, masked=masked) if value else ""
            for key, value in zip(found, values, strict=True)
        ]

    heads = [key.by for key in found]
    lists: dict[str, list[list[str]]] = {
        "linked": [[link.left, link.right, link.by, *told(link.left, left=True)] for link in one.matched.links],
        "ambiguous": [[" ".join(each.left), " ".join(each.right), each.by, _shown(each.key, each.by, masked=masked)] for each in one.matched.ambiguous],
        f"unusable-{view.left.system}": [[each, *told(each, left=True)] for each in one.unusable_left],
        f"unusable-{view.right.system}": [[each, *told(each, left=False)] for each in one.unusable_right],
        f"only-{view.left.system}": [[each, *told(each, left=True)] for each in one.create_right],
        f"only-{view.right.system}": [[each, *told(each, left=False)] for each in one.create_left],
    }  # fmt: skip
    for name, lines in lists.items():
        if lines:
            first = [view.left.system, view.right.system, "by"] if name in ("linked", "ambiguous") else ["id"]
            header = [*first, *(["key"] if name == "ambiguous" else heads)]
            path = folder / f"{safe(view.flow.name, 60)}-{name}.csv"
            write_whole(path, _csv([header, *lines]))
            yield path


def _shown(value: str, by: str, *, masked: bool) -> str:
    if not masked:
        return value
    names, parts = by.split(JOINED), value.split(JOINED)
    if len(names) != len(parts):  # a value that holds the sign itself
        return mask.field(names[0], value)
    return JOINED.join(mask.field(name, part) for name, part in zip(names, parts, strict=True))


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    """CSV that a spreadsheet opens by a double click: UTF-8 with its mark, semicolons; nothing in it is taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for line in lines:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in line])
    return out.getvalue().encode("utf-8-sig")


def explained(made: Gathered, flow: str, left: str, right: str, *, masked: bool) -> Iterator[str]:
    """Why two records are linked or not."""
    view, matched = made.view(flow), made.matched(flow)
    rows = [
        next((row for row in made.rows(side) if row.id == one), None)
        for side, one in ((view.left, left), (view.right, right))
    ]
    for row, side, one in zip(rows, (view.left, view.right), (left, right), strict=True):
        if row is None:
            raise InputError(
                Problem("data.no-record", {"id": safe(one, 60), "subject": f"{side.system}/{side.resource}"})
            )
    ours, theirs = rows
    assert ours is not None  # noqa: S101 - looked at above
    assert theirs is not None  # noqa: S101 - looked at above
    for key in keys(view, made.between(view)):
        values = _values(key, ours, left=True), _values(key, theirs, left=False)
        said = [_shown(JOINED.join(one), key.by, masked=masked) if one else "(empty)" for one in values]
        verdict = "the same" if values[0] and values[0] == values[1] else "no value" if None in values else "different"
        yield f"  {key.by}: {safe(said[0])} | {safe(said[1])}   {verdict}"
    link = next((one for one in matched.links if one.left == left), None)
    shared = next((one for one in matched.ambiguous if left in one.left or right in one.right), None)
    if link is not None and link.right == right:
        yield f"linked by {link.by}"
    elif link is not None:
        yield f"not linked: {safe(left, 60)} is linked with {safe(link.right, 60)} by {link.by}, which comes first"
    elif shared is not None:
        yield f"not linked: {shared.by} is shared by {len(shared.left)} and {len(shared.right)} records, so that nobody may be linked by it"
    else:
        yield "not linked: no key is the same on both sides"


@dataclass(frozen=True)
class Cluster:
    """Records of one side that share a key. `value` in its normal form."""

    system: str
    by: str
    value: str
    ids: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """With the value masked."""
        return {
            "system": self.system,
            "by": self.by,
            "value": _shown(self.value, self.by, masked=True),
            "ids": list(self.ids),
        }


def clusters(made: Gathered, flow: str) -> list[Cluster]:
    """Records of each side that share a match key, the largest clusters first."""
    view = made.view(flow)
    found: list[Cluster] = []
    for side, left in ((view.left, True), (view.right, False)):
        for key in keys(view, made.between(view)):
            by_value: dict[tuple[str, ...], list[str]] = defaultdict(list)
            for row in made.rows(side):
                value = _values(key, row, left=left)
                if value is not None:
                    by_value[value].append(row.id)
            found += [
                Cluster(side.system, key.by, JOINED.join(value), tuple(ids))
                for value, ids in by_value.items()
                if len(ids) > 1
            ]
    return sorted(found, key=lambda one: (-len(one.ids), one.system, one.by, one.value))


def duplicate_lines(view: FlowView, found: Sequence[Cluster]) -> Iterator[str]:
    """Clusters by side and key, and what the policy does with them."""
    policy = view.flow.duplicates
    said = policy.policy if isinstance(policy, Duplicates) else policy or "report"
    does = {
        "report": "left out of the sync, and reported",
        "merge": "merged into the record that was changed last, after a person agreed",
        "ignore": "left out of the sync, silently",
    }
    yield f"Flow {safe(view.flow.name, 60)}: {len(found)} keys are shared; the policy is {said}: {does[said]}"
    for (system, by), some in _grouped(found).items():
        yield f"  {system}, {by}: {len(some)} keys, {sum(len(one.ids) for one in some)} records"
        for one in some[:MOST_SHOWN]:
            ids = ", ".join(safe(each, 40) for each in one.ids[:MOST_SHOWN])
            yield f"    {safe(_shown(one.value, by, masked=True), 60)}: {ids}{' …' if len(one.ids) > MOST_SHOWN else ''}"
    yield ""


def _grouped(found: Sequence[Cluster]) -> dict[tuple[str, str], list[Cluster]]:
    made: dict[tuple[str, str], list[Cluster]] = defaultdict(list)
    for one in found:
        made[one.system, one.by].append(one)
    return made


def profile_table(stats: Sequence[FieldStats]) -> Iterator[str]:
    """A line a field."""
    rows = [("field", "filled", "distinct", "length", "shapes", "placeholders", "personal")]
    for one in stats:
        share = f"{one.filled / one.records:.0%}" if one.records else "-"
        length = f"{one.shortest}-{one.longest}" if one.longest is not None else "-"
        shapes = ", ".join(f"{safe(shape, 24)} ({many})" for shape, many in one.patterns[:2])
        distinct = f"{one.distinct}{' unique' if one.unique else ''}"
        rows.append(
            (safe(one.name, 40), share, distinct, length, shapes, str(one.placeholders or ""), one.personal or "")
        )
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
