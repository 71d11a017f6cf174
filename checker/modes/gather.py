"""Findings, project and profiles → the facts that sync modes are chosen from, and the findings that are computed from them. Pure.

Where several speak about one fact, the surest does; what a running system showed is *probed*, what a document says *documented*, what the
project file states of production (volumes, quota, freshness) is somebody's word, *answered*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from checker.model.finding import Answer, Finding, Grade
from checker.model.profile import Profile, ResourceProfile
from checker.model.scope import FlowScope, Scope
from checker.modes.computed import computed
from checker.modes.facts import DEFAULT_PAGE_SIZE, Budget, Fact, Load, ModeFacts
from checker.modes.rules import choose
from checker.project.types import Flow, Limits, Project, Volume

EVENT_KINDS = ("create", "update", "delete")
HARMLESS_DELETES = frozenset({"ignore"})  # a policy under which nobody has to learn of a delete


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts of every direction, and what they say about quotas as findings."""

    facts: tuple[ModeFacts, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """All that facts are read from."""

    found: Mapping[tuple[str, str], Finding]
    scope: Scope
    project: Project
    profiles: Mapping[str, Profile]
    settings: Mapping[str, Flow] = field(default_factory=dict)

    def told(self, subject: str, *claims: str) -> Fact[bool]:
        """What the first of the claims says that is answered at the subject; else nothing, to be settled by the first of them."""
        settled_by = f"{claims[0]}@{subject}"
        for claim in claims:
            one = self.found.get((claim, subject))
            if one is not None and one.answer in (Answer.YES, Answer.NO) and one.grade.opens_gates:
                return Fact(one.answer is Answer.YES, one.grade, settled_by)
        return Fact(settled_by=settled_by)

    def value(self, claim: str, subject: str, name: str) -> Any:
        """A value of the finding, None where it isn't there."""
        one = self.found.get((claim, subject))
        return one.values.get(name) if one is not None else None

    def resource(self, system: str, name: str) -> ResourceProfile | None:
        """The resource's profile."""
        profile = self.profiles.get(system)
        return profile.resource(name) if profile else None

    def volume(self, system: str, resource: str) -> Volume:
        """Production figures: what is stated, else the changes that production's own records show."""
        stated = self.project.systems[system].volumes.get(resource, Volume())
        place, measured = f"{system}/{resource}", "change-rate.measured"
        if stated.changed_per_day is not None or self.told(place, measured).value is not True:
            return stated
        rate, peak = self.value(measured, place, "per_day"), self.value(measured, place, "busiest_hour")
        return Volume(records=stated.records, changed_per_day=rate, busiest_hour=stated.busiest_hour or peak)


def gather(findings: Iterable[Finding], scope: Scope, project: Project, profiles: Mapping[str, Profile]) -> Gathered:
    """The facts of all directions, in the flows' order, and the findings `quota.known`, `quota.within-share`, `burst.known` of each system."""
    sources = Sources(_surest(findings), scope, project, profiles, {flow.name: flow for flow in project.flows})
    ways = [(flow, *way) for flow in scope.flows for way in flow.directions]
    loads = {_key(*way): _loads(sources, *way) for way in ways}
    budgets = {system: _budget(sources, system, ways, loads) for system in scope.systems}
    facts = tuple(_facts(sources, flow, source, target, loads, budgets) for flow, source, target in ways)
    return Gathered(facts, tuple(computed(budgets, facts, choose(facts).flows)))


def _surest(findings: Iterable[Finding]) -> dict[tuple[str, str], Finding]:
    best: dict[tuple[str, str], Finding] = {}
    for one in findings:
        held = best.get((one.id, one.subject))
        if held is None or _weight(one) > _weight(held):
            best[one.id, one.subject] = one
    return best


def _weight(one: Finding) -> tuple[bool, int, bool]:
    # of two findings of one grade the bad one speaks, so that their order never matters
    return (one.answer in (Answer.YES, Answer.NO), one.grade.rank, one.answer is Answer.NO)


def _key(flow: FlowScope, source: str, target: str) -> str:
    return f"{flow.subject}:{source}->{target}"


def _resource(flow: FlowScope, system: str) -> str:
    return flow.left_resource if system == flow.left else flow.right_resource


def _filter(sources: Sources, place: str) -> Fact[bool]:
    return sources.told(place, "updated-since.excludes-older", "updated-since.declared")


def _sweeps(sources: Sources, flow: FlowScope, place: str) -> tuple[Fact[bool], bool]:
    """Whether deletes are visible, and whether anybody has to learn of them."""
    policy = sources.settings[flow.name].on_delete
    policies = set(policy.values()) if isinstance(policy, dict) else {policy}
    return sources.told(place, "delete.visible", "delete.visible-declared"), not policies <= HARMLESS_DELETES


def _page(sources: Sources, system: str, resource: str) -> Fact[int]:
    """Rows a page: the declared maximum, trusted more where the system honours sizes; else the document's default; else assumed."""
    place = f"{system}/{resource}"
    found = sources.resource(system, resource)
    most = found.pagination.max_page_size if found else None
    default = found.pagination.default_page_size if found else None
    settled_by = f"page-size.honoured@{place}"
    if most is not None:
        honoured = sources.told(place, "page-size.honoured")
        return Fact(most, Grade.PROBED if honoured.proven and honoured.value else Grade.DOCUMENTED, settled_by)
    if default is not None:
        return Fact(default, Grade.DOCUMENTED, settled_by)
    return Fact(DEFAULT_PAGE_SIZE, Grade.ASSUMED, settled_by)


def _records(sources: Sources, system: str, resource: str) -> tuple[int | None, Grade | None]:
    """Production's figure, else what the test system holds."""
    stated = sources.volume(system, resource).records
    if stated is not None:
        return stated, Grade.ANSWERED
    counted = sources.value("count.known", f"{system}/{resource}", "total")
    return (counted, Grade.PROBED) if isinstance(counted, int) and not isinstance(counted, bool) else (None, None)


def _loads(sources: Sources, flow: FlowScope, source: str, target: str) -> Load:
    """What one direction moves. Pages and detail reads are the source's, look-ups and batches the target's."""
    resource = _resource(flow, source)
    place = f"{source}/{resource}"
    volume = sources.volume(source, resource)
    read, written = sources.resource(source, resource), sources.resource(target, _resource(flow, target))
    visible, matter = _sweeps(sources, flow, place)
    page = _page(sources, source, resource).value
    keyed = sources.told(f"{target}/{_resource(flow, target)}", "external-id.declared").value is True
    return Load(
        key=_key(flow, source, target),
        records=_records(sources, source, resource)[0],
        changed=volume.changed_per_day,
        page=page or DEFAULT_PAGE_SIZE,
        detail=1 if read is not None and read.detail_fields else 0,
        look_up=0 if keyed or (written is not None and written.operations.upsert) else 1,
        busiest_hour=volume.busiest_hour,
        polled=_filter(sources, place).value is True,
        sweep=matter and visible.value is not True,
    )


def _budget(
    sources: Sources, system: str, ways: Sequence[tuple[FlowScope, str, str]], loads: Mapping[str, Load]
) -> Budget:
    """A system's calls, and who uses them over all flows."""
    settings = sources.project.systems[system]
    return Budget(
        system=system,
        quota=_quota(settings.limits, system),
        share=settings.limits.share,
        burst=_pace(settings.limits, system),
        limit=_limit(sources, system),
        reads=tuple(loads[_key(*way)] for way in ways if way[1] == system),
        writes=tuple(loads[_key(*way)] for way in ways if way[2] == system),
        sandbox=settings.sandbox,
    )


def _quota(limits: Limits, system: str) -> Fact[int]:
    if limits.daily_quota is None:
        return Fact(settled_by=f"quota.known@{system}")
    return Fact(limits.daily_quota, Grade.ANSWERED, f"quota.known@{system}")


def _pace(limits: Limits, system: str) -> Fact[float]:
    """Calls a minute that the project file allows; the default is nobody's word."""
    stated = limits.requests_per_second != Limits().requests_per_second
    return Fact(limits.requests_per_second * 60, Grade.ANSWERED if stated else Grade.ASSUMED, f"burst.known@{system}")


def _limit(sources: Sources, system: str) -> Fact[int]:
    """The limit that the system's own headers name."""
    shown, limit = sources.told(system, "rate-limit.shown"), sources.value("rate-limit.shown", system, "limit")
    if shown.value is not True or not isinstance(limit, int):
        return Fact(settled_by=f"burst.known@{system}")
    return Fact(limit, shown.grade, f"burst.known@{system}")


def _facts(
    sources: Sources,
    flow: FlowScope,
    source: str,
    target: str,
    loads: Mapping[str, Load],
    budgets: Mapping[str, Budget],
) -> ModeFacts:
    resource = _resource(flow, source)
    place = f"{source}/{resource}"
    own = loads[_key(flow, source, target)]
    visible, matter = _sweeps(sources, flow, place)
    return ModeFacts(
        flow=flow.name,
        source=source,
        target=target,
        source_resource=resource,
        target_resource=_resource(flow, target),
        freshness=_stated(flow.freshness_minutes, f"realtime-vs-daily@{flow.subject}"),
        two_way=flow.two_way,
        leading=_stated(flow.leading or (None if flow.two_way else source), f"flow.leading-named@{flow.subject}"),
        listable=sources.told(place, "list.readable", "operations.readable-declared"),
        keys_stable=_keys(sources, source, resource),
        events=_events(sources, source, place),
        thin_events=_negated(sources.told(place, "webhook.complete-payload")),
        receiver=_receiver(sources, source),
        delivery=_delivery(sources, place),
        filter=_filter(sources, place),
        moves=sources.told(place, "timestamp.moves-on-update"),
        comparable=_comparable(sources, flow),
        own_writes=sources.told(place, "changed-by.own-user-shown"),
        deletes_visible=visible,
        deletes_matter=matter,
        volumes=_volumes(sources, source, resource),
        page=_page(sources, source, resource),
        own=own,
        from_budget=budgets[source],
        to_budget=budgets[target],
    )


def _stated(value: Any, settled_by: str) -> Fact[Any]:
    return Fact(value, None if value is None else Grade.ANSWERED, settled_by)


def _negated(fact: Fact[bool]) -> Fact[bool]:
    return fact if fact.value is None else replace(fact, value=not fact.value)


def _keys(sources: Sources, system: str, resource: str) -> Fact[bool]:
    """Whether records have a key of their own; a document that names none leaves it open."""
    found = sources.resource(system, resource)
    named = found is not None and found.fields.id is not None
    return Fact(True if named else None, Grade.DOCUMENTED if named else None, f"read.single@{system}/{resource}")


def _events(sources: Sources, system: str, place: str) -> dict[str, Fact[bool]]:
    """A fact per kind of change: events that arrived, else those that the document names for this object."""
    arrived = sources.told(place, "webhook.covers-events")
    if arrived.known:
        return {kind: Fact(arrived.value, arrived.grade, arrived.settled_by) for kind in EVENT_KINDS}
    declared = sources.told(place, "webhooks.events-declared")
    if declared.known:
        missing = sources.value("webhooks.events-declared", place, "missing") or ()
        return {kind: Fact(kind not in missing, declared.grade, f"webhook.arrives@{place}") for kind in EVENT_KINDS}
    none = sources.told(system, "webhooks.declared")
    answer = False if none.value is False else None
    grade = none.grade if answer is False else None
    return {kind: Fact(answer, grade, f"webhook.covers-events@{place}") for kind in EVENT_KINDS}


def _receiver(sources: Sources, system: str) -> Fact[bool]:
    """Whether events reach us: seen, else an address stated for the lab or the platform."""
    reached = sources.told(system, "webhook.reachable")
    if reached.known:
        return reached
    project = sources.project
    stated = (project.webhooks and project.webhooks.public_url) or (project.platform and project.platform.receiver_url)
    return Fact(True, Grade.ANSWERED, reached.settled_by) if stated else reached


def _delivery(sources: Sources, place: str) -> Fact[float]:
    """Minutes from a change to its event, as measured."""
    arrived = sources.told(place, "webhook.arrives")
    measured = sources.value("webhook.arrives", place, "median") if arrived.value else None
    return (
        Fact(measured / 60, arrived.grade, arrived.settled_by)
        if measured is not None
        else Fact(settled_by=arrived.settled_by)
    )


def _comparable(sources: Sources, flow: FlowScope) -> Fact[bool]:
    """Whether the changed times of both sides can be compared: clocks in step, stamps fine enough. One no is enough."""
    places = [
        *((system, "clock.in-step") for system in (flow.left, flow.right)),
        *((one, "timestamp.precise") for one in flow.resources),
    ]
    told = [sources.told(place, claim) for place, claim in places]
    settled_by = next((one.settled_by for one in told if one.value is not True), told[0].settled_by)
    if any(one.value is False for one in told):
        return Fact(False, Grade.PROBED, settled_by)
    return Fact(True, Grade.PROBED, settled_by) if all(one.value for one in told) else Fact(settled_by=settled_by)


def _volumes(sources: Sources, system: str, resource: str) -> Fact[bool]:
    """Whether records and changes a day are known; the change rate can only be stated."""
    records, grade = _records(sources, system, resource)
    known = records is not None and sources.volume(system, resource).changed_per_day is not None
    return Fact(True if known else None, grade if known else None, f"volumes.stated@{system}/{resource}")
