"""Scope: what is audited, as subjects. Which subjects an item has, where a claim is looked up for it, which flows a subject counts for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from checker.model.finding import Subject

DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowScope:
    """One flow as the judge sees it.

    `directions` are (from, to) pairs of system names. `role` is the resource's role, None where nobody knows it. `freshness_minutes` is how
    old the other side's data may be, None where it isn't stated. `deletes`: a policy says "delete". `events`: source systems of which events are wished or found.
    """

    name: str
    left: str
    left_resource: str
    right: str
    right_resource: str
    directions: tuple[tuple[str, str], ...]
    role: str | None = None
    deletes: bool = False
    events: tuple[str, ...] = ()
    freshness_minutes: float | None = None
    leading: str | None = None

    @property
    def two_way(self) -> bool:
        """Whether records travel both ways."""
        return len(self.directions) > 1

    @property
    def daily(self) -> bool:
        """Whether a daily run may be the mode: a day or more is accepted, or nobody has said yet."""
        return self.freshness_minutes is None or self.freshness_minutes >= DAY_MINUTES

    def events_wanted(self, about: Subject) -> bool:
        """Whether events are wished or found of the system that a subject stands for; of any source where it stands for both."""
        side = about.source or about.system
        return side in self.events if side is not None else bool(self.events)

    @property
    def subject(self) -> str:
        """`flow:NAME`."""
        return str(Subject(flow=self.name))

    def resource_of(self, system: str) -> str:
        """`SYSTEM/RESOURCE` of the side that is `system`'s."""
        return f"{system}/{self.left_resource if system == self.left else self.right_resource}"

    @property
    def resources(self) -> tuple[str, str]:
        """`SYSTEM/RESOURCE` of both sides, left first."""
        return f"{self.left}/{self.left_resource}", f"{self.right}/{self.right_resource}"

    def directions_from(self, system: str | None = None) -> tuple[str, ...]:
        """`flow:NAME:FROM->TO` of its directions, of those that start at `system` where one is given."""
        return tuple(
            str(Subject(flow=self.name, source=source, target=target))
            for source, target in self.directions
            if system in (None, source)
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """Both systems in the project's order, and the flows between them."""

    systems: tuple[str, ...]
    flows: tuple[FlowScope, ...] = ()

    def subjects(self, scope: str) -> tuple[str, ...]:
        """The subjects of an item of that scope (pair, system, resource, flow, direction), each once, in the project's order.

        Raises KeyError for another word.
        """
        found: dict[str, Callable[[], Iterator[str]]] = {
            "pair": lambda: iter(("pair",)),
            "system": lambda: iter(self.systems),
            "resource": lambda: chain.from_iterable(flow.resources for flow in self.flows),
            "flow": lambda: (flow.subject for flow in self.flows),
            "direction": lambda: chain.from_iterable(flow.directions_from() for flow in self.flows),
        }
        return tuple(dict.fromkeys(found[scope]()))

    def subjects_of_claim(self, subject: str, claim_scope: str, stage: str = "") -> tuple[str, ...]:
        """The subjects at which a claim of `claim_scope` is looked up for an item about `subject`; it must hold at all of them.

        Inside the item's subject: a pair has all systems, resources and flows; a system its own resources, and the flows' directions that start
        there; a resource the flows that carry it; a flow both its sides. A wider claim is looked up where the subject belongs: a resource's
        system, the pair. A direction stands for its source, except for claims of the stage `write`, which are about its target.
        """
        about = Subject.parse(subject)
        flows = self._concerned(about)
        side = self._side(about, stage)
        if claim_scope == "pair":
            return ("pair",)
        if claim_scope == "system":
            return (side,) if side is not None else self.systems
        if claim_scope == "resource":
            if about.resource is not None:
                return (f"{about.system}/{about.resource}",)
            sides = (flow.resource_of(side) if side else flow.resources for flow in flows)
            return tuple(dict.fromkeys(chain.from_iterable((one,) if isinstance(one, str) else one for one in sides)))
        if claim_scope == "flow":
            return tuple(flow.subject for flow in flows)
        if about.source is not None:
            return (str(about._replace(part=None)),)
        return tuple(chain.from_iterable(flow.directions_from(about.system) for flow in flows))

    def flows_of(self, subject: str) -> tuple[str, ...]:
        """Names of the flows that a subject counts for: a resource for those that carry it, a system and the pair for all."""
        return tuple(flow.name for flow in self._concerned(Subject.parse(subject)))

    def flow(self, name: str) -> FlowScope | None:
        """The flow of that name."""
        return next((one for one in self.flows if one.name == name), None)

    def _concerned(self, about: Subject) -> tuple[FlowScope, ...]:
        if about.flow is not None:
            return tuple(flow for flow in self.flows if flow.name == about.flow)
        if about.resource is not None:
            return tuple(flow for flow in self.flows if f"{about.system}/{about.resource}" in flow.resources)
        if about.system is not None:
            return tuple(flow for flow in self.flows if about.system in (flow.left, flow.right))
        return self.flows

    def _side(self, about: Subject, stage: str) -> str | None:
        """The one system that a subject stands for; None where it stands for both."""
        if about.source is not None:
            return about.target if stage == "write" else about.source
        return about.system
