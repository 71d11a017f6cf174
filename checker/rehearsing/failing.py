"""Situations of failure: a value that the target refuses, and a target that can't be reached for a moment."""

from __future__ import annotations

from checker.catalogue.rehearsal_texts import said
from checker.model.audit import Said, StepOutcome
from checker.model.sync import Which
from checker.probes.base import no, unknown, whether
from checker.rehearsing.knobs import Knob, refusable, too_long
from checker.rehearsing.making import of_pair
from checker.rehearsing.runs import Ran
from checker.rehearsing.scene import Scene, broke_off, skipped
from checker.rehearsing.stage import Stage
from checker.rehearsing.troubles import troubles

PAIRS = 2  # one whose change is refused, one whose change has to arrive all the same


def refused_value(stage: Stage) -> Scene:
    """A value that the target refuses: listed with its reason, while another change arrives."""
    pairs = stage.pairs()
    found = next(
        (
            (side, one)
            for side in stage.sources
            if stage.rule("update", side.other) == "update" and (one := refusable(stage.view, side)) is not None
        ),
        None,
    )
    if found is None:
        told = stage.about_flow(unknown("rehearsal.refused-value-listed", "nothing-refusable"))
        return skipped("refused-value", "skip-no-refusable", *told)
    if len(pairs) < PAIRS:
        return skipped("refused-value", "skip-no-pair")
    side, value = found
    source, target = stage.system(side), stage.system(side.other)
    did = (
        said("did-too-long", source=source, target=target, fields=[value.here], length=value.length, most=value.most),
    )
    bad, good = pairs[:PAIRS]
    knob = Knob(side, value.here, value.there, "text", value.most)
    before = stage.value(bad, knob)
    why = stage.turn(side, bad, knob, to=too_long(value, stage.mark)) or stage.turn(side, good, knob)
    if why is not None:
        return broke_off("refused-value", why, did=did)
    ran = stage.run()
    listed = [one for one in ran.failures if one.source == of_pair(bad, side)]
    arrived, took = stage.agrees(good, knob), stage.agrees(bad, knob)
    stage.turn(side, bad, knob, to=before)
    stage.run()
    return _refused(stage, side, did, ran, listed=[one.reason for one in listed], arrived=arrived, took=took)


def _refused(
    stage: Stage, side: Which, did: tuple[Said, ...], ran: Ran, *, listed: list[str], arrived: bool, took: bool
) -> Scene:
    source, target = stage.system(side), stage.system(side.other)
    if took:
        outcome, happened = StepOutcome.DECISION, said("accepted", target=target)
        told = unknown("rehearsal.refused-value-listed", "nothing-refused", ran.evidence)
    elif not listed:
        outcome, happened = StepOutcome.FAIL, said("not-listed", target=target)
        told = no("rehearsal.refused-value-listed", ran.evidence)
    else:
        outcome = StepOutcome.PASS if arrived else StepOutcome.FAIL
        happened = said("listed", reasons=listed) if arrived else said("held-up")
        told = whether("rehearsal.refused-value-listed", arrived, ran.evidence, reasons=listed)
    return Scene(
        "refused-value",
        outcome,
        did=did,
        happened=(happened,),
        decide=(said("decide-refused", source=source),) if not took else (said("decide-altered", target=target),),
        actions=ran.writes,
        evidence=ran.evidence,
        told=stage.about_flow(told),
    )


def other_side_down(stage: Stage) -> Scene:
    """The target out of reach for one run, on our side of the line: the next run catches up, and nothing is there twice."""
    side = next((one for one in stage.sources if stage.creates(one.other)), None)
    if side is None:
        return skipped(
            "other-side-down",
            "skip-policy",
            policy=stage.rule("create", stage.sources[0].other),
            target=stage.system(stage.sources[0].other),
        )
    source, target = stage.system(side), stage.system(side.other)
    did = (said("did-outage-create", source=source, target=target),)
    made = stage.make(side, 1)
    if not made:
        return skipped("other-side-down", "skip-no-create", system=source, reason=stage.trouble or "no-records")
    down = stage.run(down=side.other)
    if not down.failures:
        return broke_off("other-side-down", "nothing-to-write", down.evidence, did)
    ran = stage.run()
    copies = stage.copies(side, made[0])
    happened = {0: said("not-caught-up", n=1, system=target), 1: said("caught-up")}.get(
        copies, said("doubled", n=copies - 1, system=target)
    )
    return Scene(
        "other-side-down",
        StepOutcome.PASS if copies == 1 else StepOutcome.FAIL,
        did=did,
        happened=(happened, *troubles(stage, ran)),
        actions=ran.writes,
        evidence=(*down.evidence, *ran.evidence),
        told=stage.about_flow(whether("rehearsal.outage-survived", copies == 1, ran.evidence, copies=copies)),
    )
