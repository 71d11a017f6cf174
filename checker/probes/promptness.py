"""Promptness: do events come soon after the changes that they tell of?"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from checker.probes.base import Told, probe, unknown, whether
from checker.probes.hooking import Arrival, Lab, matched
from checker.probes.webhooks import closed, left_open

CLAIM = "webhook.prompt"
SEVERAL = 2


@probe(CLAIM, scope="system")
def prompt(lab: Lab) -> Iterator[Told]:
    """How late the events of the lives came. Where none had come when patience was over, a little longer is waited for one: late is not never."""
    if lab.refused is None and lab.deeds and not lab.heard:
        lab.hears.wait(lambda _: bool(_told(lab)), lab.patience.late, lab.stop)
    reason = closed(lab) or (None if lab.deeds else "no-record")
    if reason is not None:
        yield left_open(lab, CLAIM, reason)
        return
    heard = _told(lab)
    if not heard:
        yield unknown(CLAIM, "no-event")
        return
    delays = [one.delay for one in heard]
    late = median(delays) > lab.patience.prompt
    evidence = lab.shown(*(one.delivery for one in heard))
    # Of each change that no event has told of yet, one is at least as late: each was an experiment of its own.
    if late and len(lab.deeds) < SEVERAL:
        yield unknown(CLAIM, "once-is-chance", evidence)
        return
    values = {"median": round(median(delays), 2), "worst": round(max(delays), 2), "events": len(heard)}
    yield whether(CLAIM, not late, evidence, **values)


def _told(lab: Lab) -> list[Arrival]:
    """The events that have told of the lives by now."""
    return list(matched(lab.deeds, lab.came()))
