"""The situations that a flow's part ends with, since what they leave is in nobody's way then: a record deleted, one key on several records."""

from __future__ import annotations

from checker.catalogue.rehearsal_texts import said
from checker.model.audit import StepOutcome
from checker.model.sync import NoticeKind, Which
from checker.probes.base import Told, unknown, whether
from checker.rehearsing.making import of_pair
from checker.rehearsing.scene import Scene, not_applicable, skipped
from checker.rehearsing.stage import Stage


def deleted_record(stage: Stage) -> Scene:
    """A linked test record is deleted where it came from: that is reported, and its counterpart stays."""
    name = "deleted-record"
    side = next((one for one in stage.sources if not stage.side(one).side.inside), None)
    pairs = stage.pairs()
    if side is None or not pairs:
        return skipped(
            name, "skip-no-pair" if side is not None else "skip-inside", system=stage.system(stage.sources[0])
        )
    pair, source, target = pairs[-1], stage.system(side), stage.system(side.other)
    if (why := stage.delete(side, pair)) is not None:
        return skipped(name, "skip-no-delete", system=source, reason=why)
    ran = stage.run()
    reported = any(one.kind is NoticeKind.DELETED for one in ran.notices)
    kept = stage.side(side.other).read(of_pair(pair, side.other)) is not None
    rule = stage.rule("delete", side.other)
    good = reported and kept and not ran.writes
    happened = said("deleted-reported" if reported else "deleted-missed", target=target)
    return Scene(
        name,
        StepOutcome.FAIL if not good else StepOutcome.DECISION if rule != "ignore" else StepOutcome.PASS,
        did=(said("did-delete", system=source),),
        happened=(
            happened,
            *([] if kept else [said("deleted-too", target=target)]),
            said("rule-for-deletes", policy=rule),
        ),
        decide=(said("decide-delete", source=source, target=target),) if rule != "ignore" else (),
        actions=ran.writes,
        evidence=ran.evidence,
        told=stage.about_flow(_delete_rule(rule, good, ran.evidence)),
    )


def _delete_rule(rule: str, good: bool, evidence: tuple[str, ...]) -> Told:
    """What the rule says is kept where it says to ask or to leave alone; deleting and deactivating comes with a later version."""
    if good and rule not in {"ask", "ignore"}:
        return unknown("rehearsal.delete-policy-kept", "later-version", evidence)
    return whether("rehearsal.delete-policy-kept", good, evidence, policy=rule)


def one_key_twice(stage: Stage) -> Scene:
    """Two records on one side have the key of one on the other: nobody is linked, and it is reported."""
    name = "one-key-twice"
    if not stage.view.flow.match:
        return skipped(name, "skip-no-key")
    for single in (Which.LEFT, Which.RIGHT):
        several = stage.make(single.other, 2, same=True)
        one = stage.make(single, 1, same=True) if len(several) > 1 else []
        if one and stage.share_a_key(single.other, several):
            return _several(stage, single, one[0], several)
    return skipped(name, "skip-key-unique", *stage.about_flow(not_applicable("rehearsal.multi-hit-stops")))


def _several(stage: Stage, single: Which, one: str, several: list[str]) -> Scene:
    ran = stage.run()
    listed = any(
        notice.kind is NoticeKind.AMBIGUOUS and one in notice.values.get(str(single), ()) for notice in ran.notices
    )
    linked = any(stage.counterpart(single.other, record) is not None for record in several)
    good = listed and not linked
    return Scene(
        "one-key-twice",
        StepOutcome.DECISION if good else StepOutcome.FAIL,
        did=(said("did-one-key", single=stage.system(single), several=stage.system(single.other)),),
        happened=(said("several-listed" if good else "several-linked" if linked else "several-missed"),),
        decide=(said("decide-several"),) if good else (),
        actions=ran.writes,
        evidence=ran.evidence,
        told=stage.about_flow(whether("rehearsal.multi-hit-stops", good, ran.evidence)),
    )
