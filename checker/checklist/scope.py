"""The project file and the profiles → `Scope`: the subjects that are judged, and what each flow is like. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from checker.model.profile import Profile
from checker.model.scope import FlowScope, Scope
from checker.project.types import Direction, Flow, Project

# Roles whose records are documents with numbers of their own and, as a rule, line items.
DOCUMENT_ROLES = frozenset({"order", "invoice", "quote", "payment", "subscription", "shipment"})
LINE_ROLES = frozenset({"order", "invoice", "quote"})
MINUTES = {"s": 1 / 60, "m": 1.0, "h": 60.0, "d": 1440.0}  # of each unit of a duration in the project file


def minutes(duration: str | None) -> float | None:
    """`30s`, `5m`, `2h`, `1d` in minutes; None where none is stated."""
    return None if duration is None else float(duration[:-1]) * MINUTES[duration[-1]]


def scope_of(project: Project, profiles: Mapping[str, Profile | None]) -> Scope:
    """What the project's flows put in scope. `profiles` by system; a system without one has no known roles."""
    return Scope(tuple(project.systems), tuple(_flow(project, flow, profiles) for flow in project.flows))


def side(reference: str) -> tuple[str, str]:
    """System and resource of `erp/customers.contactPersons[]`: records inside another record belong to its resource."""
    system, _, rest = reference.partition("/")
    return system, rest.partition(".")[0]


def directions(flow: Flow) -> tuple[tuple[str, str], ...]:
    """(from, to) system names of the flow's directions, left to right first."""
    left, right = side(flow.left)[0], side(flow.right)[0]
    ways: dict[Direction, tuple[tuple[str, str], ...]] = {
        "both": ((left, right), (right, left)),
        "left-to-right": ((left, right),),
        "right-to-left": ((right, left),),
    }
    return ways[flow.direction]


def _flow(project: Project, flow: Flow, profiles: Mapping[str, Profile | None]) -> FlowScope:
    (left, left_resource), (right, right_resource) = side(flow.left), side(flow.right)
    role = _role(project, profiles, left, left_resource) or _role(project, profiles, right, right_resource)
    ways = directions(flow)
    return FlowScope(
        name=flow.name,
        left=left,
        left_resource=left_resource,
        right=right,
        right_resource=right_resource,
        directions=ways,
        role=role,
        has_lines=flow.lines is not None or role in LINE_ROLES,
        # a policy that nobody has stated yet may still turn out to be "create"
        creates_documents=role in DOCUMENT_ROLES and bool({"create", None} & _policies(flow.on_create)),
        deletes="delete" in _policies(flow.on_delete),
        events=tuple(source for source, _ in ways if _events(project, profiles, source)),
        freshness_minutes=minutes(flow.freshness),
        leading=flow.leading,
    )


def _policies(stated: object) -> set[object]:
    return set(stated.values()) if isinstance(stated, dict) else {stated}


def _role(project: Project, profiles: Mapping[str, Profile | None], system: str, resource: str) -> str | None:
    """What the project file says, else what the profile recognised."""
    configured = project.systems.get(system)
    override = configured.resources.get(resource) if configured else None
    if override is not None and override.role is not None:
        return override.role
    profile = profiles.get(system)
    found = profile.resource(resource) if profile else None
    return found.role if found else None


def _events(project: Project, profiles: Mapping[str, Profile | None], system: str) -> bool:
    """Events are wished (webhooks configured), found in the document, or nobody could look."""
    configured = project.systems.get(system)
    profile = profiles.get(system)
    return (
        (configured is not None and configured.webhooks is not None)
        or profile is None
        or profile.webhooks.kind != "none"
    )
