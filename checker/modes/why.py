"""Why not faster, what the recommendation rests on that nobody has proven, and its figures. Pure."""

from __future__ import annotations

from typing import Any

from checker.catalogue.mode_texts import told
from checker.model.audit import Staleness
from checker.modes import arithmetic as a
from checker.modes.facts import Budget, Fact, ModeFacts
from checker.modes.sums import Cost, Plan, cost_of, event_plan, polling_plan

Told = dict[str, Any]


def why_not_faster(facts: ModeFacts, mode: str | None, plan: Plan | None, rule: str | None) -> list[Told]:
    """Why the next faster modes are not recommended; empty where nothing is recommended, or nothing is faster (D2, last line)."""
    if plan is None or mode is None or mode == "webhooks":
        return []
    if rule == "R0":
        return [told("faster-not-needed")]
    reasons = [_why_no_events(facts)]
    if mode == "polling":
        return [*reasons, *_why_no_shorter(facts, plan.interval)]
    return [*reasons, *_why_no_polling(facts)]


def _why_no_events(facts: ModeFacts) -> Told:
    missing = facts.event_kinds_missing()
    if missing:
        return told("no-events", {"source": facts.source, "resource": facts.source_resource, "kinds": list(missing)})
    if facts.receiver.value is None:
        return told("no-receiver", {"source": facts.source})
    if facts.receiver.value is False:
        return told("receiver-unreachable", {"source": facts.source})
    cost, fits = cost_of(facts, event_plan(facts))
    if fits is False:
        return told("events-unaffordable", _calls(cost))
    return told("no-check-run", {"place": facts.place})


def _why_no_shorter(facts: ModeFacts, interval: float) -> list[Told]:
    shorter = max((one for one in a.INTERVALS if one < interval), default=None)
    if shorter is None:
        return []
    cost, fits = cost_of(facts, polling_plan(shorter))
    if fits is False:
        return [told("too-many-calls", {"minutes": shorter, **_calls(cost)})]
    return [told("shorter-not-needed", {"freshness": _whole(facts.freshness.value)})]


def _why_no_polling(facts: ModeFacts) -> list[Told]:
    if facts.filter.value is not True:
        return [told("no-filter", {"place": facts.place})]
    within = [one for one in a.INTERVALS if one <= (facts.freshness.value or 0)]
    if not within:
        return [told("interval-too-long", {"freshness": _whole(facts.freshness.value), "minutes": a.INTERVALS[0]})]
    cost, _ = cost_of(facts, polling_plan(within[-1]))
    return [told("too-many-calls", {"minutes": within[-1], **_calls(cost)})]


def _calls(cost: Cost) -> dict[str, Any]:
    return {"calls": _whole(cost.calls), "usable": _whole(cost.usable)}


def _whole(value: float | None) -> int | float | None:
    return None if value is None else (round(value) if value >= 1 else value)


def unproven(facts: ModeFacts, mode: str | None) -> tuple[str, ...]:
    """What would settle the facts that this mode needs and that are not sure enough, the weightiest first (D1, R10).

    What a system does has to be seen; figures and wishes may be stated by people.
    """
    stated: list[Fact[Any]] = [facts.freshness]
    seen: list[Fact[Any]] = []
    if mode == "webhooks":
        seen += [*(facts.events.get(kind, Fact()) for kind in ("create", "update")), facts.receiver, facts.filter]
    elif mode == "polling":
        seen += [facts.filter, facts.moves]
    elif mode is not None:
        seen += [facts.filter] if facts.own.polled or facts.filter.value is None else [facts.listable]
    if mode == "daily":
        stated.append(facts.leading)
    stated += [facts.volumes, facts.from_budget.quota, facts.to_budget.quota]
    if facts.two_way:
        seen.append(facts.own_writes)
    missing = [*(one for one in stated if not one.known), *(one for one in seen if not one.proven)]
    return tuple(dict.fromkeys(one.settled_by for one in missing if one.settled_by))


def riders(facts: ModeFacts, mode: str | None, *, provisional: bool) -> tuple[str, ...]:
    """R8 to R11, as far as they apply to a recommended mode (D2)."""
    if mode is None:
        return ()
    found = []
    if facts.two_way and not (facts.own_writes.value is True and facts.comparable.value is not False):
        found.append("R8")
    if facts.sweeps and mode in ("webhooks", "polling"):
        found.append("R9")
    if provisional:
        found.append("R10")
    if _measured_in_sandbox(facts, mode):
        found.append("R11")
    return tuple(found)


def _measured_in_sandbox(facts: ModeFacts, mode: str) -> bool:
    """Whether quota, volumes or event facts come from a test system alone (R11)."""
    quotas = any(one.sandbox and one.quota.proven for one in (facts.from_budget, facts.to_budget))
    own = facts.from_budget.sandbox
    events = mode == "webhooks" and any(one.proven for one in facts.events.values())
    return quotas or (own and (facts.volumes.proven or events))


def staleness(facts: ModeFacts, plan: Plan | None) -> Staleness | None:
    """How old the other side's data may be under the plan (D3)."""
    if plan is None:
        return None
    if plan.kind == "webhooks":
        mean, worst = a.webhook_staleness(facts.delivery.value, plan.interval)
    elif plan.kind == "daily":
        mean, worst = a.daily_staleness(facts.run)
    else:
        mean, worst = a.polling_staleness(plan.interval, facts.delay, facts.run)
    return Staleness(mean=mean, worst=worst)


def figures(facts: ModeFacts, plan: Plan | None) -> dict[str, Any]:
    """The figures behind the sums, of the system that is strained more."""
    cost, _ = cost_of(facts, plan or polling_plan(a.INTERVALS[0]))
    budget = next(one for one in (facts.from_budget, facts.to_budget) if one.system == cost.system)
    own = facts.own
    plain = {
        "system": budget.system,
        "quota": budget.quota.value,
        "share": budget.share,
        "usable": budget.usable,
        "retry_factor": budget.retry,
        "overlap_minutes": facts.overlap,
        "visibility_delay_minutes": facts.delay,
        "run_minutes": facts.run,
        "records": own.records,
        "changed_per_day": own.changed,
        "page_size": own.page,
        "detail_calls": own.detail,
        "look_up_calls": own.look_up,
        "batch_size": own.batch,
        "polled_objects": len(facts.from_budget.reads),
        "smallest_interval_minutes": _smallest(facts),
    }
    return {**plain, "initial_load": _initial_load(facts, budget)}


def _smallest(facts: ModeFacts) -> int | None:
    """The shortest offered interval that fits both systems."""
    return next((one for one in a.INTERVALS if cost_of(facts, polling_plan(one))[1]), None)


def _initial_load(facts: ModeFacts, budget: Budget) -> dict[str, float] | None:
    own = facts.own
    if own.records is None:
        return None
    calls = a.initial_load_calls(own.records, own.page, own.look_up, own.batch)
    load = {"calls": calls}
    if budget.burst.value:
        load["hours"] = round(a.hours(calls, budget.burst.value), 1)
    if budget.usable:
        load["days"] = round(a.days(calls, budget.usable), 1)
    return load
