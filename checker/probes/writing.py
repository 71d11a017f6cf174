"""Writing: is a record created and changed, is what was written read again, and what does the system make of it silently?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checker.probes.alterations import DROPPED, alterations, how
from checker.probes.attempts import RIGHTS, Seen, refused_by_rule, told_delay, why_not
from checker.probes.base import Told, no, probe, unknown, whether, yes
from checker.probes.touching import Record, ResourceTouch
from checker.profiles.names import is_id
from checker.resources.marks import foreign, texts_of
from checker.resources.outcomes import Outcome, Written
from checker.resources.sending import created_id
from checker.resources.slots import Slot

# Umlauts, ß, an ampersand (pages write it as &amp;), a letter with its accent in one (NFC) and the same in two (NFD): both look alike, and whoever
# turns one into the other breaks a comparison. Then letters from Poland, and one outside the basic plane.
UNUSUAL = "Äöüß & \u00e9e\u0301 Łódź 🙂"
FINE = 0.0051  # added to a number, to see whether it is rounded
SHOWN = 200  # characters of an answer's body that a finding quotes
LONGEST_FULL = 250  # a text is filled up to its largest length where that is no more


def quoted(touch: ResourceTouch, written: Written) -> str | None:
    """The beginning of what the system answered, without this run's secrets."""
    if written.response is None:
        return None
    return touch.redact(written.response.body[:SHOWN].decode("utf-8", "replace")) or None


@probe("write.create-accepted", "write.answer-tells-record", scope="resource")
def create(touch: ResourceTouch) -> Iterator[Told]:
    """Create one test record: with all that matters, else with what is demanded, else after an existing record."""
    birth = touch.birth
    if birth is None:
        yield unknown("write.create-accepted", touch.barred)
        yield unknown("write.answer-tells-record", touch.barred)
        return
    written = birth.written
    yield _answer_tells(touch, written)
    values = {"status": written.response.status if written.response else None, "shape": birth.shape}
    if written.ok:
        yield yes("write.create-accepted", birth.evidence, **values, fields=len(birth.body), tried=len(birth.attempts))
    elif written.outcome is Outcome.REFUSED and (refused_by_rule(written) or why_not(written) == "not-permitted"):
        yield no("write.create-accepted", birth.evidence, **values, message=quoted(touch, written))
    else:
        yield unknown("write.create-accepted", why_not(written), birth.evidence, **values)


def _answer_tells(touch: ResourceTouch, written: Written) -> Told:
    """Whether a create that was stored was answered well, with the id of what was stored: else nobody knows what came of it."""
    claim = "write.answer-tells-record"
    if not written.ok or written.record_id is None:
        return unknown(claim, touch.barred, written.evidence)
    told = created_id(written.response, written.record, touch.profile) if written.response else None
    values = {"status": _status(written)}
    if written.response is None or not written.response.ok:
        return no(claim, written.evidence, **values, outcome="stored-in-spite")
    if told is None:
        return no(claim, written.evidence, **values, outcome="no-id-told")
    evidence = (*written.evidence, *(touch.first_seen.evidence if touch.born else ()))
    other = told != written.record_id or _is_another(touch)
    return whether(claim, not other, evidence, **values, outcome="another-record" if other else None)


def _is_another(touch: ResourceTouch) -> bool:
    """Whether the record under the id that the create was answered with is not the one that was sent."""
    record, mark = touch.first_seen.record if touch.born else None, touch.writer.mark
    if record is None or touch.birth is None:
        return False
    return foreign(record, texts_of(touch.birth.body, mark), mark)


@probe("write.round-trip", "write.rights-suffice", scope="resource")
def read_back(touch: ResourceTouch) -> Iterator[Told]:
    """Read the new record until it is visible: is every field there that was written?"""
    birth = touch.birth
    if birth is not None and not birth.written.ok and why_not(birth.written) == "not-permitted":
        yield no("write.rights-suffice", birth.evidence, status=_status(birth.written), fields=[])
    if not touch.born or birth is None:
        yield from touch.left_open("write.round-trip", *(() if _forbidden(touch) else ("write.rights-suffice",)))
        return
    seen = touch.first_seen
    evidence = (*birth.evidence, *seen.evidence)
    if _is_another(touch):
        yield unknown("write.round-trip", "not-ours", evidence)
        yield unknown("write.rights-suffice", "not-ours", evidence)
        return
    if seen.record is None:
        yield no("write.round-trip", evidence, status=seen.response.status, fields=[], delay=None)
        if seen.response.status in RIGHTS:
            yield no("write.rights-suffice", evidence, status=seen.response.status, fields=[])
        return
    lost = [path for path, what in alterations(birth.body, seen.record) if what == DROPPED]
    values = {"fields": lost, "delay": told_delay(seen.delay), "written": len(birth.body)}
    yield whether("write.round-trip", not lost, evidence, **values)
    if birth.shape != "full":
        yield unknown("write.rights-suffice", "create-reduced", evidence)
        return
    hidden = [name for name in birth.body if name not in seen.record]
    yield whether("write.rights-suffice", not hidden, evidence, fields=hidden, written=len(birth.body))


def _forbidden(touch: ResourceTouch) -> bool:
    return touch.birth is not None and why_not(touch.birth.written) == "not-permitted"


def _status(written: Written) -> int | None:
    return written.response.status if written.response else None


@probe("write.not-altered", "write.unicode-kept", scope="resource")
def telling(touch: ResourceTouch) -> Iterator[Told]:
    """Write values that show what a system does to them: blanks at the ends, other case, fine numbers, unusual characters."""
    if not touch.born or touch.birth is None:
        yield from touch.left_open("write.not-altered", "write.unicode-kept")
        return
    unusual, others, rest = unusual_value(touch), telling_values(touch), further_values(touch)
    given = {name: value for name, value in touch.birth.body.items() if name != touch.lock_field}  # it counts changes
    found: dict[str, str] = dict(alterations(given, touch.first_seen.record or {}))
    tried = set(given)
    evidence = [*touch.birth.evidence, *touch.first_seen.evidence]
    lost: str | None = None
    tried_unusual = False
    # At once where that is accepted; one after the other where something of it is refused.
    both = {**others, **unusual}
    rounds = [{**rest, **both}] if both or rest else []
    while rounds:
        changes = rounds.pop(0)
        written, seen = written_and_seen(touch, changes)
        evidence += [*written.evidence, *(seen.evidence if seen else ())]
        if seen is None or seen.record is None:
            if refused_by_rule(written) and len(changes) > len(unusual):
                smaller = both if len(changes) > len(both) else unusual
                rounds = [smaller] if smaller else []
            continue
        tried |= set(changes)
        found |= dict(alterations(changes, seen.record))
        if unusual and unusual.items() <= changes.items():
            tried_unusual = True
            lost = next(
                (what for name, value in unusual.items() if (what := _lost(value, seen.record.get(name)))), None
            )
    told = [f"{path}: {what}" for path, what in found.items()]
    yield whether("write.not-altered", not found, tuple(evidence), alterations=told, tried=len(tried))
    if not tried_unusual:
        yield unknown("write.unicode-kept", "no-free-text" if not unusual else "refused", tuple(evidence))
    else:
        yield whether("write.unicode-kept", lost is None, tuple(evidence), field=", ".join(unusual), outcome=lost)


def _lost(sent: str, read: Any) -> str | None:
    """What became of the unusual characters, None where they are there; what became of blanks and case is another question."""
    what = how(sent, read)
    return None if what in {"trimmed", "recased"} else what


def written_and_seen(touch: ResourceTouch, changes: Mapping[str, Any]) -> tuple[Written, Seen | None]:
    """Change the test record and read it until one of the changed fields is no longer as before; None where the change wasn't accepted."""
    before = dict(touch.latest)
    written = touch.update(changes)
    if not written.ok:
        return written, None

    def moved(record: Record) -> bool:
        return any(record.get(name) != before.get(name) or record.get(name) == value for name, value in changes.items())

    seen = touch.seen(moved)
    touch.changed = seen.record or touch.changed
    return written, seen


def texts(touch: ResourceTouch) -> list[tuple[Slot, str]]:
    """Free texts of the body at birth that say what we like: no options, no pattern, no format, nothing unique, no reference."""
    body = touch.birth.body if touch.birth else {}
    pointing = {one.field for one in touch.profile.relations}
    found: list[tuple[Slot, str]] = []
    for name, value in body.items():
        slot = touch.bodies.slot(name) or Slot(name, name, type="string")
        plain = slot.type == "string" and not (slot.enum or slot.pattern or slot.format)
        role = touch.bodies.role_of(name)
        if plain and isinstance(value, str) and name not in pointing | touch.bodies.unique and role in {None, "name"}:
            found.append((slot, value))
    return sorted(found, key=lambda one: touch.writer.mark not in one[1])


def fitted(slot: Slot, text: str) -> str | None:
    """The text where the field has room for it."""
    return text if slot.max_length is None or len(text) <= slot.max_length else None


def unusual_value(touch: ResourceTouch) -> dict[str, str]:
    """A text with unusual characters for the first free text that has room; it keeps the mark."""
    for slot, _ in texts(touch):
        value = fitted(slot, f"{touch.writer.mark} {UNUSUAL}")
        if value is not None:
            return {slot.name: value}
    return {}


def telling_values(touch: ResourceTouch) -> dict[str, Any]:
    """Blanks at the ends of a text, a text as long as allowed, an address in other case, a VAT id with blanks, a number with more digits."""
    made: dict[str, Any] = {}
    body = touch.birth.body if touch.birth else {}
    free = [one for one in texts(touch) if one[0].name not in unusual_value(touch)]
    for (slot, value), change in zip(free, (blanks, filled), strict=False):
        changed = fitted(slot, change(value, slot.max_length))
        made |= {slot.name: changed} if changed is not None else {}
    for name, value in body.items():
        role, known = touch.bodies.role_of(name), touch.bodies.slot(name)
        if role == "email" and isinstance(value, str):
            made[name] = value[:1].upper() + value[1:]
        elif role == "vat_id" and isinstance(value, str) and known is not None and not known.pattern:
            changed = fitted(known, f"{value[:2].lower()} {value[2:]}")
            made |= {name: changed} if changed is not None else {}
        elif known is not None and known.type == "number" and isinstance(value, int | float):
            highest = known.maximum is not None and value + FINE > known.maximum
            made |= {} if highest else {name: round(value + FINE, 4)}
    return made


def further_values(touch: ResourceTouch) -> dict[str, Any]:
    """Another text of the same kind for every other free text, so that each field is changed once: some systems take a part of a change only.
    Those of an object (an address) are changed together, and it is sent whole.
    """
    taken = {*unusual_value(touch), *telling_values(touch)}
    found = ((slot, another_text(value)) for slot, value in texts(touch) if slot.name not in taken)
    made: dict[str, Any] = {slot.name: changed for slot, text in found if (changed := fitted(slot, text)) is not None}
    body = touch.birth.body if touch.birth else {}
    for slot in touch.bodies.slots:
        held = body.get(slot.name)
        inside = dict(_inside(touch, slot, held)) if isinstance(held, Mapping) else {}
        made |= {slot.name: {**held, **inside}} if inside and isinstance(held, Mapping) else {}
    return made


def _inside(touch: ResourceTouch, holder: Slot, held: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Another text for each free text of an object."""
    closed = {*touch.bodies.unique, *touch.bodies.references, *(one.field for one in touch.profile.relations)}
    for slot in holder.below:
        value = held.get(slot.name)
        plain = slot.type == "string" and not (slot.enum or slot.pattern or slot.format) and not is_id(slot.name)
        if plain and isinstance(value, str) and slot.path not in closed and touch.bodies.role_of(slot.path) is None:
            text = fitted(slot, another_text(value))
            if text is not None:
                yield slot.name, text


def another_text(value: str) -> str:
    """A text with its last digit changed, where it ends in one (numbers, streets, postcodes); else with one more word."""
    return (
        f"{value[:-1]}{(int(value[-1]) + 1) % 10}" if value[-1:].isascii() and value[-1:].isdigit() else f"New {value}"
    )


def blanks(value: str, max_length: int | None) -> str:
    """The text with a blank at each end, or with one at its end where there is no room for two."""
    return f"{value} " if max_length is not None and len(value) + 1 >= max_length else f" {value} "


def filled(value: str, max_length: int | None) -> str:
    """The text filled up to the largest length, with two blanks in a row."""
    room = max_length or len(value)
    return f"{value}  x" if room > LONGEST_FULL else (value + "  " + "x" * room)[:room]
