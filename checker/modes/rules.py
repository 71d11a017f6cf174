"""The rules R0 to R11: facts → a recommended sync mode per direction, and the headline (checklist.md, D2). Pure.

First match wins, in the order R1, R0, R2, R4, R5, R6, R7; R3 speaks of a flow or the headline, R8 to R11 ride on any mode. A sum that can't be
made for lack of figures doesn't rule a mode out; it makes the recommendation provisional (R10). Two things go beyond the rules as written:
a full compare may run more often than hourly where so short a list fits the quota, and where not even one run a day fits, R6 speaks and not R7.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec

from checker.catalogue.mode_texts import say, say_all, told
from checker.model.audit import FlowMode, SyncMode
from checker.modes import arithmetic as a
from checker.modes.facts import ModeFacts
from checker.modes.sums import (
    COMPARE_INTERVALS,
    Plan,
    alternatives,
    cost_of,
    event_plan,
    polling_plan,
)
from checker.modes.why import Told, figures, riders, staleness, unproven, why_not_faster

NOT_POSSIBLE = "not-possible-yet"
DAILY = Plan("daily", a.MINUTES_A_DAY)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a rule says: the mode, the plan behind it (None where none is possible), and why."""

    rule: str | None
    mode: str | None
    plan: Plan | None
    reasons: tuple[Told, ...]


def choose(facts: Sequence[ModeFacts]) -> SyncMode:
    """The recommended mode of every direction, and the headline over them: *mixed* where they differ, null where none is recommended."""
    modes = _told_apart([mode_of(one) for one in facts])
    recommended = {one.mode for one in modes if one.mode is not None}
    headline = "mixed" if len(recommended) > 1 else next(iter(recommended), None)
    return SyncMode(headline=headline, provisional=not modes or any(one.provisional for one in modes), flows=modes)


def _told_apart(modes: Sequence[FlowMode]) -> tuple[FlowMode, ...]:
    """R3: where events travel one way of a flow only, both directions say so."""
    found: list[FlowMode] = []
    for _, pair in groupby(modes, key=lambda one: one.flow):
        both = list(pair)
        kinds = {one.mode for one in both if one.mode is not None}
        found += [_with_reason(one) for one in both] if len(kinds) > 1 and "webhooks" in kinds else both
    return tuple(found)


def _with_reason(mode: FlowMode) -> FlowMode:
    kept = [*mode.says["reasons"], told("directions-differ")]
    return msgspec.structs.replace(mode, reasons=_english(kept), says={**mode.says, "reasons": kept})


def _english(kept: Iterable[Told]) -> tuple[str, ...]:
    return tuple(say(one, "en") for one in kept)


def mode_of(facts: ModeFacts) -> FlowMode:
    """The recommended mode of one direction, with its alternatives; none is recommended where nobody stated a freshness."""
    choice = _choice(facts)
    settlers = unproven(facts, choice.mode)
    provisional = choice.mode is None or bool(settlers)
    why_not = why_not_faster(facts, choice.mode, choice.plan, choice.rule)
    return FlowMode(
        flow=facts.flow,
        from_=facts.source,
        to=facts.target,
        mode=choice.mode,
        rule=choice.rule,
        interval_minutes=round(choice.plan.interval) if choice.plan else None,
        leading=facts.leading.value,
        riders=riders(facts, choice.mode, provisional=provisional),
        provisional=provisional,
        reasons=_english(choice.reasons),
        why_not_faster=say_all(why_not, "en") or None,
        arithmetic=figures(facts, choice.plan),
        alternatives=alternatives(facts),
        staleness_minutes=staleness(facts, choice.plan),
        settled_by=settlers,
        says={"reasons": list(choice.reasons), "why_not_faster": why_not},
    )


def _choice(facts: ModeFacts) -> Choice:
    if facts.freshness.value is None:
        return Choice(None, None, None, (told("nothing-asked"),))
    rules = (_not_possible, _day_is_enough, _events, _polling, _full_compare, _change_the_request)
    return next((found for rule in rules if (found := rule(facts))), None) or _otherwise(facts)


def _not_possible(facts: ModeFacts) -> Choice | None:
    """R1: no way to list, no export and no events, or no stable key."""
    no_list = facts.listable.known and facts.listable.value is False
    events = any(one.value is True for one in facts.events.values())
    if no_list and facts.export.value is not True and not events:
        return Choice("R1", NOT_POSSIBLE, None, (told("no-way-in", {"place": facts.place}),))
    if facts.keys_stable.known and facts.keys_stable.value is False:
        return Choice("R1", NOT_POSSIBLE, None, (told("no-stable-key", {"place": facts.place}),))
    return None


def _day_is_enough(facts: ModeFacts) -> Choice | None:
    """R0: a day is fresh enough, and a full list or a proven filter fits the quota once a day."""
    if (facts.freshness.value or 0) < a.MINUTES_A_DAY or not _fits(facts, DAILY):
        return None
    return Choice("R0", "daily", DAILY, (told("day-is-enough"),))


def _events(facts: ModeFacts) -> Choice | None:
    """R2: events on the source side, a receiver, affordable reading, and a check run beside them by polling or full compare."""
    plan = event_plan(facts)
    checkable = facts.own.polled or facts.listable.value is not False
    if facts.event_kinds_missing() or facts.receiver.value is not True or not checkable or not _fits(facts, plan):
        return None
    reason = told("events-there", {"source": facts.source, "resource": facts.source_resource})
    return Choice("R2", "webhooks", plan, (reason,))


def _polling(facts: ModeFacts) -> Choice | None:
    """R4: a filter on changed time, and the longest offered interval within the freshness that fits the quota."""
    if facts.filter.value is not True:
        return None
    within = [one for one in a.INTERVALS if one <= (facts.freshness.value or 0)]
    fitting = [one for one in within if _fits(facts, polling_plan(one))]
    if not fitting:
        return None
    best = fitting[-1]
    reasons = [told("filter-there", {"place": facts.place, "minutes": best})]
    if fitting[0] != best and cost_of(facts, polling_plan(fitting[0]))[1]:
        reasons.append(told("smallest-that-fits", {"minutes": fitting[0]}))
    return Choice("R4", "polling", polling_plan(best), tuple(reasons))


def _full_compare(facts: ModeFacts) -> Choice | None:
    """R5: no filter, but reading everything costs little; the longest interval within the freshness that fits."""
    listable = facts.listable.value is not False
    within = [Plan("full-compare", one) for one in COMPARE_INTERVALS if one <= (facts.freshness.value or 0)]
    plan = next((one for one in reversed(within) if _fits(facts, one)), None)
    if facts.filter.value is True or not listable or plan is None:
        return None
    if facts.own.records is None:
        return Choice("R5", "full-compare", plan, (told("list-of-unknown-size", {"place": facts.place}),))
    calls = a.full_compare_calls(facts.own.records, facts.own.page)
    return Choice("R5", "full-compare", plan, (told("small-list", {"place": facts.place, "calls": calls}),))


def _change_the_request(facts: ModeFacts) -> Choice | None:
    """R6: large data, no filter, no events, and less than a day wanted."""
    hurried = (facts.freshness.value or 0) < a.MINUTES_A_DAY
    if facts.filter.value is True or not facts.event_kinds_missing() or not hurried:
        return None
    return Choice("R6", NOT_POSSIBLE, None, (told("change-the-request", {"source": facts.source}),))


def _otherwise(facts: ModeFacts) -> Choice:
    """R7: daily with a leading system; where not even that fits, the request has to change (R6)."""
    if not _fits(facts, DAILY):
        return Choice("R6", NOT_POSSIBLE, None, (told("change-the-request", {"source": facts.source}),))
    reasons = [told("otherwise-daily")]
    shortest = next((one for one in a.INTERVALS if cost_of(facts, polling_plan(one))[1]), None)
    if facts.filter.value is True and shortest is not None:
        reasons.append(told("smallest-that-fits", {"minutes": shortest}))
    return Choice("R7", "daily", DAILY, tuple(reasons))


def _fits(facts: ModeFacts, plan: Plan) -> bool:
    """Whether nothing known speaks against the plan; a sum that can't be made rules nothing out."""
    return cost_of(facts, plan)[1] is not False
