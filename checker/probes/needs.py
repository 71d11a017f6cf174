"""What test records of a resource need: the fields that flows write, those that must be unique, where an idempotency key goes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from checker.model.api import Api, Operation
from checker.model.profile import ResourceProfile
from checker.probes.contexts import ResourceLook, SystemLook
from checker.project.sides import PARENT, FlowView, Side, many
from checker.resources.bodies import Bodies

KEY_HEADER = "idempotency"  # part of the names of headers that carry a key (draft-ietf-httpapi-idempotency-key-header)


def key_header(operation: Operation | None) -> str | None:
    """The header in which an operation takes an idempotency key, where one is declared."""
    named = (one.name for one in (operation.parameters if operation else ()) if one.location == "header")
    return next((one for one in named if KEY_HEADER in one.lower()), None)


def key_places(look: SystemLook) -> dict[str, str]:
    """Where creates of the system's resources take an idempotency key, as a writer wants to know it: `header NAME` by resource."""
    api = look.api
    creates = {one.name: one.operations.create for one in look.profile.resources}
    found = {name: key_header(api.operation(key)) for name, key in creates.items()} if api else {}
    return {name: f"header {header}" for name, header in found.items() if header is not None}


def bodies_of(look: ResourceLook, views: tuple[FlowView, ...], mark: str, today: date) -> Bodies:
    """The maker of bodies for a resource: with what the flows write there, and what they recognise records by."""
    return bodies_for(look.system.name, look.profile, look.system.api, views, mark, today)


def bodies_for(
    system: str, profile: ResourceProfile, api: Api | None, views: tuple[FlowView, ...], mark: str, today: date
) -> Bodies:
    """The same for a resource that nobody looked at."""
    return Bodies(
        profile=profile,
        operation=api.operation(profile.operations.create) if api else None,
        mark=mark,
        today=today,
        wanted=frozenset(wanted_fields(views, system, profile.name)),
        unique=frozenset(unique_fields(views, system, profile)),
    )


def wanted_fields(views: tuple[FlowView, ...], system: str, resource: str) -> Iterator[str]:
    """Fields of the resource that the flows fill, records inside its records included."""
    for view in views:
        for side in (view.left, view.right):
            targets = [target for _, target in view.directions]
            if (side.system, side.resource) == (system, resource) and side in targets:
                yield from _inside(side, (*view.fed(side), *_line_fields(view, side)))


def carried_fields(view: FlowView, side: Side) -> Iterator[str]:
    """Fields of a side's resource that a flow reads or fills: what a record of that flow has to show."""
    left = side is view.left
    names = (name for one in view.flow.fields for name in many(one.left if left else one.right))
    return _inside(side, (*names, *_line_fields(view, side)))


def _inside(side: Side, names: Iterable[str]) -> Iterator[str]:
    prefix = f"{side.inside.replace('[]', '')}." if side.inside else ""
    return (f"{prefix}{name}" for name in names if not name.startswith(PARENT))


def _line_fields(view: FlowView, side: Side) -> Iterator[str]:
    lines = view.flow.lines
    if lines is not None:
        left = side is view.left
        for one in lines.fields:
            yield from (
                f"{lines.left if left else lines.right}.{name}" for name in many(one.left if left else one.right)
            )


def unique_fields(views: tuple[FlowView, ...], system: str, profile: ResourceProfile) -> Iterator[str]:
    """Fields that no two records may share, as the profile says and as the flows recognise records by one field alone."""
    yield from profile.validation.unique
    for view in views:
        for side in (view.left, view.right):
            if (side.system, side.resource, side.inside) != (system, profile.name, ""):
                continue
            for key in view.flow.match:
                if isinstance(key, str):
                    yield _named_on(view, side, key)


def _named_on(view: FlowView, side: Side, key: str) -> str:
    """A key of the flow as the side calls the field."""
    if side is view.left:
        return key
    found = next((one.right for one in view.flow.fields if one.left == key), key)
    return found if isinstance(found, str) else key
