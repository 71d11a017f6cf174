"""Api → Profile: every detector asked about every resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.model.api import Api
from checker.model.profile import DocumentInfo, DocumentProblem, Profile, ResourceProfile, Undetermined
from checker.profiles.auth import detect_auth
from checker.profiles.declared import declared
from checker.profiles.fields import detect_fields
from checker.profiles.filtering import detect_filtering
from checker.profiles.items import detect_items
from checker.profiles.names import one_of
from checker.profiles.pagination import detect_pagination
from checker.profiles.resources import Group, group_operations
from checker.profiles.roles import detect_role
from checker.profiles.shapes import Shapes
from checker.profiles.sorting import detect_sorting
from checker.profiles.structure import detect_structure
from checker.profiles.updated_since import detect_updated_since
from checker.profiles.validation import detect_schema, detect_validation
from checker.profiles.view import Detection, Surroundings, View
from checker.profiles.webhooks import detect_webhooks

Detector = Callable[[View], Detection]

# One line a capability; each sets its own keys of ResourceProfile.
DETECTORS: tuple[Detector, ...] = (
    detect_role,
    detect_items,
    detect_pagination,
    detect_filtering,
    detect_sorting,
    detect_updated_since,
    detect_fields,
    detect_validation,
    detect_structure,
    detect_schema,
)


def build_profile(
    api: Api,
    *,
    valid: bool | None = None,
    validated_by: str | None = None,
    problems: tuple[DocumentProblem, ...] = (),
) -> Profile:
    """The profile of a system's API. Pure: `valid`, `validated_by` and `problems` are a validator's words, passed through."""
    shapes = Shapes()
    groups = group_operations(api, shapes)
    around = Surroundings(api, shapes, _things(groups))
    views = [View(around, group) for group in groups]
    return Profile(
        document=DocumentInfo(
            title=api.title, version=api.version, openapi=api.spec, source=api.source, servers=api.servers
        ),
        valid=valid,
        validated_by=validated_by,
        problems=problems,
        operations=len(api.operations),
        auth=detect_auth(api),
        webhooks=detect_webhooks(api, shapes),
        resources=tuple(_look(view) for view in views),
        declared=declared(api, views),
    )


def _things(groups: list[Group]) -> dict[str, str]:
    """Singular name → resource name, the freely standing resource first."""
    found: dict[str, str] = {}
    for group in sorted(groups, key=lambda one: (one.holes, len(one.key))):
        found.setdefault(one_of(group.name), group.name)
    return found


def _look(view: View) -> ResourceProfile:
    found: dict[str, Any] = {}
    why: dict[str, str] = {"operations": f"operations at /{'/'.join(view.group.key)}"}
    sure: dict[str, float] = {}
    still: list[Undetermined] = []
    for detect in DETECTORS:
        detection = detect(view)
        found.update(detection.found)
        why.update(detection.why)
        sure.update(detection.sure)
        still += detection.undetermined
    return ResourceProfile(
        name=view.group.name,
        operations=view.group.operations(),
        undetermined=tuple(still),
        why=why,
        sure=sure,
        **found,
    )
