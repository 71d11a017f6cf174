"""Situations of change: on one side, of different fields on both sides, of the same field on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from checker.catalogue.rehearsal_texts import said
from checker.model.audit import Said, StepOutcome
from checker.model.sync import NoticeKind, Which
from checker.probes.base import whether
from checker.rehearsing.knobs import Knob
from checker.rehearsing.runs import Ran
from checker.rehearsing.scene import Scene, broke_off, not_applicable, skipped
from checker.rehearsing.stage import Stage
from checker.rehearsing.troubles import troubles

BOTH = 2  # sides


def change(which: Which) -> Callable[[Stage], Scene]:
    """A field changed on one side: it arrives on the other, and doesn't come back."""
    name = f"change-{which}"

    def play(stage: Stage) -> Scene:
        source, target = stage.system(which), stage.system(which.other)
        if which not in stage.sources:
            return skipped(name, "skip-one-way", source=source, target=target)
        pair, knob = stage.pair(), stage.knob(which)
        if pair is None or knob is None:
            return skipped(name, "skip-no-pair") if pair is None else skipped(name, "skip-no-field", system=source)
        did = (said("did-change", system=source, fields=[knob.here]),)
        if (why := stage.turn(which, pair, knob)) is not None:
            return broke_off(name, why, did=did)
        ran = stage.run()
        arrived = stage.agrees(pair, knob)
        rule = stage.rule("update", which.other)
        return _changed(stage, which, name, did, ran, arrived=arrived, rule=rule)

    return play


def _changed(
    stage: Stage, which: Which, name: str, did: tuple[Said, ...], ran: Ran, *, arrived: bool, rule: str
) -> Scene:
    source, target = stage.system(which), stage.system(which.other)
    travels = rule == "update"
    kept = arrived is travels
    told = [(stage.direction(which), whether("rehearsal.change-travels", arrived, ran.evidence))] if travels else []
    echo = stage.planned().actions if arrived else ()
    happened = said(
        "change-arrived" if arrived else "change-missing" if travels else "changes-left", target=target, policy=rule
    )
    outcome = StepOutcome.FAIL if not kept or echo else StepOutcome.DECISION if rule == "ask" else StepOutcome.PASS
    return Scene(
        name,
        outcome,
        did=did,
        happened=(happened, *troubles(stage, ran), *_echoed(len(echo), ran)),
        decide=(said("decide-update", source=source, target=target),) if rule == "ask" else (),
        actions=ran.writes,
        evidence=ran.evidence,
        told=(
            *told,
            *stage.about_flow(
                whether("rehearsal.update-policy-kept", kept, ran.evidence, policy=rule),
                *(
                    [whether("rehearsal.own-writes-recognised", not echo, ran.evidence, writes=len(echo))]
                    if arrived
                    else []
                ),
            ),
        ),
    )


def _echoed(n: int, ran: Ran) -> Iterator[Said]:
    if n:
        yield said("written-again", n=n, fields=ran.fields)


def _one_way(stage: Stage, name: str, claim: str) -> Scene:
    told = stage.about_flow(not_applicable(claim))
    return skipped(name, "skip-one-way-both", *told, source=stage.system(stage.sources[0].other))


def different_fields(stage: Stage) -> Scene:
    """One field changed here, another there: both arrive, and neither overwrites the other."""
    if len(stage.sources) < BOTH:
        return _one_way(stage, "different-fields", "rehearsal.fields-merge")
    pair, chosen = stage.pair(), _two(stage)
    if pair is None or chosen is None:
        return skipped("different-fields", "skip-no-pair" if pair is None else "skip-one-field")
    here, there = chosen
    did = (
        said(
            "did-change-both",
            left=stage.system(Which.LEFT),
            right=stage.system(Which.RIGHT),
            left_fields=[here.here],
            right_fields=[there.here],
        ),
    )
    for knob in chosen:
        if (why := stage.turn(knob.side, pair, knob)) is not None:
            return broke_off("different-fields", why, did=did)
    ran = stage.run()
    lost = [knob.here for knob in chosen if not stage.agrees(pair, knob)]
    return Scene(
        "different-fields",
        StepOutcome.FAIL if lost else StepOutcome.PASS,
        did=did,
        happened=(said("lost", fields=lost) if lost else said("merged"), *troubles(stage, ran)),
        actions=ran.writes,
        evidence=ran.evidence,
        told=stage.about_flow(whether("rehearsal.fields-merge", not lost, ran.evidence, fields=lost)),
    )


def _two(stage: Stage) -> tuple[Knob, Knob] | None:
    """A field to be changed on the left, and another one on the right."""
    return next(
        (
            (here, there)
            for here in stage.knobs(Which.LEFT)
            for there in stage.knobs(Which.RIGHT)
            if here.there != there.here
        ),
        None,
    )


def same_field(stage: Stage) -> Scene:
    """One field changed on both sides to different values: noticed, and neither side overwritten."""
    if len(stage.sources) < BOTH:
        return _one_way(stage, "same-field", "rehearsal.conflict-found")
    pair, chosen = stage.pair(), _same(stage)
    if pair is None or chosen is None:
        return skipped("same-field", "skip-no-pair" if pair is None else "skip-one-field")
    left, right = stage.system(Which.LEFT), stage.system(Which.RIGHT)
    did = (said("did-change-same", left=left, right=right, fields=[chosen[0].here]),)
    for knob in chosen:
        if (why := stage.turn(knob.side, pair, knob)) is not None:
            return broke_off("same-field", why, did=did)
    ran = stage.run()
    conflicts = [one for one in ran.notices if one.kind is NoticeKind.CONFLICT and one.left == pair.left]
    overwritten = [knob.side for knob in chosen if not stage.stands(pair, knob)]
    stage.turn(Which.RIGHT, pair, chosen[1], to=stage.turned(chosen[0], pair))
    stage.run()
    found = bool(conflicts) and not overwritten
    rule = stage.view.flow.on_conflict or "ask"
    decides = conflicts[0].decides if conflicts else None
    happened = [
        said("conflict-kept" if found else "conflict-missed" if not conflicts else "conflict-overwritten", system=stage.system(overwritten[0]) if overwritten else None),
        said("by-rule", policy=rule),
    ]  # fmt: skip
    open_ = rule == "ask" or decides == "ask"
    return Scene(
        "same-field",
        StepOutcome.FAIL if not found else StepOutcome.DECISION if open_ else StepOutcome.PASS,
        did=did,
        happened=tuple(happened),
        decide=(said("decide-conflict"),) if open_ else (),
        actions=ran.writes,
        evidence=ran.evidence,
        told=stage.about_flow(whether("rehearsal.conflict-found", found, ran.evidence, policy=rule)),
    )


def _same(stage: Stage) -> tuple[Knob, Knob] | None:
    """One field that can be changed on both sides and travels both ways."""
    return next(
        (
            (here, there)
            for here in stage.knobs(Which.LEFT)
            for there in stage.knobs(Which.RIGHT)
            if (here.here, here.there) == (there.there, there.here)
        ),
        None,
    )
