"""The calls that a plan costs a system, term by term, and the alternatives that are laid side by side. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from checker.model.audit import ModeAlternative
from checker.modes import arithmetic as a
from checker.modes.facts import DEFAULT_COMPARES_PER_DAY, Budget, Load, ModeFacts

Kind = Literal["webhooks", "polling", "full-compare", "daily"]
# Full compares: "every hour … day" (D2, R5); shorter ones where a small list costs next to nothing.
COMPARE_INTERVALS = (*a.INTERVALS, 120, 240, 480, 720, 1440)
CHECK_INTERVAL = a.MINUTES_A_DAY / DEFAULT_COMPARES_PER_DAY  # minutes between the check runs beside events


@dataclass(frozen=True, slots=True)
class Plan:
    """How one direction would be synchronised; `interval` in minutes, `thin`: its events carry only ids.

    `filtered`: reckoned as if its list could be asked for changes only, which nobody may know yet.
    """

    kind: Kind
    interval: float
    thin: bool = False
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What plans cost one system: the terms (calls a day), their sum after the retry factor, what is usable, and whether it fits."""

    system: str
    terms: dict[str, float]
    calls: float | None
    usable: float | None
    fits: bool | None

    @property
    def strain(self) -> float:
        """Calls per usable call; -1 where either isn't known."""
        return self.calls / self.usable if self.calls is not None and self.usable else -1.0


def cost(budget: Budget, plan_of: Callable[[Load], Plan], overlap: float) -> Cost:
    """What the plans of all directions cost the system together. Without the changes of every object no number is given."""
    terms: dict[str, float] = {}
    known = True
    for load in budget.reads:
        known = _add(terms, _reading(load, plan_of(load), overlap)) and known
    for load in budget.writes:
        known = _add(terms, _writing(load, plan_of(load))) and known
    calls = a.total(list(terms.values()), budget.retry) if known else None
    fits = None if calls is None or budget.usable is None else a.fits_quota(calls, budget.usable)
    if fits and not _within_burst(budget, plan_of, overlap):
        fits = False
    return Cost(budget.system, terms if known else {}, calls, budget.usable, fits)


def _add(terms: dict[str, float], more: dict[str, float | None]) -> bool:
    for name, calls in more.items():
        if calls:
            terms[name] = terms.get(name, 0.0) + calls
    return None not in more.values()


def _reading(load: Load, plan: Plan, overlap: float) -> dict[str, float | None]:
    """Calls that read one object from its system."""
    whole = None if load.records is None else float(a.full_compare_calls(load.records, load.page))
    sweep = whole if load.sweep else 0.0
    if plan.kind == "full-compare":
        return {"compare": None if whole is None else whole * a.runs_per_day(plan.interval)}
    if plan.kind == "webhooks":
        events = None if load.changed is None else a.event_calls(load.changed, thin=plan.thin)
        check = _polled(load, CHECK_INTERVAL, overlap)["read"] if load.polled else whole
        return {"events": events, "reconciliation": check, "sweep": sweep if load.polled else 0.0}
    if not (load.polled or plan.filtered):
        # it has to be read in full; where others are polled, once a day
        return {"compare": whole}
    return {**_polled(load, plan.interval, overlap), "sweep": sweep}


def _polled(load: Load, interval: float, overlap: float) -> dict[str, float | None]:
    if load.changed is None:
        return {"read": None}
    return {
        "read": a.poll_calls(load.changed, load.page, interval, overlap),
        "detail": a.detail_calls(load.changed, load.detail, interval, overlap),
    }


def _writing(load: Load, plan: Plan) -> dict[str, float | None]:
    """Calls that write one object's changes into the system."""
    if load.changed is None:
        return {"write": None}
    every = None if plan.kind == "webhooks" else plan.interval
    return {
        "lookup": a.look_up_calls(load.changed, load.look_up),
        "write": a.write_calls(load.changed, load.batch, every),
    }


def _within_burst(budget: Budget, plan_of: Callable[[Load], Plan], overlap: float) -> bool:
    """Whether the busiest runs of everything polled stay within the burst limit; true where nobody stated one."""
    if not budget.burst.known or budget.burst.value is None:
        return True
    pairs = [(load, plan_of(load)) for load in (*budget.reads, *budget.writes)]
    timed = [(load, plan.interval) for load, plan in pairs if plan.kind != "webhooks"]
    runs = [a.busiest_run_calls(load, interval, overlap) or 0 for load, interval in timed]
    shortest = min((interval for _, interval in timed), default=None)
    return shortest is None or a.fits_burst(sum(runs), budget.burst.value, shortest)


def cost_of(facts: ModeFacts, plan: Plan) -> tuple[Cost, bool | None]:
    """The cost to the system that the plan strains more, with all other objects polled at the same interval; and whether both systems bear it.

    Beside events the others are polled as often as the check runs come.
    """
    every = CHECK_INTERVAL if plan.kind == "webhooks" else plan.interval

    def plan_of(load: Load) -> Plan:
        return plan if load.key == facts.key else Plan("polling", every)

    both = [cost(budget, plan_of, facts.overlap) for budget in (facts.from_budget, facts.to_budget)]
    answers = {one.fits for one in both}
    fits = False if False in answers else (None if None in answers else True)
    if facts.row_ceiling.value is not None and facts.own.changed is not None and plan.kind == "polling":
        fits = fits and a.rows_per_run(facts.own.changed, plan.interval) <= facts.row_ceiling.value
    if all(one.strain < 0 for one in both):
        return next((one for one in both if one.calls is not None), both[0]), fits
    return max(both, key=lambda one: one.strain), fits


def alternative(facts: ModeFacts, plan: Plan) -> ModeAlternative:
    """One row of the table: the terms, the sum after the retry factor, and whether it fits."""
    found, fits = cost_of(facts, plan)
    return ModeAlternative(
        mode=plan.kind,
        interval_minutes=round(plan.interval),
        terms={name: round(calls, 1) for name, calls in found.terms.items()},
        calls_per_day=None if found.calls is None else round(found.calls),
        fits=fits,
    )


def compare_plan(facts: ModeFacts) -> Plan:
    """The full compare that is shown: the longest interval within the freshness that fits, else the longest within it."""
    wanted = facts.freshness.value or a.MINUTES_A_DAY
    within = [one for one in COMPARE_INTERVALS if one <= wanted] or [COMPARE_INTERVALS[0]]
    plans = [Plan("full-compare", one) for one in reversed(within)]
    return next((plan for plan in plans if cost_of(facts, plan)[1]), plans[0])


def polling_plan(interval: float) -> Plan:
    """Polling on changed time at an interval."""
    return Plan("polling", interval, filtered=True)


def check_interval(facts: ModeFacts) -> float:
    """Minutes between the check runs beside events: hourly where they can ask for changes, else daily in full."""
    return CHECK_INTERVAL if facts.own.polled else a.MINUTES_A_DAY


def event_plan(facts: ModeFacts) -> Plan:
    """Events with check runs; where nobody knows what they carry, each costs a read."""
    return Plan("webhooks", check_interval(facts), thin=facts.thin_events.value is not False)


def alternatives(facts: ModeFacts) -> tuple[ModeAlternative, ...]:
    """The modes side by side: events where there are any, polling at every offered interval unless the filter is missing, full compare, daily."""
    plans: list[Plan] = []
    if not facts.event_kinds_missing():
        plans.append(event_plan(facts))
    if facts.filter.value is not False:
        plans += [polling_plan(one) for one in a.INTERVALS]
    plans += [compare_plan(facts), Plan("daily", a.MINUTES_A_DAY)]
    return tuple(alternative(facts, plan) for plan in plans)
