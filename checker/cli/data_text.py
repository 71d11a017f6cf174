"""The forecast, lists to clean up, clusters and field figures, as text and as files. Values are masked unless somebody asks for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checker.client import mask
from checker.data.keys import Key, key_values, keys
from checker.data.likely import Likely, Named, likely
from checker.data.mixing import unmixed
from checker.data.sites import elsewhere
from checker.errors import InputError, Problem
from checker.model.paths import get
from checker.model.sync import Link, Matched, Row, Which
from checker.model.text import fill, number, safe
from checker.project.sides import FlowView, Side
from checker.project.types import Duplicates
from checker.sync.policies import in_scope, of_new

if TYPE_CHECKING:
    from checker.data.fields import FieldStats
    from checker.gathering import Gathered

MOST_SHOWN = 5  # clusters
JOINED = " + "  # between the parts of a key
FATES = ("create", "ask", "stay", "out-of-scope")  # of records without counterpart
Fates = Mapping[str, tuple[str, ...]]  # the ids of each
WORDS = {
    "en": {
        "head": "Flow {flow}: {left} ↔ {right}", "records": "records", "linked": "  linked", "by": "    by {by}", "elsewhere": "    of these in two places (one VAT id may be several branches)",
        "ambiguous": "  ambiguous (one key, several records)", "against": "    of these contradicted by {by}",
        "unusable": "  unusable (no key is filled)", "create": "  without counterpart, to be created there",
        "ask": "  without counterpart, to be created there if a person agrees", "stay": "  without counterpart, stays on its side (direction or rule)",
        "out-of-scope": "  without counterpart, out of scope (filter)",
        "likely": "    of these alike by name (a suggestion)", "too-many": "  too many without a counterpart to compare their names",
    },
    "de": {
        "head": "Datenfluss {flow}: {left} ↔ {right}", "records": "Datensätze", "linked": "  verknüpft", "by": "    über {by}", "elsewhere": "    davon an zwei Orten (eine USt-ID kann für mehrere Niederlassungen stehen)",
        "ambiguous": "  mehrdeutig (ein Schlüssel, mehrere Datensätze)", "against": "    davon widerspricht {by}",
        "unusable": "  unbrauchbar (kein Schlüssel gefüllt)", "create": "  ohne Gegenstück, dort anzulegen",
        "ask": "  ohne Gegenstück, dort anzulegen, wenn eine Person zustimmt", "stay": "  ohne Gegenstück, bleibt auf seiner Seite (Richtung oder Regel)",
        "out-of-scope": "  ohne Gegenstück, nicht im Umfang (Filter)",
        "likely": "    davon ähnlich benannt (ein Vorschlag)", "too-many": "  zu viele ohne Gegenstück, um ihre Namen zu vergleichen",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Forecast:
    """What matching says of a flow: counts, and of each side the ids that have no counterpart: those without any key, and what becomes of the others.

    `likely` are those of them that are alike, as suggestions; None where there are too many to compare. `elsewhere`: links by a VAT id whose
    records lie in two places.
    """

    view: FlowView
    matched: Matched
    left: int
    right: int
    unusable_left: tuple[str, ...]
    unusable_right: tuple[str, ...]
    fates_left: Fates
    fates_right: Fates
    likely: tuple[Likely, ...] | None = ()
    elsewhere: tuple[Link, ...] = ()

    @property
    def by_key(self) -> dict[str, int]:
        """Links by the key that found them."""
        return dict(Counter(one.by for one in self.matched.links))

    def ambiguous(self, *, left: bool, against: str | None = None) -> int:
        """Records of a side that await a decision; `against`: those of pairs that this key contradicts."""
        return sum(
            len(one.left if left else one.right)
            for one in self.matched.ambiguous
            if against is None or one.against == against
        )

    @property
    def contradicted(self) -> dict[str, int]:
        """Pairs that one key found, by the key that contradicts them."""
        return dict(Counter(one.against for one in self.matched.ambiguous if one.against))

    def as_json(self) -> dict[str, Any]:
        """Figures; ids stand in the lists of `--out`."""
        return {
            "flow": self.view.flow.name,
            "left": {"system": self.view.left.system, "records": self.left, "ambiguous": self.ambiguous(left=True), "unusable": len(self.unusable_left), **_fates_as_json(self.fates_left)},
            "right": {"system": self.view.right.system, "records": self.right, "ambiguous": self.ambiguous(left=False), "unusable": len(self.unusable_right), **_fates_as_json(self.fates_right)},
            "linked": len(self.matched.links),
            "linked_by": self.by_key,
            "linked_in_two_places": len(self.elsewhere),
            "contradicted_by": self.contradicted,
            "alike": len(self.likely) if self.likely is not None else None,
        }  # fmt: skip


def forecast_of(made: Gathered, flow: str) -> Forecast:
    """The forecast of a flow."""
    view, matched = made.view(flow), made.matched(flow)
    found = keys(view, made.between(view))
    left, right = (
        list({row.id: row for row in made.key_rows(view, which, ids)}.values())  # one that was read twice is one
        for which, ids in ((Which.LEFT, matched.only_left), (Which.RIGHT, matched.only_right))
    )
    keyless = _keyless(found, left, left=True), _keyless(found, right, left=False)
    wanted, creates = view.flow.filter, of_new(view)
    return Forecast(
        view,
        matched,
        made.count(view, Which.LEFT),
        made.count(view, Which.RIGHT),
        *keyless,
        _fates(left, keyless[0], wanted.left, creates[0]),
        _fates(right, keyless[1], wanted.right, creates[1]),
        likely(_named(view.left, left), _named(view.right, right)),
        elsewhere(view, made.between(view), matched.links, *(made.key_rows(view, which) for which in Which)),
    )


def _fates(rows: Sequence[Row], keyless: Sequence[str], wanted: Mapping[str, Any], creates: str) -> Fates:
    """What becomes of a side's records without counterpart that have a key. `creates` is what the flow says of those in its scope."""
    unusable, fate = set(keyless), {"ignore": "stay"}.get(creates, creates)
    made: dict[str, list[str]] = {one: [] for one in FATES}
    for row in rows:
        if row.id not in unusable:
            made[fate if in_scope(row, wanted) else "out-of-scope"].append(row.id)
    return {name: tuple(ids) for name, ids in made.items()}


def _fates_as_json(fates: Fates) -> dict[str, int]:
    names = ("create_on_the_other_side", "create_if_agreed", "stay", "out_of_scope")
    return {name: len(fates[one]) for name, one in zip(names, FATES, strict=True)}


def _named(side: Side, rows: Iterable[Row]) -> list[Named]:
    """Names and countries of records, as far as the profile knows the fields; of records inside others it doesn't."""
    roles = side.profile.fields if side.profile and not side.inside else None
    if roles is None or roles.name is None:
        return []
    country = roles.country or ""
    found = ((row.id, get(row.values, roles.name), get(row.values, country) if country else None) for row in rows)
    return [
        Named(row_id, name, land if isinstance(land, str) else "")
        for row_id, name, land in found
        if isinstance(name, str)
    ]


def _keyless(found: Sequence[Key], rows: Iterable[Row], *, left: bool) -> tuple[str, ...]:
    """The ids of records that have no complete key."""
    return tuple(row.id for row in rows if not any(key_values(key, row, left=left) for key in found))


def forecast_lines(one: Forecast, language: str) -> Iterator[str]:
    """The forecast as a table."""
    words, view = WORDS[language], one.view
    ends = {"flow": view.flow.name, "left": view.flow.left, "right": view.flow.right}
    yield fill(words["head"], ends, language)
    rows: list[tuple[str, int | None, int | None]] = [
        (words["records"], one.left, one.right),
        (words["linked"], len(one.matched.links), len(one.matched.links)),
        *((words["by"].format(by=by), count, count) for by, count in one.by_key.items()),
        *([(words["elsewhere"], len(one.elsewhere), len(one.elsewhere))] if one.elsewhere else []),
        (words["ambiguous"], one.ambiguous(left=True), one.ambiguous(left=False)),
        *(
            (
                words["against"].format(by=by),
                one.ambiguous(left=True, against=by),
                one.ambiguous(left=False, against=by),
            )
            for by in one.contradicted
        ),
        (words["unusable"], len(one.unusable_left), len(one.unusable_right)),
        *(
            (words[fate], len(one.fates_left[fate]), len(one.fates_right[fate]))
            for fate in FATES
            if fate == "create" or one.fates_left[fate] or one.fates_right[fate]
        ),
        *([(words["likely"], len(one.likely), len(one.likely))] if one.likely else []),
    ]
    width = max(len(name) for name, _, _ in rows)
    yield f"  {'':{width}}  {safe(view.left.system, 20):>12}  {safe(view.right.system, 20):>12}"
    for name, left, right in rows:
        yield f"  {name:{width}}  {number(left or 0, language):>12}  {number(right or 0, language):>12}"
    if one.likely is None:
        yield words["too-many"]
    yield ""


def key_shown(value: str, by: str, *, masked: bool) -> str:
    """A key's value as it may be shown, its parts masked each by its field's name."""
    if not masked:
        return value
    names, parts = by.split(JOINED), value.split(JOINED)
    if len(names) != len(parts):  # a value that holds the sign itself
        return mask.field(names[0], value)
    return JOINED.join(mask.field(name, part) for name, part in zip(names, parts, strict=True))


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
    for key in unmixed(keys(view, made.between(view)), made.rows(view.left), made.rows(view.right)):
        values = key_values(key, ours, left=True), key_values(key, theirs, left=False)
        said = [key_shown(JOINED.join(one), key.by, masked=masked) if one else "(empty)" for one in values]
        verdict = "the same" if values[0] and values[0] == values[1] else "no value" if None in values else "different"
        yield f"  {key.by}: {safe(said[0])} | {safe(said[1])}   {verdict}"
    link = next((one for one in matched.links if one.left == left), None)
    shared = next((one for one in matched.ambiguous if left in one.left or right in one.right), None)
    if link is not None and link.right == right:
        yield f"linked by {link.by}"
    elif link is not None:
        yield f"not linked: {safe(left, 60)} is linked with {safe(link.right, 60)} by {link.by}, which comes first"
    elif shared is not None and shared.against:
        pair = " and ".join(safe(one, 60) for one in (*shared.left, *shared.right))
        yield f"not linked: {shared.by} says that {pair} are one, and {shared.against} that they are two, so that a person decides"
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
            "value": key_shown(self.value, self.by, masked=True),
            "ids": list(self.ids),
        }


def clusters(made: Gathered, flow: str) -> list[Cluster]:
    """Records of each side that share a match key, the largest clusters first."""
    found = [
        Cluster(side.system, one.by, JOINED.join(one.key), tuple(ids))
        for side, one, ids in made.doubled(made.view(flow))
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
    yield f"Flow {safe(view.flow.name, 60)}: {len(found):,} keys are shared; the policy is {said}: {does[said]}"
    for (system, by), some in _grouped(found).items():
        yield f"  {system}, {by}: {len(some):,} keys, {sum(len(one.ids) for one in some):,} records"
        for one in some[:MOST_SHOWN]:
            ids = ", ".join(safe(each, 40) for each in one.ids[:MOST_SHOWN])
            yield f"    {safe(key_shown(one.value, by, masked=True), 60)}: {ids}{' …' if len(one.ids) > MOST_SHOWN else ''}"
    yield ""


def _grouped(found: Sequence[Cluster]) -> dict[tuple[str, str], list[Cluster]]:
    made: dict[tuple[str, str], list[Cluster]] = defaultdict(list)
    for one in found:
        made[one.system, one.by].append(one)
    return made


def profile_table(stats: Sequence[FieldStats]) -> Iterator[str]:
    """A line a field."""
    rows = [("field", "filled", "distinct", "length", "shapes", "placeholders", "invalid", "personal")]
    for one in stats:
        share = f"{one.filled / one.records:.0%}" if one.records else "-"
        length = f"{one.shortest}-{one.longest}" if one.longest is not None else "-"
        shapes = ", ".join(f"{safe(shape, 24)} ({many})" for shape, many in one.patterns[:2])
        distinct = f"{one.distinct}{' unique' if one.unique else ''}"
        rows.append(
            (
                safe(one.name, 40),
                share,
                distinct,
                length,
                shapes,
                str(one.placeholders or ""),
                "" if one.invalid is None else str(one.invalid),
                one.personal or "",
            )
        )
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
