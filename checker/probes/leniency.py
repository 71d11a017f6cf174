"""Leniency: what a mistake in the mapping or in the source would send, and a system may take without a word.

That an unknown field is dropped, or an empty text taken for a value, breaks no promise of most documents. It is asked all the same, for it
says where the integration has to look itself.
"""

from __future__ import annotations

from checker.probes.breaking import Fault, replaced
from checker.probes.touching import ResourceTouch
from checker.resources.slots import Slot, takes_any

NO_FIELD = "readiness_no_such_field"
FORMED = frozenset({"email", "vat_id", "country", "currency"})  # roles whose form an empty text breaks


def unknown_field(touch: ResourceTouch) -> Fault | None:
    """A field that nobody knows; None where the document takes any, for then it is no mistake to keep it."""
    if takes_any(touch.operation, touch.profile):
        return None
    name = ".".join([*touch.profile.spread[:1], NO_FIELD])
    return Fault("write.unknown-field-refused", name, replaced(name, "misspelt"))


def empty(touch: ResourceTouch) -> Fault | None:
    """An empty text in a required field that takes free text; rather in one that doesn't bear the mark."""
    body = touch.birth.body if touch.birth else {}
    demanded = [one.path for one in touch.bodies.slots if one.required] or touch.profile.validation.required
    names = [one for one in demanded if isinstance(body.get(one), str) and _free(touch, one)]
    names.sort(key=lambda one: touch.writer.mark in body[one])
    claim = "write.empty-required-refused"
    return Fault(claim, names[0], replaced(names[0], ""), without_value=True) if names else None


def _free(touch: ResourceTouch, name: str) -> bool:
    slot = touch.bodies.slot(name) or Slot(name, name)
    pointing = {one.field for one in touch.profile.relations}
    return not (slot.enum or slot.format or slot.pattern or name in pointing or touch.bodies.role_of(name) in FORMED)
