"""Several records in one call: does the answer say of each what came of it?"""

from __future__ import annotations

from collections.abc import Iterator

from checker.errors import UnreadableError
from checker.probes.base import Told, no, probe, unknown, whether
from checker.probes.breaking import Fault
from checker.probes.contexts import evidence_of
from checker.probes.formats import wrong_day, wrong_format, wrong_type
from checker.probes.rules import option, required, too_long
from checker.probes.touching import ResourceTouch
from checker.resources.batches import batch_form, names_a_row

CLAIM = "batch.errors-per-row"
SERVER_ERROR = 500


@probe(CLAIM, scope="resource")
def together(touch: ResourceTouch) -> Iterator[Told]:
    """Create a good record and one that is refused alone in one call: what is stored, and does the answer name the faulty one?"""
    form = batch_form(touch.profile, touch.look.system.api)
    if form is None:
        yield unknown(CLAIM, "no-batch-form")
        return
    if not touch.born:
        yield from touch.left_open(CLAIM)
        return
    fault = _refused_alone(touch)
    if fault is None:
        yield unknown(CLAIM, "no-refusal", touch.birth.evidence if touch.birth else ())
        return
    good, bad = touch.body(**fault.beside), fault.broken(touch.body(**fault.beside))
    if not (touch.marked(good) and touch.marked(bad)):
        yield unknown(CLAIM, "no-room-for-mark")
        return
    response, (stored, faulty) = touch.writer.create_many(touch.resource, form, [good, bad])
    evidence, values = evidence_of(response), {"status": response.status, "field": fault.field}
    if response.status >= SERVER_ERROR or (response.ok and stored is None and faulty is None):
        yield unknown(CLAIM, "write-unclear", evidence, **values)
    elif faulty is not None:
        yield no(CLAIM, evidence, **values, outcome="faulty-stored")
    else:
        try:
            told = names_a_row(response.json())
        except UnreadableError:
            told = False
        outcome = None if told else "all-refused" if stored is None else "one-left-out"
        yield whether(CLAIM, told, evidence, **values, outcome=outcome)


def _refused_alone(touch: ResourceTouch) -> Fault | None:
    """A fault for which a single create was refused."""
    found = (make(touch) for make in (required, too_long, option, wrong_format, wrong_day, wrong_type))
    return next((one for one in found if one is not None and (one.claim, one.field) in touch.enforced), None)
