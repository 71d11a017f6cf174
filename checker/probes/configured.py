"""What the project file says, and whether it fits what both documents declare. Pure: project and profiles in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import Any
from urllib.parse import urlsplit

from checker.catalogue import finding
from checker.model.finding import Finding, Grade, ProjectEvidence
from checker.model.profile import FieldInfo, Profile
from checker.probes.base import Ledger, Told, unknown, whether, yes
from checker.profiles.declared import LOCK_FIELDS
from checker.profiles.names import flat
from checker.project.load import LoadedProject
from checker.project.sides import FlowView, Side, leans_on, many, travels, views
from checker.project.types import FieldMapping, NoAuth, Project, System

UNATTENDED = frozenset(
    {
        "none",
        "bearer",
        "basic",
        "api_key_header",
        "api_key_query",
        "api_key_cookie",
        "oauth2_client_credentials",
        "oauth2_password",
        "oauth2_refresh_token",
        "login",
    }
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _stated(claim: str, value: object, **values: Any) -> Told:
    return yes(claim, **values) if value else unknown(claim, "not-in-mapping", **values)


def _policy(view: FlowView, value: object) -> object:
    if not isinstance(value, dict):
        return value
    left, right = view.left.system, view.right.system
    ways = {"left-to-right": f"{left} → {right}", "right-to-left": f"{right} → {left}"}
    return ", ".join(f"{ways.get(way, way)}: {what}" for way, what in value.items())


def _objects_found(view: FlowView, documented: Collection[str]) -> Told:
    """Without a document nobody can say that an object isn't there."""
    lost = [side for side in (view.left, view.right) if side.profile is None]
    missing = [f"{side.system}/{side.resource}" for side in lost]
    if lost and not any(side.system in documented for side in lost):
        return unknown("flow.objects-found", "no-document", left=view.flow.left, right=view.flow.right, missing=missing)
    return whether("flow.objects-found", not missing, left=view.flow.left, right=view.flow.right, missing=missing)


def _decisions(view: FlowView) -> Iterator[Told]:
    flow = view.flow
    scope = {**flow.filter.left, **flow.filter.right}
    yield _stated("flow.filter-stated", scope, filter=", ".join(f"{name} = {value}" for name, value in scope.items()))
    yield _stated("flow.leading-named", flow.leading, leading=flow.leading)
    yield _stated("flow.freshness-stated", flow.freshness, freshness=flow.freshness)
    keys = [" + ".join(many(one)) for one in flow.match]
    yield _stated("flow.match-keys-named", keys, keys=keys)
    for event in ("on_create", "on_update", "on_delete"):
        policy = _policy(view, getattr(flow, event))
        yield _stated(f"flow.{event.replace('_', '-')}-stated", policy, policy=policy)
    yield _stated("flow.conflict-stated", flow.on_conflict, policy=flow.on_conflict)
    yield _stated("flow.new-field-stated", flow.on_new_field, policy=flow.on_new_field)
    duplicates = (
        flow.duplicates if isinstance(flow.duplicates, str) or flow.duplicates is None else flow.duplicates.policy
    )
    notify = [] if isinstance(flow.duplicates, str) or flow.duplicates is None else flow.duplicates.notify
    yield _stated("flow.duplicates-stated", duplicates, policy=duplicates, notify=notify)
    yield yes("flow.guard-stated", percent=flow.guard.percent, records=flow.guard.records)


def _relations(view: FlowView, linked: set[str]) -> Told:
    """Relations of a source's record to a resource that another flow carries must be mapped with `link`, or explained in `not_synced`."""
    sources = [side for side, _ in view.directions if side.profile and not side.inside]
    found = [(side, one) for side in sources if side.profile for one in side.profile.relations]
    explained = set(view.flow.not_synced)
    inside = [(side, one) for side, one in found if f"{side.system}/{one.to}" in linked and one.field not in explained]
    named = {name for one in view.flow.fields if one.link for name in (*many(one.left), *many(one.right))}
    if lines := view.flow.lines:
        for one in lines.fields:
            ends = ((lines.left, one.left), (lines.right, one.right)) if one.link else ()
            named |= {f"{at}.{name}" for at, names in ends for name in many(names)}
    named |= {name.rpartition(".")[0] for name in named if "." in name}  # `customer.id` links what `customer` points at
    missing = [
        f"{side.system}: {one.field} → {one.to}" for side, one in inside if one.field.replace("[]", "") not in named
    ]
    shown = [f"{one.field} → {one.to}" for _, one in inside]
    return whether("flow.relations-linked", not missing, relations=shown, missing=missing)


def _mapping(view: FlowView) -> Iterator[Told]:
    flow = view.flow
    yield whether("mapping.present", bool(flow.fields), fields=len(flow.fields))
    if not flow.fields:
        return
    pairs = [
        (side, name)
        for one in flow.fields
        for side, names in ((view.left, one.left), (view.right, one.right))
        for name in many(names)
    ]
    if all(side.fields for side in (view.left, view.right)):
        missing = [f"{side.system}: {name}" for side, name in pairs if not side.covers(name)]
        yield whether("mapping.fields-exist", not missing, missing=missing)
        clashes = [clash for one in flow.fields for clash in _clashes(view, one)]
        yield whether("mapping.types-fit", not clashes, clashes=clashes)
        open_options = [text for one in flow.fields for text in _open_options(view, one)]
        yield whether("mapping.options-mapped", not open_options, missing=open_options)
        unexplained = _unexplained(view)
        yield whether("mapping.unmapped-explained", not unexplained, unexplained=unexplained)
    else:
        for claim in (
            "mapping.fields-exist",
            "mapping.types-fit",
            "mapping.options-mapped",
            "mapping.unmapped-explained",
        ):
            yield unknown(claim, "no-schema")
    ownerless = (
        []
        if flow.leading or flow.direction != "both"
        else [str(one.left) for one in flow.fields if not one.leading and one.direction in (None, "both")]
    )
    yield _named("mapping.owners-named", ownerless, view)
    yield _named("mapping.empty-stated", [str(one.left) for one in flow.fields if one.empty is None], view)


def _named(claim: str, missing: list[str], view: FlowView) -> Told:
    """A decision for each field: where nobody has taken any yet, the question is open rather than answered badly."""
    if missing and len(missing) == len(view.flow.fields):
        return unknown(claim, "not-in-mapping", missing=missing)
    return whether(claim, not missing, missing=missing)


def _clashes(view: FlowView, mapping: FieldMapping) -> Iterator[str]:
    """A pair of plain fields that doesn't fit in type or length, and that no transformation brings together."""
    if (
        mapping.transform
        or mapping.options
        or mapping.link
        or isinstance(mapping.left, list)
        or isinstance(mapping.right, list)
    ):
        return
    left, right = view.left.fields.get(mapping.left), view.right.fields.get(mapping.right)
    if left is None or right is None:
        return
    numbers = {"integer", "number"}
    if left.type and right.type and left.type != right.type and not {left.type, right.type} <= numbers:
        yield f"{mapping.left} ({left.type}) ↔ {mapping.right} ({right.type})"
    for source, target, to_right in ((left, right, True), (right, left, False)):
        flows = view.flow.direction in ("both", "left-to-right" if to_right else "right-to-left")
        if (
            flows
            and travels(mapping, to_right=to_right)
            and target.max_length
            and (source.max_length or 0) > target.max_length
        ):
            yield f"{source.name} ({source.max_length}) → {target.name} ({target.max_length})"


def _open_options(view: FlowView, mapping: FieldMapping) -> Iterator[str]:
    """Choices of a drop-down that the mapping's table doesn't have, unless a default is named for them."""
    if (
        mapping.transform
        or mapping.unknown_option != "error"
        or isinstance(mapping.left, list)
        or isinstance(mapping.right, list)
    ):
        return
    left, right = view.left.fields.get(mapping.left), view.right.fields.get(mapping.right)
    table = mapping.options or {}
    for side, field, known in (
        (view.left, left, set(map(str, table))),
        (view.right, right, set(map(str, table.values()))),
    ):
        other = (right if field is left else left) if field is not None else None
        same = {str(one) for one in other.enum} if other is not None else set()
        for choice in field.enum if field is not None else ():
            if str(choice) not in known | (same if not table else set()) and choice is not None:
                yield f"{side.system}: {field.name if field else '?'} = {choice}"


def _unexplained(view: FlowView) -> list[str]:
    """Top-level fields of the source sides that are neither mapped nor explained in `not_synced`, read-only ones apart."""
    result = []
    for source, _ in view.directions:
        to_right = source is view.left
        top = partial(_top, source)
        mapped = {top(name) for one in view.flow.fields for name in many(one.left if to_right else one.right)}
        lines = view.flow.lines
        mapped |= {top(lines.left if to_right else lines.right)} if lines else set()
        explained = set(view.flow.not_synced)
        closed = {one for one, info in source.fields.items() if info.read_only or info.constant or _counts(info)}
        names = {top(one) for one in source.fields if one not in closed and one.partition(".")[0] not in closed}
        result += sorted(f"{source.system}: {name}" for name in names - mapped - explained)
    return result


def _counts(info: FieldInfo) -> bool:
    """Whether a field is the record's version, which no two systems share."""
    return info.type == "integer" and flat(info.name) in LOCK_FIELDS


def _top(side: Side, name: str) -> str:
    """The field at the record's top that a field stands in."""
    spread = side.profile.spread if side.profile is not None and not side.inside else ()
    holder, dot, rest = name.partition(".")
    inner = rest.split(".")[0].replace("[]", "")
    return f"{holder}.{inner}" if dot and holder in spread else holder.replace("[]", "")


def _directional(view: FlowView, source: Side, target: Side) -> Iterator[Told]:
    if source.profile is None or target.profile is None:
        yield unknown("endpoints.suffice-declared", "no-such-resource")
        yield unknown("mapping.required-fed", "no-such-resource")
        return
    of, to = source.profile.operations, target.profile.operations
    needed = {
        "list": of.list or of.search,
        "read": of.read,
        "create": to.create or to.upsert,
        "update": to.update or to.upsert,
    }
    if view.flow.on_delete == "delete":
        needed["delete"] = to.delete
    missing = [
        f"{source.system if name in ('list', 'read') else target.system}: {name}"
        for name, operation in needed.items()
        if operation is None
    ]
    yield whether(
        "endpoints.suffice-declared",
        not missing,
        missing=missing,
        source=f"{source.system}/{source.resource}",
        target=f"{target.system}/{target.resource}",
    )
    if not target.fields:
        yield unknown("mapping.required-fed", "no-schema")
        return
    fed = view.fed(target)
    starved = [
        one
        for one in target.required
        if not any(one == name or name.startswith(f"{one}.") or one.startswith(f"{name}.") for name in fed)
    ]
    yield whether("mapping.required-fed", not starved, missing=starved, required=list(target.required))


def _order(project: Project) -> Told:
    """The order in which flows must be loaded: what a link points at comes first."""
    graph = {flow.name: {*leans_on(flow)} - {flow.name} for flow in project.flows}
    try:
        return yes("flow.order-computed", order=list(TopologicalSorter(graph).static_order()), cycle=None)
    except CycleError as error:
        return whether("flow.order-computed", False, order=[], cycle=list(error.args[1]))


def _system(system: System, profile: Profile | None, missing: str | None) -> Iterator[Told]:
    auth = system.auth
    if auth is None:
        yield unknown("credentials.configured", "no-credentials", kind=None, missing=None)
    else:
        yield whether("credentials.configured", missing is None, kind=auth.__struct_config__.tag, missing=missing)
    yield _unattended(system, profile)
    if system.base_url is None:
        yield unknown("sandbox.marked", "no-base-url", url=None)
    else:
        yield whether("sandbox.marked", system.sandbox, url=system.base_url)
    url = system.base_url or next(iter(profile.document.servers if profile else ()), None)
    if url is None:
        yield unknown("transport.encrypted", "no-base-url")
    else:
        parts = urlsplit(url)
        yield whether("transport.encrypted", parts.scheme == "https" or parts.hostname in LOOPBACK, url=url)


def _unattended(system: System, profile: Profile | None) -> Told:
    """What is configured decides; else what the document offers."""
    if system.auth is not None and not isinstance(system.auth, NoAuth):
        kind = str(system.auth.__struct_config__.tag)
        return whether("auth.unattended", kind in UNATTENDED, kind=kind)
    kinds = sorted({one.kind for one in profile.auth}) if profile else []
    if not kinds:
        return unknown("auth.unattended", "not-declared")
    fitting = [kind for kind in kinds if kind in UNATTENDED]
    return whether("auth.unattended", bool(fitting), kind=", ".join(fitting or kinds))


def _pair(project: Project) -> Iterator[Told]:
    addresses = project.platform.static_ips if project.platform else []
    yield _stated("platform.addresses-stated", addresses, addresses=addresses)
    to = project.notify.to if project.notify else []
    yield _stated("notify.recipient-named", to, to=to)


Missing = Callable[[str], str | None]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from _references(child)
    elif hasattr(value, "__struct_fields__"):
        for name in value.__struct_fields__:
            yield from _references(getattr(value, name))


def missing_secret(system: System, missing: Missing) -> str | None:
    """The first reference of the system's credentials that leads nowhere, as written."""
    return next((found for text in _references(system.auth) if (found := missing(text)) is not None), None)


def findings_of_project(
    loaded: LoadedProject, profiles: Mapping[str, Profile], missing: Missing, ledger: Ledger
) -> Iterator[Finding]:
    """Everything that the project file settles, or leaves open, by itself and against both documents."""
    project = loaded.project
    linked = {reference.partition(".")[0] for flow in project.flows for reference in (flow.left, flow.right)}

    def told(
        subject: str, answers: Iterable[Told], *key: str | int, grade: Grade = Grade.DOCUMENTED
    ) -> Iterator[Finding]:
        name = ".".join(str(one) for one in key)
        place = ProjectEvidence(file=loaded.path.name, key=name, line=loaded.line(*key))
        evidence = (ledger.add(f"project|{subject}", place),)
        for one in answers:
            yield finding(one.claim, subject, one.answer, grade, one.values, evidence)

    for name, system in project.systems.items():
        yield from told(name, _system(system, profiles.get(name), missing_secret(system, missing)), "systems", name)
        for resource, volume in system.volumes.items():
            both = volume.records is not None and volume.changed_per_day is not None
            stated = whether("volumes.stated", both, records=volume.records, changed_per_day=volume.changed_per_day)
            yield from told(f"{name}/{resource}", [stated], "systems", name, "volumes", resource, grade=Grade.ANSWERED)
    yield from told("pair", _pair(project), grade=Grade.ANSWERED)
    yield from told("pair", [_order(project)])
    for i, view in enumerate(views(project, profiles)):
        subject = f"flow:{view.flow.name}"
        # A decision is somebody's word, whoever wrote it into the file; how the mapping fits both documents can be looked up in them.
        yield from told(subject, [_objects_found(view, profiles)], "flows", i)
        yield from told(subject, _decisions(view), "flows", i, grade=Grade.ANSWERED)
        yield from told(subject, [_relations(view, linked), *_mapping(view)], "flows", i)
        for source, target in view.directions:
            yield from told(
                f"{subject}:{source.system}->{target.system}", _directional(view, source, target), "flows", i
            )
