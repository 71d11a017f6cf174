"""Small flows for the tests of the rehearsal's pure parts."""

from __future__ import annotations

from typing import Any

import msgspec

from checker.model.profile import FieldInfo, ResourceProfile, Validation
from checker.project.sides import FlowView, Side
from checker.project.types import Flow


def text(name: str, longest: int | None = None, **more: Any) -> FieldInfo:
    """A declared text field."""
    return FieldInfo(name=name, type="string", max_length=longest, **more)


def side(system: str, resource: str, *fields: FieldInfo, required: tuple[str, ...] = (), inside: str = "") -> Side:
    """A side whose document declares these fields."""
    rules = Validation(required=required, enum=(), max_length=(), pattern=(), unique=())
    return Side(system, resource, inside, ResourceProfile(name=resource, schema=fields, validation=rules))


def view(left: Side, right: Side, **flow: Any) -> FlowView:
    """A flow between both sides, as the project file would state it."""
    stated = {"name": "contacts", "left": f"{left.system}/{left.resource}", "right": f"{right.system}/{right.resource}"}
    return FlowView(msgspec.convert({**stated, **flow}, Flow), left, right)
