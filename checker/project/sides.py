"""A flow's two sides, as the project file names them and as their documents show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from checker.model.profile import FieldInfo, Profile, ResourceProfile
from checker.project.types import Direction, FieldMapping, Flow, Project, Reference

PARENT = ".."  # before the name of a field of the record around


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a flow: its system, the resource's name, the path of records inside it, and its profile where there is one."""

    system: str
    resource: str
    inside: str
    profile: ResourceProfile | None

    @property
    def fields(self) -> Mapping[str, FieldInfo]:
        """The declared fields by name, seen from the record that the flow is about."""
        prefix = f"{self.inside}." if self.inside else ""
        known = self.profile.schema if self.profile else ()
        return {one.name.removeprefix(prefix).replace("[]", ""): one for one in known if one.name.startswith(prefix)}

    @property
    def required(self) -> tuple[str, ...]:
        """Names that a create demands, seen from the record that the flow is about."""
        prefix = f"{self.inside}." if self.inside else ""
        rules = self.profile.validation.required if self.profile else ()
        only = {one.name for one in self.profile.schema if one.constant} if self.profile else set()
        rules = tuple(one for one in rules if one not in only)  # nobody has to say what can only be one thing
        names = (one.removeprefix(prefix) for one in rules if one.startswith(prefix))
        return tuple(one for one in names if self.inside or "[]" not in one)

    def covers(self, name: str) -> bool:
        """Whether the document knows the field; a field below a known one (custom.x) counts as known, `..x` is the record around."""
        if self.inside and name.startswith(PARENT):
            return replace(self, inside="").covers(name.removeprefix(PARENT))
        known = self.fields
        return name in known or any(name.startswith(f"{one}.") or one.startswith(f"{name}.") for one in known)


@dataclass(frozen=True, slots=True)
class FlowView:
    """A flow, and both its sides as their documents show them."""

    flow: Flow
    left: Side
    right: Side

    @property
    def directions(self) -> tuple[tuple[Side, Side], ...]:
        """(source, target) of each way that records travel."""
        ways = {"both": (0, 1), "left-to-right": (0,), "right-to-left": (1,)}[self.flow.direction]
        return tuple(((self.left, self.right), (self.right, self.left))[i] for i in ways)

    def fed(self, target: Side) -> set[str]:
        """Names of the target's fields that the mapping fills."""
        to_right = target is self.right
        names = {
            name
            for one in self.flow.fields
            if travels(one, to_right=to_right)
            for name in many(one.right if to_right else one.left)
        }
        lines = self.flow.lines
        return names | ({lines.right if to_right else lines.left} if lines else set())


def leans_on(flow: Flow) -> tuple[str, ...]:
    """Names of the flows by whose links this one's fields, those of its line items too, point at records; it may be among them (a parent company)."""
    mapped = (*flow.fields, *(flow.lines.fields if flow.lines else ()))
    return tuple(dict.fromkeys(one.link for one in mapped if one.link is not None))


def many(name: str | list[str]) -> list[str]:
    """A field's name, or the names of one that is split in several."""
    return name if isinstance(name, list) else [name]


def travels(mapping: FieldMapping, *, to_right: bool) -> bool:
    """Whether a field is written in this direction."""
    only: Direction | None = mapping.direction
    return only in (None, "both", "left-to-right" if to_right else "right-to-left")


def side_of(reference: str, profiles: Mapping[str, Profile]) -> Side:
    """`erp/partners.persons[]` taken apart."""
    side = Reference.parse(reference)
    profile = profiles.get(side.system)
    return Side(*side, profile.resource(side.resource) if profile else None)


def views(project: Project, profiles: Mapping[str, Profile]) -> tuple[FlowView, ...]:
    """Every flow with both its sides."""
    return tuple(FlowView(flow, side_of(flow.left, profiles), side_of(flow.right, profiles)) for flow in project.flows)
