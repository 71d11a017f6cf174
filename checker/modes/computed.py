"""Findings that are computed from figures: is the quota known, is the burst limit, does the sync stay within the share. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checker.catalogue import finding
from checker.model.audit import FlowMode
from checker.model.finding import Answer, Finding, Grade
from checker.modes.facts import Budget, Fact, Load, ModeFacts
from checker.modes.sums import Plan, cost, event_plan, polling_plan


def computed(budgets: Mapping[str, Budget], facts: Sequence[ModeFacts], modes: Sequence[FlowMode]) -> Iterator[Finding]:
    """`quota.known`, `burst.known` and `quota.within-share` for each system. `modes` are the recommended ones, in the facts' order."""
    plans = {one.key: _plan(one, mode) for one, mode in zip(facts, modes, strict=True)}
    for system, budget in budgets.items():
        yield _known("quota.known", system, budget.quota, "quota", "no-quota")
        yield _known("burst.known", system, budget.limit, "limit", "no-limit-headers")
        yield _within_share(budget, plans, facts)


def _known(claim: str, system: str, fact: Fact[int], name: str, reason: str) -> Finding:
    if fact.value is None or fact.grade is None:
        return finding(claim, system, Answer.UNKNOWN, Grade.ASSUMED, {"reason": reason})
    return finding(claim, system, Answer.YES, fact.grade, {name: fact.value})


def _plan(facts: ModeFacts, mode: FlowMode) -> Plan | None:
    if mode.mode is None or mode.interval_minutes is None:
        return None
    if mode.mode == "webhooks":
        return event_plan(facts)
    if mode.mode == "polling":
        return polling_plan(mode.interval_minutes)
    return Plan("full-compare" if mode.mode == "full-compare" else "daily", mode.interval_minutes)


def _within_share(budget: Budget, plans: Mapping[str, Plan | None], facts: Sequence[ModeFacts]) -> Finding:
    """Whether all recommended modes together stay within the agreed share of the system's quota."""
    claim, loads = "quota.within-share", (*budget.reads, *budget.writes)
    reason = None
    if budget.usable is None:
        reason = "no-quota"
    elif not loads:
        reason = "no-flow"
    elif any(plans[load.key] is None for load in loads):
        reason = "not-asked"
    if reason is not None:
        return finding(claim, budget.system, Answer.UNKNOWN, Grade.ASSUMED, {"reason": reason})

    def plan_of(load: Load) -> Plan:
        return plans[load.key] or Plan("daily", 1440)

    overlap = max(one.overlap for one in facts)
    told = cost(budget, plan_of, overlap)
    if told.calls is None or budget.usable is None:
        return finding(claim, budget.system, Answer.UNKNOWN, Grade.ASSUMED, {"reason": "no-volumes"})
    # the figures behind it are stated ones, however surely the rest was seen
    answer = Answer.YES if told.calls <= budget.usable else Answer.NO
    values = {"calls": round(told.calls), "share": round(budget.usable)}
    return finding(claim, budget.system, answer, Grade.ANSWERED, values)
