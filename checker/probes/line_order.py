"""Lines as they are sent: in their order, and none where none are sent."""

from __future__ import annotations

from typing import Any

from checker.model.finding import Answer
from checker.probes.alterations import same
from checker.probes.base import Told
from checker.probes.touching import ResourceTouch
from checker.probes.writing import written_and_seen


def as_sent(touch: ResourceTouch, told: Told, name: str, changed: dict[str, Any]) -> Told:
    """`told` of lines that were replaced, but for a system that puts two of them in another order, or keeps them where none is sent.

    `changed` is the first line, with the value in it that was changed. What is refused says nothing: there may be a rule against it.
    """
    born = ((touch.birth.body if touch.birth else {}).get(name) or [None])[0]
    field = next((one for one, value in changed.items() if isinstance(born, dict) and born.get(one) != value), None)
    if told.answer is not Answer.YES or field is None or field not in born:
        return told
    first = {**born, field: changed[field]}
    for rows in ([first, born], []):
        written, seen = written_and_seen(touch, {name: rows})
        held = seen.record.get(name) if seen is not None and seen.record is not None else None
        if held is None and rows:
            return told
        found = held or []
        as_before = len(found) == len(rows) and all(
            same(row[field], one.get(field)) for row, one in zip(rows, found, strict=True)
        )
        if not as_before and seen is not None:
            evidence = (*told.evidence, *written.evidence, *seen.evidence)
            return told._replace(
                answer=Answer.NO, values={"field": name, "sent": len(rows), "found": len(found)}, evidence=evidence
            )
    written_and_seen(touch, {name: [first]})
    return told
