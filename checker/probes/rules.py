"""Rules: what does the system refuse? Each body breaks exactly one rule, and the same body without the fault must be accepted afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from checker.model.finding import Answer
from checker.model.paths import get
from checker.probes.alterations import same
from checker.probes.attempts import broke_on, held_off, refused_by_rule, why_not
from checker.probes.base import Told, no, not_applicable, probe, unknown, whether, yes
from checker.probes.breaking import Fault, left_out, replaced
from checker.probes.contexts import NO_UUID, NOBODY, UUID
from checker.probes.formats import against_pattern, never, out_of_range, wrong_day, wrong_format, wrong_type
from checker.probes.leniency import FORMED, empty, unknown_field
from checker.probes.touching import ResourceTouch
from checker.probes.writing import quoted
from checker.resources.outcomes import Written
from checker.resources.slots import Slot

LONGEST_SENT = 10_000  # characters; a longer text would test a server's patience rather than its rules
SURELY_LONG = 2_000  # characters, where somebody says that there is a limit and nobody says which
MOST_UNIQUE = 3  # fields that are tried; each costs a create
NO_OPTION = "rdy-no-such-option"
LONG_AGO = {"date": "2001-01-01", "date-time": "2001-01-01T00:00:00Z"}

RULES = (
    "write.required-enforced",
    "write.max-length-enforced",
    "write.enum-enforced",
    "write.format-enforced",
    "write.calendar-checked",
    "write.read-only-refused",
    "write.read-only-kept",
    "write.reference-enforced",
    "write.unknown-field-refused",
    "write.empty-required-refused",
)
# Why a rule was not tried; one that is missing here doesn't apply where there is nothing to break it in.
WHY_NONE = {
    "write.required-enforced": "no-required-field",
    "write.max-length-enforced": "no-length-declared",
    "write.enum-enforced": "no-options-declared",
    "write.format-enforced": "no-format-known",
    "write.read-only-refused": "no-read-only-field",
    "write.read-only-kept": "no-read-only-field",
    "write.reference-enforced": "no-reference-written",
    "write.unknown-field-refused": "free-fields",
    "write.empty-required-refused": "no-required-text",
}


@probe(*RULES, scope="resource")
def rules(touch: ResourceTouch) -> Iterator[Told]:
    """Break one rule after the other, then write a good body: what was refused was refused for its fault only if that is accepted."""
    if not touch.born:
        yield from touch.left_open(*RULES)
        return
    faults = [one for make in FAULTS if (one := make(touch)) is not None]
    beside = {name: value for one in faults for name, value in one.beside.items()}
    tried: list[tuple[Fault, Written | None]] = []
    for fault in faults:
        taken = any(one.claim == fault.claim and written is not None and written.ok for one, written in tried)
        if not taken:  # one broken rule of a kind that is taken says it all
            tried.append((fault, _broken(touch, fault, beside)))
    control(touch, beside)
    judged = [told for fault, written in tried for told in _judgements(touch, fault, written)]
    for claim in dict.fromkeys(
        one.claim for one in judged
    ):  # several faults may be about one claim: each has to be refused
        yield _summed_up([one for one in judged if one.claim == claim])
    for claim in RULES:
        if claim not in {one.claim for one in judged}:
            yield unknown(claim, WHY_NONE[claim]) if claim in WHY_NONE else not_applicable(claim)


def _summed_up(told: list[Told]) -> Told:
    """What is said of a rule that was broken in several fields: what was taken, else what was refused; beside what was taken, what was not."""
    kept = [*dict.fromkeys(one.values["field"] for one in told if one.answer is Answer.YES)]
    worst = next(one for answer in (Answer.NO, Answer.YES, Answer.UNKNOWN) for one in told if one.answer is answer)
    return worst._replace(values={**worst.values, "kept": kept}) if kept and worst.answer is Answer.NO else worst


def _broken(touch: ResourceTouch, fault: Fault, beside: Mapping[str, Any]) -> Written | None:
    """What came of the faulty body; None where a record of it could not be told as ours."""
    bodies = (fault.broken(touch.body(**beside)), fault.broken({**touch.body_without(fault.field), **beside}))
    body = next((one for one in bodies[: 1 + fault.without_value] if touch.marked(one)), None)
    if body is None:
        return None
    written = touch.create(lambda: body)
    if refused_by_rule(written):
        touch.refusals.append((fault.field, written))
        touch.enforced.add((fault.claim, fault.field))
    elif broke_on(written):
        touch.breaks.append((fault.field, written))
    return written


def control(touch: ResourceTouch, beside: Mapping[str, Any]) -> None:
    """Create a record from a good body of the same shape; it is kept for the probes that follow."""
    touch.control_body = _good(touch, beside)
    touch.control = touch.writer.create(touch.resource, touch.control_body, key=key_of(touch))


def _good(touch: ResourceTouch, beside: Mapping[str, Any]) -> dict[str, Any]:
    """A body without those unique fields that need not be there: sent twice, only the system's own care would notice."""
    needed = touch.profile.validation.required
    optional = {
        one
        for one in touch.bodies.unique
        if one not in needed and not getattr(touch.bodies.slot(one), "required", False)
    }
    body = touch.body(**beside)
    bare = {name: value for name, value in body.items() if name not in optional}
    return bare if touch.marked(bare) else body


def key_of(touch: ResourceTouch) -> str | None:
    """The idempotency key of the control, where the document declares a header for it."""
    return f"{touch.writer.mark}-{touch.profile.name}" if touch.key_header else None


def _judgements(touch: ResourceTouch, fault: Fault, written: Written | None) -> Iterator[Told]:
    """What is said of a fault's rule; of a field that is only read also whether it stayed as the system has it, which needs no refusal."""
    told = _judged(touch, fault, written)
    yield told
    if fault.claim != "write.read-only-refused":
        return
    claim, outcome = "write.read-only-kept", told.values.get("outcome")
    if told.answer is Answer.YES or outcome in ("ignored", "stored"):
        yield whether(claim, outcome != "stored", told.evidence, field=fault.field, outcome=outcome)
    else:
        yield unknown(claim, told.values.get("reason", "write-unclear"), told.evidence, field=fault.field)


def _judged(touch: ResourceTouch, fault: Fault, written: Written | None) -> Told:
    if written is None:
        return unknown(fault.claim, "no-room-for-mark", field=fault.field)
    status = written.response.status if written.response else None
    good = touch.control
    evidence = (*written.evidence, *(good.evidence if good else ()))
    if written.ok:
        outcome = _became(fault, written)
        if not fault.declared and outcome != "stored":
            return unknown(fault.claim, WHY_NONE[fault.claim], evidence, field=fault.field, status=status)
        return no(fault.claim, evidence, field=fault.field, status=status, outcome=outcome)
    if not held_off(written):
        return unknown(fault.claim, why_not(written), evidence, field=fault.field, status=status)
    if good is None or not good.ok:
        return unknown(fault.claim, "control-refused", evidence, field=fault.field, status=status)
    return yes(fault.claim, evidence, field=fault.field, status=status, message=quoted(touch, written))


def _became(fault: Fault, written: Written) -> str:
    """What the answer shows of the faulty value: stored as sent, cut or otherwise changed, left out; accepted where it shows no record."""
    if not written.record:
        return "accepted"
    sent, read = get(fault.broken({}), fault.field), get(written.record, fault.field)
    if read is None:
        return "ignored"
    if same(sent, read):
        return "stored"
    if fault.claim == "write.read-only-refused":
        return "ignored"
    return "cut" if isinstance(sent, str) and isinstance(read, str) and sent.startswith(read) else "changed"


def required(touch: ResourceTouch) -> Fault | None:
    """Leave out a field that the document or its users call required; rather one that doesn't bear the mark."""
    body = touch.birth.body if touch.birth else {}
    declared = [one.path for one in touch.bodies.slots if one.required]
    names = [one for one in dict.fromkeys((*declared, *touch.profile.validation.required)) if one in body]
    only = {one.name for one in touch.profile.schema if one.constant}  # every write is given these (see `sending`)
    names = [one for one in names if one not in only]
    names.sort(key=lambda one: touch.writer.mark in str(body[one]))
    return Fault("write.required-enforced", names[0], left_out(names[0]), without_value=True) if names else None


def too_long(touch: ResourceTouch) -> Fault | None:
    """One character more than allowed; rather in a plain text. Where somebody names the field, in one whose values have a form of their own, too."""
    texts, named = _texts(touch), touch.profile.validation.max_length
    slots = [one for one in texts if one.max_length is not None and one.max_length < LONGEST_SENT]
    slots += [one for one in _texts(touch, formed=True) if one.max_length is None and one.path in named]
    if not slots:
        return None
    slot = slots[0]
    length = (slot.max_length or SURELY_LONG) + 1
    text = (f"{touch.writer.mark} " + "x" * length)[:length]
    return Fault("write.max-length-enforced", slot.path, replaced(slot.name, text))


def _texts(touch: ResourceTouch, *, formed: bool = False) -> list[Slot]:
    """Plain texts of the body, the name first; `formed`: also those whose role gives them a form."""
    body = touch.birth.body if touch.birth else {}
    pointing = {one.field for one in touch.profile.relations}
    plain = [
        one
        for one in touch.bodies.slots
        if isinstance(body.get(one.name), str)
        and not (one.enum or one.format or one.pattern)
        and one.path not in pointing
        and (formed or touch.bodies.role_of(one.path) not in FORMED)
    ]
    return sorted(plain, key=lambda one: touch.bodies.role_of(one.path) != "name")


def option(touch: ResourceTouch) -> Fault | None:
    """A text that is none of the options; rather in a field that the body has anyway."""
    body = touch.birth.body if touch.birth else {}
    slots = [one for one in touch.bodies.slots if any(isinstance(value, str) for value in one.enum)]
    slots.sort(
        key=lambda one: (len(one.enum) == 1, one.name not in body)
    )  # one option alone is a name for the kind of record
    if not slots:
        named = [
            one for one in touch.bodies.slots if one.path in touch.profile.validation.enum and one.type == "string"
        ]
        return Fault("write.enum-enforced", named[0].path, replaced(named[0].name, NO_OPTION)) if named else None
    slot = slots[0]
    good = next(value for value in slot.enum if value is not None)
    beside = {} if slot.name in body else {slot.name: good}
    longest = min(slot.max_length or len(NO_OPTION), len(NO_OPTION))
    return Fault("write.enum-enforced", slot.path, replaced(slot.name, NO_OPTION[:longest]), beside)


def read_only(touch: ResourceTouch) -> Fault | None:
    """A value for a field that the document declares as only read; not the id, which a create may choose in some systems."""
    values = {"string": touch.writer.mark, "number": 4711, "integer": 4711, "boolean": True}
    for one in touch.profile.schema:
        plain = one.read_only and one.type in values and touch.profile.at_top(one.name)
        if plain and one.name != touch.profile.fields.id and not one.enum:
            value = LONG_AGO.get(one.format or "", values[one.type or "string"])
            return Fault("write.read-only-refused", one.name, replaced(one.name, value))
    return _stamp(touch)


def _stamp(touch: ResourceTouch) -> Fault | None:
    """A changed time of long ago, which should be the system's own whether the document says so or not: by it changes are found."""
    name = touch.profile.fields.updated
    field = next((one for one in touch.profile.schema if one.name == name and one.type == "string"), None)
    if field is None:
        return None
    value = LONG_AGO["date" if field.format == "date" else "date-time"]
    return Fault("write.read-only-refused", field.name, replaced(field.name, value), declared=False)


def nowhere(touch: ResourceTouch) -> Fault | None:
    """A reference to a record that isn't there: an id in the form of a real one."""
    body = touch.birth.body if touch.birth else {}
    for relation in touch.profile.relations:
        if "[]" in relation.field:
            continue  # a wrong line may be refused for the document's sake
        known = body.get(relation.field, touch.bodies.references.get(relation.field))
        if not isinstance(known, int | str) or isinstance(known, bool) or known == "":
            continue
        beside = {} if relation.field in body else {relation.field: known}
        return Fault("write.reference-enforced", relation.field, replaced(relation.field, nobodys(known)), beside)
    return None


def nobodys(known: int | str) -> int | str:
    """An id that no record has, in the form of one that a record has: a number, a UUID, a text with other digits."""
    if isinstance(known, int):
        return int(NOBODY)
    if known.isdigit():
        return NOBODY
    if UUID.fullmatch(known):
        return NO_UUID
    other = re.sub(r"[0-9]", "9", known)
    return other if other != known else "readiness-no-such-record"


FAULTS = (
    required,
    too_long,
    option,
    wrong_format,
    wrong_day,
    never,
    wrong_type,
    against_pattern,
    out_of_range,
    read_only,
    nowhere,
    unknown_field,
    empty,
)


@probe("write.idempotent-create", scope="resource")
def twice(touch: ResourceTouch) -> Iterator[Told]:
    """Send the control's create again, with the same key where the document declares one: one record, or two?"""
    first = touch.control
    if first is None or not first.ok or first.record_id is None:
        yield unknown("write.idempotent-create", "control-refused" if touch.born else touch.barred)
        return
    second = touch.create(lambda: touch.control_body, key_of(touch))
    evidence = (*first.evidence, *second.evidence)
    values = {"header": touch.key_header, "status": second.response.status if second.response else None}
    if held_off(second):
        yield yes("write.idempotent-create", evidence, **values, outcome="refused")
    elif second.ok and second.record_id is not None:
        same = second.record_id == first.record_id
        yield whether(
            "write.idempotent-create", same, evidence, **values, outcome="replayed" if same else "two-records"
        )
    else:
        yield unknown("write.idempotent-create", why_not(second), evidence, **values)


@probe("write.unique-enforced", scope="resource")
def unique(touch: ResourceTouch) -> Iterator[Told]:
    """For each field that is to be unique: a second record with the value of the first, all else its own."""
    if not touch.born or touch.birth is None:
        yield from touch.left_open("write.unique-enforced")
        return
    body = touch.birth.body
    fields = [one for one in sorted(touch.bodies.unique) if isinstance(body.get(one), str | int)][:MOST_UNIQUE]
    if not fields or touch.control is None or not touch.control.ok:
        yield unknown("write.unique-enforced", "control-refused" if fields else "no-unique-field", touch.birth.evidence)
        return
    tried = {name: touch.create(lambda name=name: touch.body(**{name: body[name]})) for name in fields}  # type: ignore[misc]
    refused = [name for name, one in tried.items() if held_off(one)]
    touch.refusals += [(name, one) for name, one in tried.items() if refused_by_rule(one)]
    touch.kept_unique |= set(refused)
    evidence = (*touch.birth.evidence, *(key for one in tried.values() for key in one.evidence))
    accepted = [name for name, one in tried.items() if one.ok]
    values = {"fields": accepted or refused, "status": [one.response.status for one in tried.values() if one.response]}
    if accepted:
        yield no("write.unique-enforced", evidence, **values)
    elif refused:
        yield yes("write.unique-enforced", evidence, **values)
    else:
        yield unknown("write.unique-enforced", why_not(next(iter(tried.values()))), evidence)


@probe("write.error-names-field", scope="resource")
def error_messages(touch: ResourceTouch) -> Iterator[Told]:
    """Look for the field's name in each refusal that a broken rule brought, be it a server error where a good body was taken."""
    taken = touch.control is not None and touch.control.ok
    refusals = [*touch.refusals, *(touch.breaks if taken else ())]
    if not refusals:
        yield unknown("write.error-names-field", "no-refusal" if touch.born else touch.barred)
        return
    silent = [name for name, one in refusals if not _names(touch, name, one)]
    evidence = tuple(key for _, one in refusals for key in one.evidence)
    yield whether("write.error-names-field", not silent, evidence, fields=list(dict.fromkeys(silent)), of=len(refusals))


def _names(touch: ResourceTouch, name: str, written: Written) -> bool:
    """Whether the answer names the field, as records or as bodies call it."""
    text = written.response.body.decode("utf-8", "replace") if written.response else ""
    written_as = touch.profile.write_as.get(name, name)
    names = (one.removesuffix(".data.id").rpartition(".")[2] for one in (name, written_as))
    return any(one.casefold() in text.casefold() for one in names)
