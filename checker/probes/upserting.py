"""Creating or changing in one call: does the same call twice leave one record? It is what a sync relies on that looks nothing up."""

from __future__ import annotations

from collections.abc import Iterator

from checker.probes.attempts import held_off, why_not
from checker.probes.base import Told, no, not_applicable, probe, unknown, yes
from checker.probes.touching import ResourceTouch
from checker.profiles.paths import parameter_names

CLAIM = "write.upsert-one-record"
UPSERTS = 3  # the same call: two, and a third before a no, when the first must have been seen


@probe(CLAIM, scope="resource")
def upsert(touch: ResourceTouch) -> Iterator[Told]:
    """Make one record by the declared call, and make the call again with the same key."""
    operations = touch.profile.operations
    operation = operations.upsert
    if operation is None or operation == operations.create:  # then it is the create that is sent twice
        yield not_applicable(CLAIM)
        return
    if not touch.born:
        yield from touch.left_open(CLAIM)
        return
    names = set(parameter_names(operation)) - set(parameter_names(operations.create or ""))
    key = {name: f"{touch.writer.mark}-{touch.next()}" for name in names}
    body = {name: value for name, value in touch.body().items() if name not in names}
    if len(key) != 1 or not touch.marked(body):
        yield unknown(CLAIM, "upsert-untried" if len(key) != 1 else "no-room-for-mark", operation=operation)
        return
    made: list[str] = []
    evidence: tuple[str, ...] = ()
    for number in range(UPSERTS):
        if number == UPSERTS - 1:
            touch.waiting.sleep(touch.waiting.pauses[-1])
        written = touch.writer.upsert(touch.resource, operation, key, body)
        evidence += written.evidence
        if made and held_off(written):
            yield yes(CLAIM, evidence, operation=operation, outcome="refused")
            return
        if not written.ok or written.record_id is None:
            yield unknown(CLAIM, "no-id" if written.ok else why_not(written), evidence, operation=operation)
            return
        if written.record_id in made:
            same = len(made) == 1
            yield yes(CLAIM, evidence, operation=operation) if same else unknown(CLAIM, "write-unclear", evidence)
            return
        made.append(written.record_id)
    yield no(CLAIM, evidence, operation=operation, records=len(made))
