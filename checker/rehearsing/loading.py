"""The first situations of a flow: its first load, and a second run right after it."""

from __future__ import annotations

from collections.abc import Iterator

from checker.catalogue.rehearsal_texts import said
from checker.model.audit import Said, StepOutcome
from checker.model.sync import Which
from checker.probes.base import Told, no, unknown, whether, yes
from checker.rehearsing.runs import Ran
from checker.rehearsing.scene import Scene, skipped
from checker.rehearsing.stage import Stage
from checker.rehearsing.troubles import troubles

RECORDS = 2  # test records on each side that records come from


def first_load(stage: Stage) -> Scene:
    """Test records on every side that records come from; the sync; then each has its counterpart, with the same values."""
    made = {side: stage.make(side, RECORDS) for side in stage.sources}
    if not any(made.values()):
        side = stage.sources[0]
        return skipped("first-load", "skip-no-create", system=stage.system(side), reason=stage.trouble or "no-records")
    stopped = stage.guarded()
    ran = stage.run()
    created = {side: ids for side, ids in made.items() if stage.creates(side.other)}
    expected = [(side, one) for side, ids in created.items() for one in ids]
    arrived = [(side, one) for side, one in expected if stage.counterpart(side, one) is not None]
    altered = sorted({name for side, one in arrived for name in stage.altered(side, one)})
    left = {side: len(ids) for side, ids in made.items() if ids and side not in created}
    happened = [
        *([said("arrived", arrived=len(arrived), expected=len(expected))] if expected else []),
        *_left_to_people(stage, left),
        *troubles(stage, ran),
        *([said("altered", fields=altered)] if altered else []),
    ]
    failed = len(arrived) < len(expected) or bool(altered) or bool(ran.failures)
    asked = [side for side in left if stage.rule("create", side.other) == "ask"]
    values = {"arrived": len(arrived), "expected": len(expected), "fields": altered}
    return Scene(
        "first-load",
        StepOutcome.FAIL if failed else StepOutcome.DECISION if asked else StepOutcome.PASS,
        did=(said("did-create", records={stage.system(side): len(ids) for side, ids in made.items()}),),
        happened=tuple(happened),
        decide=tuple(_decisions(stage, asked, altered, arrived, failed=bool(ran.failures))),
        actions=ran.writes,
        evidence=ran.evidence,
        told=stage.about_flow(
            whether("rehearsal.first-load", not failed, ran.evidence, **values)
            if expected
            else unknown("rehearsal.first-load", "left-to-people"),
            _create_policy(stage, made, ran, len(arrived) == len(expected)),
            _guard(stopped),
            _amounts(stage, arrived, ran),
        ),
    )


def _guard(stopped: bool | None) -> Told:
    if stopped is None:
        return unknown("rehearsal.guard-stops", "below-guard")
    return whether("rehearsal.guard-stops", stopped)


def _amounts(stage: Stage, arrived: list[tuple[Which, str]], ran: Ran) -> Told:
    wrong, compared = stage.amounts(arrived)
    if not compared:
        return unknown("rehearsal.amounts-agree", "no-sums")
    return whether("rehearsal.amounts-agree", not wrong, ran.evidence, sums=wrong, compared=compared)


def _create_policy(stage: Stage, made: dict[Which, list[str]], ran: Ran, all_arrived: bool) -> Told:
    """Created where the rule says so, and nowhere else."""
    against = [
        side
        for side, ids in made.items()
        if not stage.creates(side.other) and any(stage.counterpart(side, one) for one in ids)
    ]
    rules = sorted({f"{stage.system(side)}: {stage.rule('create', side.other)}" for side in made})
    if against:
        return no("rehearsal.create-policy-kept", ran.evidence, policy=rules)
    if not all_arrived:
        return unknown("rehearsal.create-policy-kept", "records-refused", ran.evidence)
    return yes("rehearsal.create-policy-kept", ran.evidence, policy=rules)


def _left_to_people(stage: Stage, left: dict[Which, int]) -> Iterator[Said]:
    for side, n in left.items():
        yield said("left-to-people", n=n, target=stage.system(side.other), policy=stage.rule("create", side.other))


def _decisions(
    stage: Stage, asked: list[Which], altered: list[str], arrived: list[tuple[Which, str]], *, failed: bool
) -> Iterator[Said]:
    for side in asked:
        yield said("decide-create", source=stage.system(side), target=stage.system(side.other))
    sources = dict.fromkeys(side for side, _ in arrived)
    for side in sources if altered else ():
        yield said("decide-altered", target=stage.system(side.other))
    for side in stage.sources if failed else ():
        yield said("decide-refused", source=stage.system(side))


def second_run_idle(stage: Stage) -> Scene:
    """The same again, with nothing changed: nothing is written."""
    ran = stage.run()
    fields = ran.fields
    return Scene(
        "second-run-idle",
        StepOutcome.PASS if not ran.writes else StepOutcome.FAIL,
        did=(said("did-run-again"),),
        happened=(said("idle") if not ran.writes else said("written-again", n=ran.writes, fields=fields),),
        decide=tuple(said("decide-altered", target=stage.system(side)) for side in ran.sides),
        actions=ran.writes,
        evidence=ran.evidence,
        told=stage.about_flow(
            whether("rehearsal.second-run-idle", not ran.writes, ran.evidence, writes=ran.writes, fields=fields)
        ),
    )
