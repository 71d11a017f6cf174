"""The project file and the profiles → `Scope`: the subjects that are judged, and what each flow is like. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from checker.model.profile import Profile
from checker.model.scope import FlowScope, Scope
from checker.project.types import Direction, Flow, Project, Reference, seconds


def scope_of(project: Project, profiles: Mapping[str, Profile | None]) -> Scope:
    """What the project's flows put in scope. `profiles` by system; a system without one has no known roles."""
    return Scope(tuple(project.systems), tuple(_flow(project, flow, profiles) for flow in project.flows))


def directions(flow: Flow) -> tuple[tuple[str, str], ...]:
    """(from, to) system names of the flow's directions, left to right first."""
    left, right = Reference.parse(flow.left).system, Reference.parse(flow.right).system
    ways: dict[Direction, tuple[tuple[str, str], ...]] = {
        "both": ((left, right), (right, left)),
        "left-to-right": ((left, right),),
        "right-to-left": ((right, left),),
    }
    return ways[flow.direction]


def _flow(project: Project, flow: Flow, profiles: Mapping[str, Profile | None]) -> FlowScope:
    left, right = Reference.parse(flow.left), Reference.parse(flow.right)
    role = _role(project, profiles, left) or _role(project, profiles, right)
    ways = directions(flow)
    return FlowScope(
        name=flow.name,
        left=left.system,
        left_resource=left.resource,
        right=right.system,
        right_resource=right.resource,
        directions=ways,
        role=role,
        deletes="delete" in _policies(flow.on_delete),
        events=tuple(source for source, _ in ways if _events(project, profiles, source)),
        freshness_minutes=None if flow.freshness is None else seconds(flow.freshness) / 60,
        leading=flow.leading,
    )


def _policies(stated: object) -> set[object]:
    return set(stated.values()) if isinstance(stated, dict) else {stated}


def _role(project: Project, profiles: Mapping[str, Profile | None], side: Reference) -> str | None:
    """What the project file says, else what the profile recognised."""
    configured = project.systems.get(side.system)
    override = configured.resources.get(side.resource) if configured else None
    if override is not None and override.role is not None:
        return override.role
    profile = profiles.get(side.system)
    found = profile.resource(side.resource) if profile else None
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
