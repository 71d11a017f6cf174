"""The situations of one flow, played one after the other on its stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from checker.catalogue.rehearsal_texts import said
from checker.errors import ReadinessError, TransportError
from checker.model.audit import Said, StepOutcome
from checker.model.sync import Kind, Link, NoticeKind, Which
from checker.probes.base import Told, no, unknown, whether, yes
from checker.probes.run import reason_of
from checker.rehearsing.endings import deleted_record, one_key_twice
from checker.rehearsing.knobs import Knob, knobs, of, refusable, too_long, value_for
from checker.rehearsing.scene import Scene, broke_off, skipped
from checker.rehearsing.stage import Ran, Stage

Play = Callable[[Stage], Scene]
BOTH = (Which.LEFT, Which.RIGHT)
RECORDS = 2  # test records on each side that records come from


def played(name: str, play: Play, stage: Stage) -> Scene:
    """One situation. What the systems or our own guards refuse ends the situation, not the rehearsal."""
    try:
        return play(stage)
    except TransportError as error:
        return broke_off(name, reason_of(error), (error.exchange,) if error.exchange else ())
    except ReadinessError as error:
        return broke_off(name, error.problems[0].code)


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
        *_trouble(stage, ran),
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
    against = [side for side, ids in made.items() if not stage.creates(side.other) and any(stage.counterpart(side, one) for one in ids)]
    rules = sorted({f"{stage.system(side)}: {stage.rule('create', side.other)}" for side in made})
    if against:
        return no("rehearsal.create-policy-kept", ran.evidence, rules=rules)
    if not all_arrived:
        return unknown("rehearsal.create-policy-kept", "records-refused", ran.evidence)
    return yes("rehearsal.create-policy-kept", ran.evidence, rules=rules)


def _left_to_people(stage: Stage, left: dict[Which, int]) -> Iterator[Said]:
    for side, n in left.items():
        yield said("left-to-people", n=n, target=stage.system(side.other), policy=stage.rule("create", side.other))


def _trouble(stage: Stage, ran: Ran) -> Iterator[Said]:
    """What did not go through, by system and kind."""
    for side in BOTH:
        refused = [one for one in ran.failures if one.side is side and not one.open]
        if refused:
            reasons = list(dict.fromkeys(one.reason for one in refused))
            yield said("refused", system=stage.system(side), n=len(refused), reasons=reasons)
        if n := sum(one.open for one in ran.failures if one.side is side):
            yield said("open-writes", system=stage.system(side), n=n)
    for kind, code in ((NoticeKind.UNTRANSLATABLE, "not-translated"), (NoticeKind.UNLINKED, "not-linked")):
        fields = sorted({one.on_field or "" for one in ran.notices if one.kind is kind})
        if fields:
            yield said(code, fields=fields)


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


def change(which: Which) -> Play:
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
    happened = said("change-arrived" if arrived else "change-missing" if travels else "changes-left", target=target, policy=rule)
    outcome = StepOutcome.FAIL if not kept or echo else StepOutcome.DECISION if rule == "ask" else StepOutcome.PASS
    return Scene(
        name,
        outcome,
        did=did,
        happened=(happened, *_trouble(stage, ran), *_echoed(len(echo), ran)),
        decide=(said("decide-update", source=source, target=target),) if rule == "ask" else (),
        actions=ran.writes,
        evidence=ran.evidence,
        told=(
            *told,
            *stage.about_flow(
                whether("rehearsal.update-policy-kept", kept, ran.evidence, policy=rule),
                *([whether("rehearsal.own-writes-recognised", not echo, ran.evidence, writes=len(echo))] if arrived else []),
            ),
        ),
    )


def _echoed(n: int, ran: Ran) -> Iterator[Said]:
    if n:
        yield said("written-again", n=n, fields=ran.fields)


def different_fields(stage: Stage) -> Scene:
    """One field changed here, another there: both arrive, and neither overwrites the other."""
    if len(stage.sources) < len(BOTH):
        return skipped("different-fields", "skip-one-way-both", source=stage.system(stage.sources[0].other))
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
        happened=(said("lost", fields=lost) if lost else said("merged"), *_trouble(stage, ran)),
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
    if len(stage.sources) < len(BOTH):
        return skipped("same-field", "skip-one-way-both", source=stage.system(stage.sources[0].other))
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
        return skipped("refused-value", "skip-no-refusable")
    if len(pairs) < RECORDS:
        return skipped("refused-value", "skip-no-pair")
    side, value = found
    source, target = stage.system(side), stage.system(side.other)
    did = (said("did-too-long", source=source, target=target, fields=[value.here], length=value.length, most=value.most),)
    bad, good = pairs[:RECORDS]
    knob = Knob(side, value.here, value.there, "text", value.most)
    before = stage.value(bad, knob)
    why = stage.turn(side, bad, knob, to=too_long(value, stage.mark)) or stage.turn(side, good, knob)
    if why is not None:
        return broke_off("refused-value", why, did=did)
    ran = stage.run()
    listed = [one for one in ran.failures if one.source == stage.of_pair(bad, side)]
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
        return skipped("other-side-down", "skip-policy", policy=stage.rule("create", stage.sources[0].other), target=stage.system(stage.sources[0].other))
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
    happened = {0: said("not-caught-up", n=1, system=target), 1: said("caught-up")}.get(copies, said("doubled", n=copies, system=target))
    return Scene(
        "other-side-down",
        StepOutcome.PASS if copies == 1 else StepOutcome.FAIL,
        did=did,
        happened=(happened, *_trouble(stage, ran)),
        actions=ran.writes,
        evidence=(*down.evidence, *ran.evidence),
        told=stage.about_flow(whether("rehearsal.outage-survived", copies == 1, ran.evidence, copies=copies)),
    )


SCENES: tuple[tuple[str, Play], ...] = (
    ("first-load", first_load),
    ("second-run-idle", second_run_idle),
    ("change-left", change(Which.LEFT)),
    ("change-right", change(Which.RIGHT)),
    ("different-fields", different_fields),
    ("same-field", same_field),
    ("refused-value", refused_value),
    ("other-side-down", other_side_down),
    ("deleted-record", deleted_record),
    ("one-key-twice", one_key_twice),
)
