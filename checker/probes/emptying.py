"""Emptying: what clears a field: null, an empty text, or that a PUT, which stands for the whole record, leaves it out (RFC 9110, 9.3.4)?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from checker.model.paths import MISSING
from checker.probes.alterations import DROPPED, alterations, same
from checker.probes.attempts import refused_by_rule
from checker.probes.base import Told, not_applicable, probe, unknown, whether
from checker.probes.touching import ResourceTouch
from checker.probes.writing import telling_values, texts
from checker.resources.slots import Slot

CLAIM, PUT = "write.null-clears", "write.put-replaces"
NO_EMPTY = frozenset({"name", "currency", "country"})  # roles that most systems fill again, or want
PLAIN = frozenset({"string", "number", "integer"})
# What a document says of a PUT that leaves alone what it doesn't name, in English and German.
MERGES = re.compile(
    r"\bpartial|\bmerge|\bonly (?:the )?(?:given|sent|supplied|specified|provided|named|passed)\b"
    r"|(?:left out|omitted|missing|not (?:sent|given|supplied|specified|provided|included|passed)).{0,40}"
    r"(?:stay|remain|keep|kept|unchanged|untouched|ignored|not (?:be )?(?:changed|modified|altered|updated))"
    r"|teilweise|\bnur die (?:angegebenen|gesendeten|übergebenen|genannten)|bleiben (?:unverändert|erhalten|stehen)",
    re.IGNORECASE | re.DOTALL,
)


@probe(CLAIM, PUT, scope="resource")
def clearing(touch: ResourceTouch) -> Iterator[Told]:
    """Send null for one field and an empty text for another; what is left out of a partial change must stay, what is left out of a PUT is gone."""
    if not touch.born or touch.birth is None:
        yield from touch.left_open(CLAIM, PUT)
        return
    fields = [one for one in clearable(touch) if touch.latest.get(one) not in (None, "")][:2]
    if not fields:
        yield unknown(CLAIM, "no-optional-text")
        yield _replaces(touch, {}, {}, ())
        return
    before, gap = dict(touch.latest), dict(_gap(touch, fields))
    evidence: list[str] = []
    came: dict[str, str] = {}
    for form, name, value in zip(("null", "empty"), (fields[0], fields[-1]), (None, ""), strict=True):
        if touch.latest.get(name) in (None, ""):
            continue
        written = touch.update({name: value, **gap})
        evidence += written.evidence
        if gap and refused_by_rule(written):  # be it for what was left out
            gap = {}
            written = touch.update({name: value})
            evidence += written.evidence
        if not written.ok:
            came[form] = "refused" if refused_by_rule(written) else "unclear"
            continue
        seen = touch.seen(partial(_emptied, name))
        evidence += seen.evidence
        touch.changed = seen.record or touch.changed
        came[form] = "cleared" if seen.delay is not None else "kept"
    came["left_out"] = "whole-record" if _is_put(touch) else "kept" if _untouched(touch) else "cleared"
    yield _replaces(touch, gap if "cleared" in came.values() else {}, before, tuple(evidence))
    if "unclear" in came.values() and "cleared" not in came.values():
        yield unknown(CLAIM, "write-unclear", tuple(evidence), **came)
        return
    # A null that changes nothing is worse than one that is refused: nobody hears of it.
    cleared = came.get("null") != "kept" and "cleared" in (came.get("null"), came.get("empty"))
    yield whether(CLAIM, cleared, tuple(evidence), field=", ".join(dict.fromkeys(fields)), **came)


def _is_put(touch: ResourceTouch) -> bool:
    return (touch.profile.operations.update or "").upper().startswith("PUT ")


def _merges(touch: ResourceTouch) -> bool:
    """Whether the document says of the update that it leaves alone what it doesn't name."""
    api, key = touch.look.system.api, touch.profile.operations.update
    operation = api.operation(key) if api is not None and key else None
    return operation is not None and MERGES.search(f"{operation.summary} {operation.description}") is not None


def _gap(touch: ResourceTouch, cleared: list[str]) -> Iterator[tuple[str, Any]]:
    """An optional field with a value to be left out of a PUT, rather one that may be null; nothing where changes are partial."""
    if not _is_put(touch) or _merges(touch):
        return
    slots = [one for one in touch.bodies.slots if one.name not in cleared and _spare(touch, one, cleared)]
    slots.sort(key=lambda one: not one.nullable)
    yield from ((one.name, MISSING) for one in slots[:1])


def _spare(touch: ResourceTouch, slot: Slot, cleared: list[str]) -> bool:
    """Whether a record can do without the field's value: nobody demands it, fills it, or points by it, and the mark is elsewhere, too."""
    value = touch.latest.get(slot.name)
    taken = {*touch.profile.validation.required, *touch.bodies.unique, *touch.bodies.references}
    taken |= {one.field for one in touch.profile.relations}
    free = not (slot.required or slot.enum or slot.default is not None or {slot.name, slot.path} & taken)
    plain = slot.type in PLAIN and isinstance(value, str | int | float) and not isinstance(value, bool)
    rest = {name: one for name, one in touch.latest.items() if name not in {slot.name, *cleared}}
    own = touch.bodies.role_of(slot.path) not in NO_EMPTY
    return free and own and plain and value not in ("", 0) and touch.writer.mark in str(rest)


def _replaces(
    touch: ResourceTouch, gap: Mapping[str, Any], before: Mapping[str, Any], evidence: tuple[str, ...]
) -> Told:
    """Whether what a PUT left out is no longer as it was."""
    if not _is_put(touch) or _merges(touch):
        return not_applicable(PUT)
    name = next(iter(gap), None)
    if name is None:
        return unknown(PUT, "nothing-left-out", evidence)
    return whether(PUT, not same(before.get(name), touch.latest.get(name)), evidence, field=name)


def _emptied(name: str, record: Mapping[str, Any]) -> bool:
    return record.get(name) in (None, "")


def _untouched(touch: ResourceTouch) -> bool:
    """Whether what no change named is still as it was born."""
    named = {slot.name for slot, _ in texts(touch)} | set(telling_values(touch)) | set(clearable(touch))
    rest = {name: value for name, value in (touch.birth.body if touch.birth else {}).items() if name not in named}
    return not [path for path, what in alterations(rest, touch.latest) if what == DROPPED]


def clearable(touch: ResourceTouch) -> list[str]:
    """Optional texts of the body that bear no mark, or that others bear as well."""
    body = touch.birth.body if touch.birth else {}
    pointing = {one.field for one in touch.profile.relations}
    names = []
    for name, value in body.items():
        slot = touch.bodies.slot(name)
        optional = slot is not None and not slot.required and not slot.enum and slot.type == "string"
        rest = {other: one for other, one in touch.latest.items() if other != name}
        own = touch.bodies.role_of(name) not in NO_EMPTY
        if optional and own and isinstance(value, str) and name not in pointing and touch.writer.mark in str(rest):
            names.append(name)
    return sorted(names, key=lambda one: _particular(touch, one))


def _particular(touch: ResourceTouch, name: str) -> tuple[bool, bool]:
    """What is sorted last: a field that can't be null, and one in which an empty text breaks a format."""
    slot = touch.bodies.slot(name)
    return slot is None or not slot.nullable, slot is not None and bool(slot.format or slot.pattern)
