"""Several records in one call: does the answer say of each what came of it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checker.client.messages import Response
from checker.errors import UnreadableError
from checker.probes.base import Told, no, probe, unknown, whether
from checker.probes.breaking import Fault
from checker.probes.contexts import evidence_of
from checker.probes.formats import wrong_day, wrong_format, wrong_type
from checker.probes.rules import option, required, too_long
from checker.probes.touching import ResourceTouch
from checker.resources.batches import batch_form, names_a_row, results_of
from checker.resources.marks import texts_of

CLAIM = "batch.errors-per-row"
SERVER_ERROR = 500


@probe(CLAIM, scope="resource")
def together(touch: ResourceTouch) -> Iterator[Told]:
    """Create in one call a good record, one that is refused alone, and a good one behind it: what is stored, and does the answer name the faulty one?"""
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
    bodies = [touch.body(**fault.beside), fault.broken(touch.body(**fault.beside)), touch.body(**fault.beside)]
    if not all(map(touch.marked, bodies)):
        yield unknown(CLAIM, "no-room-for-mark")
        return
    response, (stored, faulty, behind) = touch.writer.create_many(touch.resource, form, bodies)
    evidence, values = evidence_of(response), {"status": response.status, "field": fault.field}
    if response.status >= SERVER_ERROR or (response.ok and stored is None and faulty is None):
        yield unknown(CLAIM, "write-unclear", evidence, **values)
    elif faulty is not None:
        yield no(CLAIM, evidence, **values, outcome="faulty-stored")
    else:
        body = _read(response)
        stopped = stored is not None and behind is None and results_of(body) is None
        if stopped and _late(touch, bodies[-1]):
            yield unknown(CLAIM, "write-unclear", evidence, **values)
            return
        told = not stopped and names_a_row(body)
        outcome = "stopped-at-it" if stopped else None if told else "all-refused" if stored is None else "one-left-out"
        yield whether(CLAIM, told, evidence, **values, outcome=outcome)


def _read(response: Response) -> Any:
    try:
        return response.json()
    except UnreadableError:
        return None


def _late(touch: ResourceTouch, body: Mapping[str, Any]) -> bool:
    """Whether the record behind the faulty one is there after a while."""
    touch.waiting.sleep(touch.waiting.pauses[-1])
    return bool(touch.writer.unknown_records(touch.resource, touch.writer.mark, texts_of(body, touch.writer.mark)))


def _refused_alone(touch: ResourceTouch) -> Fault | None:
    """A fault for which a single create was refused."""
    found = (make(touch) for make in (required, too_long, option, wrong_format, wrong_day, wrong_type))
    return next((one for one in found if one is not None and (one.claim, one.field) in touch.enforced), None)
