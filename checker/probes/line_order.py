"""Lines as they are sent: none where none are sent, in their order, and the same ones where their ids were sent along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from checker.model.finding import Answer
from checker.probes.alterations import same
from checker.probes.base import Told
from checker.probes.touching import ResourceTouch
from checker.probes.writing import written_and_seen
from checker.profiles.names import is_id

Row = Mapping[str, Any]


def as_sent(touch: ResourceTouch, told: Told, name: str, changed: Row) -> Told:
    """`told` of lines that were replaced, but for a system that keeps them where none is sent, puts two in another order, or makes them anew.

    `changed` is the first line, with the value in it that was changed. What is refused says nothing: there may be a rule against it.
    """
    born = ((touch.birth.body if touch.birth else {}).get(name) or [None])[0]
    field = next((one for one, value in changed.items() if isinstance(born, dict) and born.get(one) != value), None)
    if told.answer is not Answer.YES or field is None or field not in born:
        return told
    first = {**born, field: changed[field]}
    held: list[Row] | None = None
    for rows in ([], [first, born]):
        held, evidence = _replaced(touch, name, rows)
        if held is not None and not _as(rows, held, field):
            return _other(told, name, len(rows), len(held), evidence)
    if held is None:
        _replaced(touch, name, [first])  # no document that is asked about further is left without lines
        return told
    return _the_same(touch, told, name, held, {field: born[field]})


def _replaced(touch: ResourceTouch, name: str, rows: Sequence[Row]) -> tuple[list[Row] | None, tuple[str, ...]]:
    """The lines that are there after these were sent, None where that was refused or can't be told; and the exchanges."""
    written, seen = written_and_seen(touch, {name: rows})
    if seen is None or seen.record is None:
        return None, written.evidence
    return seen.record.get(name) or [], (*written.evidence, *seen.evidence)


def _as(sent: Sequence[Row], held: Sequence[Row], field: str) -> bool:
    """Whether as many lines are there as were sent, in their order."""
    both = zip(sent, held, strict=False)
    return len(sent) == len(held) and all(same(row[field], one.get(field)) for row, one in both)


def _the_same(touch: ResourceTouch, told: Told, name: str, held: Sequence[Row], change: Row) -> Told:
    """Send both lines as they are held, with their ids, the first changed: what links to the second goes by its id, which stays.

    Where lines have no id that a write takes, nothing is said of it.
    """
    slot = touch.bodies.slot(name)
    known = {one.name for one in slot.item.below} if slot is not None and slot.item is not None else set()
    own = next((one for one in held[0] if one in known and one not in change and _tells(one, held)), None)
    if own is None or any(one.field == f"{name}[].{own}" for one in touch.profile.relations):
        return told
    rows = [{key: value for key, value in one.items() if key in known} for one in held]
    after, evidence = _replaced(touch, name, [{**rows[0], **change}, rows[1]])
    if after is None or len(after) != len(rows) or any(one.get(own) == held[1][own] for one in after):
        return told
    return _other(told, name, len(rows), len(after), evidence, outcome="line-ids-anew")


def _tells(name: str, rows: Sequence[Row]) -> bool:
    """Whether a field is an id that tells these lines apart."""
    values = [one.get(name) for one in rows]
    return (
        is_id(name)
        and all(isinstance(one, str | int) and one != "" for one in values)
        and len(set(values)) == len(rows)
    )


def _other(told: Told, name: str, sent: int, found: int, evidence: tuple[str, ...], **values: Any) -> Told:
    return told._replace(
        answer=Answer.NO,
        values={"field": name, "sent": sent, "found": found, **values},
        evidence=(*told.evidence, *evidence),
    )
