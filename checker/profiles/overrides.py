"""The project file's `systems.X.resources` merged over the detected profile (design.md, The project file)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from checker.errors import InputError, Problem
from checker.model.profile import (
    Correction,
    FieldRoles,
    Filtering,
    Metadata,
    Operations,
    Pagination,
    Profile,
    Relation,
    ResourceProfile,
    Sorting,
    Undetermined,
    UpdatedSince,
    Validation,
)
from checker.profiles.roles import role_by_name
from checker.profiles.templates import Match, best_match
from checker.project.types import MetadataCall, ResourceOverrides

S = TypeVar("S", bound=msgspec.Struct)
BODIES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
PROJECT_FILE = "readiness.yaml"
PROJECT = "the project file says so"
# What a partial document leaves open, and the finding that would settle it.
SETTLED_BY = {
    "pagination": "pagination.ends",
    "filtering": "filter.honoured",
    "sorting": "sort.honoured",
    "updated_since": "updated-since.excludes-older",
    "line_items": "answers.match-document",
    "custom_fields": "answers.match-document",
}
_KEYS: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    ("pagination", Pagination),
    ("filtering", Filtering),
    ("sorting", Sorting),
    ("updated_since", UpdatedSince),
    ("fields", FieldRoles),
    ("validation", Validation),
)
_PLAIN = (
    "role",
    "items_path",
    "record_path",
    "body_path",
    "line_items",
    "custom_fields",
    "answer_path",
    "created_id_path",
    "create_example",
    "deactivate",
)
_COLLECTIONS = ("spread", "write_as", "detail_fields")


def apply_overrides(
    profile: Profile, resources: Mapping[str, ResourceOverrides], *, documented: Iterable[str] = ()
) -> Profile:
    """The profile with the project file's resources merged over it; pure.

    A resource that the document doesn't have is made from its override: a literal path (`/items/contacts`) is matched to the documented
    template (`/items/{collection}`), whose facts carry over while the path parameter is fixed. `documented` are keys of further documented
    operations (`METHOD /path`). What such a resource's document doesn't say becomes open. `declared["partial"]` names these resources.
    Raises InputError for an operation, key or value that no profile has.
    """
    known = {**dict.fromkeys(documented), **_operations(profile)}
    changed: dict[str, ResourceProfile] = {}
    partial: list[str] = []
    for name, override in resources.items():
        detected = profile.resource(name)
        base, operations, fixed = _base(name, detected, override, profile, known)
        merged = _merge(name, replace(base, operations=operations, fixed=fixed), override)
        if _is_partial(detected, merged):
            merged = _opened(merged, override)
            partial.append(name)
        changed[name] = merged
    kept = [changed.pop(one.name, one) for one in profile.resources]
    declared = {**profile.declared, "partial": partial} if partial else profile.declared
    return replace(
        profile,
        resources=(*kept, *changed.values()),
        declared=declared,
        corrections=tuple(dict.fromkeys((*profile.corrections, *_corrections(resources)))),
    )


def _corrections(resources: Mapping[str, ResourceOverrides]) -> Iterable[Correction]:
    """Which keys the project file gives, by resource."""
    for name, override in resources.items():
        given = msgspec.to_builtins(override)
        for one in msgspec.structs.fields(ResourceOverrides):
            if given[one.encode_name] != msgspec.to_builtins(_default(one)):
                yield Correction(by=PROJECT_FILE, at=f"{name}.{one.encode_name}")


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _operations(profile: Profile) -> dict[str, str | None]:
    """Key of each detected operation → the resource it belongs to."""
    found: dict[str, str | None] = {}
    for resource in profile.resources:
        for kind in Operations.__struct_fields__:
            key = getattr(resource.operations, kind)
            if key is not None:
                found.setdefault(key, resource.name)
    return found


def _base(
    name: str,
    detected: ResourceProfile | None,
    override: ResourceOverrides,
    profile: Profile,
    known: Mapping[str, str | None],
) -> tuple[ResourceProfile, Operations, dict[str, dict[str, str]]]:
    """What is merged over, its operations after the override, and the parameters that the override's literal paths fix."""
    matches = {kind: best_match(key, known) for kind, key in override.operations.items() if key is not None}
    _check_kinds(name, override)
    first = matches.get("list") or matches.get("search") or next(iter(matches.values()), None)
    home = profile.resource(known.get(first.key) or "") if first is not None else None
    if detected is not None and (home is None or home.name == name):
        base = detected
    elif home is not None and ((first is not None and first.fixed) or detected is None):
        base = _from_template(name, home, first, detected)
    else:
        base = detected or ResourceProfile(name=name, line_items=None)
    operations = {kind: getattr(base.operations, kind) for kind in Operations.__struct_fields__}
    operations |= {kind: _key(matches.get(kind), key) for kind, key in override.operations.items()}
    path = {parameter: value for one in matches.values() for parameter, value in one.fixed.items()}
    fixed = {**base.fixed, "path": {**base.fixed.get("path", {}), **path}} if path else dict(base.fixed)
    return base, Operations(**operations), fixed


def _key(match: Match | None, key: str | None) -> str | None:
    return match.key if match is not None else key


def _check_kinds(name: str, override: ResourceOverrides) -> None:
    for kind in override.operations:
        if kind not in Operations.__struct_fields__:
            known = ", ".join(Operations.__struct_fields__)
            raise InputError(
                Problem("profiles.unknown-key", {"resource": name, "key": f"operations.{kind}", "known": known})
            )


def _from_template(
    name: str, home: ResourceProfile, match: Match | None, detected: ResourceProfile | None
) -> ResourceProfile:
    """A resource of its own behind a shared operation: the template's facts, its own name and role."""
    role, score = role_by_name(name)
    operations = (
        home.operations if match is not None and match.fixed else detected.operations if detected else Operations()
    )
    why = {**home.why, "operations": f"stands behind the operations of {home.name}"}
    return replace(home, name=name, role=role, role_score=score, operations=operations, why=why)


def _merge(name: str, base: ResourceProfile, override: ResourceOverrides) -> ResourceProfile:
    """Every given key over the base; what the project file says is sure, and no longer open."""
    values: dict[str, Any] = {}
    for key, kind in _KEYS:
        given: dict[str, Any] = getattr(override, key)
        if given:
            values[key] = _convert(name, key, kind, getattr(base, key), _normal(key, given))
    values |= {key: value for key in _PLAIN if (value := getattr(override, key)) is not None}
    values |= {key: value for key in _COLLECTIONS if (value := getattr(override, key))}
    for key in ("spread", "detail_fields"):
        if key in values:
            values[key] = tuple(values[key])
    if override.relations:
        values["relations"] = tuple(_relation(name, one) for one in override.relations)
    if override.metadata is not None:
        values["metadata"] = Metadata(
            **{key: _call(one) or getattr(base.metadata, key) for key, one in _calls(override)}
        )
    if override.body is not None:
        values["body_media"] = BODIES[override.body]
    if override.fixed is not None:
        values["fixed"] = _fixed(base.fixed, override)
    if "role" in values:
        values["role_score"] = 1.0
    if "fields" in values and "created_id_path" not in values:
        values |= _created_id(base, values["fields"])
    said = [*values, *(("operations",) if override.operations else ())]
    values["why"] = {**base.why, **dict.fromkeys(said, PROJECT)}
    values["sure"] = {**base.sure, **dict.fromkeys(said, 1.0)}
    settled = {*said, *(f"fields.{role}" for role, path in override.fields.items() if path is not None)}
    values["undetermined"] = tuple(one for one in base.undetermined if one.what not in settled)
    return replace(base, **values)


def _created_id(base: ResourceProfile, fields: FieldRoles) -> dict[str, str]:
    """Where the answer to a create tells the id, where the project file names another field as the id: beside the one that was taken for it."""
    path, before, after = base.created_id_path, base.fields.id, fields.id
    if path is None or after in (None, before) or before is None or not f".{path}".endswith(f".{before}"):
        return {}
    return {"created_id_path": f"{path.removesuffix(before)}{after}"}


def _normal(key: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Shorthand written out: a bare parameter name is a query parameter; naming how it works says that it does."""
    values = dict(given)
    if isinstance(values.get("param"), str):
        values["param"] = {"name": values["param"], "in": "query"}
    if isinstance(values.get("params"), list):
        values["params"] = [{"name": one, "in": "query"} if isinstance(one, str) else one for one in values["params"]]
    if key in ("filtering", "sorting", "updated_since") and "supported" not in values:
        values["supported"] = True
    return values


def _convert(name: str, key: str, kind: type[S], base: S, given: Mapping[str, Any]) -> S:
    known = {one.encode_name for one in msgspec.structs.fields(kind)}
    unknown = next((one for one in given if one not in known), None)
    if unknown is not None:
        values = {"resource": name, "key": f"{key}.{unknown}", "known": ", ".join(sorted(known))}
        raise InputError(Problem("profiles.unknown-key", values))
    try:
        return msgspec.convert({**msgspec.to_builtins(base), **given}, kind)
    except msgspec.ValidationError as error:
        raise InputError(Problem("profiles.bad-value", {"resource": name, "key": key, "reason": str(error)})) from error


def _relation(name: str, given: Mapping[str, str]) -> Relation:
    try:
        return msgspec.convert(given, Relation)
    except msgspec.ValidationError as error:
        raise InputError(
            Problem("profiles.bad-value", {"resource": name, "key": "relations", "reason": str(error)})
        ) from error


def _calls(override: ResourceOverrides) -> list[tuple[str, MetadataCall | None]]:
    return [(key, getattr(override.metadata, key)) for key in Metadata.__struct_fields__]


def _call(one: MetadataCall | None) -> dict[str, str] | None:
    return {"operation": one.operation, "path": one.path} if one is not None else None


def _fixed(base: Mapping[str, Mapping[str, str]], override: ResourceOverrides) -> dict[str, dict[str, str]]:
    given = override.fixed
    if given is None:
        return {where: dict(values) for where, values in base.items()}
    named = {"path": given.path, "query": given.query, "headers": given.headers}
    merged = {where: {**base.get(where, {}), **values} for where, values in named.items()}
    return {where: values for where, values in merged.items() if values}


def _is_partial(detected: ResourceProfile | None, merged: ResourceProfile) -> bool:
    """Whether the override shows that the document leaves things out: a resource, an operation or a field role it doesn't have."""
    if detected is None:
        return True
    for before, after in ((detected.operations, merged.operations), (detected.fields, merged.fields)):
        for key in before.__struct_fields__:
            if getattr(before, key) is None and getattr(after, key) is not None:
                return True
    return False


def _opened(resource: ResourceProfile, override: ResourceOverrides) -> ResourceProfile:
    """What the document plainly lacks is open where the document is known to be partial."""
    why = "the document is partial: the project file adds to it"
    values: dict[str, Any] = {}
    for key in ("filtering", "sorting", "updated_since"):
        if not getattr(resource, key).supported and not getattr(override, key):
            values[key] = replace(getattr(resource, key), supported=None)
    for key in ("line_items", "custom_fields"):
        if not getattr(resource, key) and getattr(override, key) is None:
            values[key] = None
    if resource.pagination.style == "none" and not override.pagination:
        values["pagination"] = resource.pagination
    listed = {one.what for one in resource.undetermined}
    still = tuple(Undetermined(what=key, why=why, settled_by=SETTLED_BY[key]) for key in values if key not in listed)
    return replace(resource, **values, undetermined=(*resource.undetermined, *still))
