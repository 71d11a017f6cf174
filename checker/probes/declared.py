"""What a document declares, as findings of grade documented. Pure: profiles in, findings out.

A document that says nothing is not a no where it is known to be partial: then the answer is unknown (design.md, decision 14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from checker.catalogue import finding
from checker.errors import Problem
from checker.model.finding import Answer, DocumentEvidence, Finding, Grade
from checker.model.profile import Profile, ResourceProfile
from checker.probes.base import Ledger, Told, no, unknown, whether, yes


@dataclass(frozen=True, slots=True)
class Declared:
    """One resource, and the profile it is part of."""

    profile: Profile
    resource: ResourceProfile

    def fact(self, name: str) -> object:
        """What the detectors noted of this resource under `name` (Profile.declared)."""
        noted = self.profile.declared.get(name)
        return noted.get(self.resource.name) if isinstance(noted, dict) else None

    @property
    def fields_known(self) -> bool:
        """Whether the document tells the record's fields at all."""
        return bool(self.resource.schema)


Say = Callable[[Declared], Told]


def _names(params: Iterable[object]) -> list[str]:
    return [str(getattr(one, "name", one)) for one in params]


def _tri(claim: str, supported: bool | None, **values: Any) -> Told:
    if supported is None:
        return unknown(claim, "not-declared", **values)
    return whether(claim, supported, **values)


def _named(claim: str, at: Declared, key: str, value: object, **values: Any) -> Told:
    """Yes with the name found; no where the fields are known and none plays the role; unknown where the fields aren't known."""
    if value:
        shown: dict[str, Any] = {key: value}
        return yes(claim, **shown, **values)
    return no(claim) if at.fields_known else unknown(claim, "no-schema")


def _readable(at: Declared) -> Told:
    ops = at.resource.operations
    values: dict[str, Any] = {"list": ops.list or ops.search, "read": ops.read}
    return whether("operations.readable-declared", all(values.values()), **values)


def _writable(at: Declared) -> Told:
    ops = at.resource.operations
    values: dict[str, Any] = {"create": ops.create or ops.upsert, "update": ops.update or ops.upsert}
    missing = [name for name, operation in values.items() if operation is None]
    return whether("operations.writable-declared", not missing, **values, missing=missing)


def _deletable(at: Declared) -> Told:
    delete = at.resource.operations.delete
    return whether("operations.delete-declared", delete is not None, delete=delete)


def _pagination(at: Declared) -> Told:
    paging = at.resource.pagination
    if any(one.what == "pagination" for one in at.resource.undetermined):
        return unknown("pagination.declared", "not-declared")
    return whether(
        "pagination.declared",
        paging.style != "none",
        style=paging.style,
        operation=paging.operation or at.resource.operations.list,
    )


def _page_size(at: Declared) -> Told:
    most = at.resource.pagination.max_page_size
    return yes("page-size.declared", max=most) if most else unknown("page-size.declared", "not-declared")


def _filter(at: Declared) -> Told:
    return _tri("filter.declared", at.resource.filtering.supported, params=_names(at.resource.filtering.params))


def _sort(at: Declared) -> Told:
    return _tri("sort.declared", at.resource.sorting.supported, params=_names(at.resource.sorting.params))


def _since(at: Declared) -> Told:
    since = at.resource.updated_since
    # A project file's own query goes before the parameter that the document has.
    param = ", ".join(since.query) or (since.param.name if since.param else None)
    return _tri("updated-since.declared", since.supported, param=param)


def _timestamp(at: Declared) -> Told:
    updated = at.resource.fields.updated
    shown = ", ".join(updated) if isinstance(updated, list) else updated
    return _named("timestamp.declared", at, "field", shown)


def _external_id(at: Declared) -> Told:
    return _named("external-id.declared", at, "field", at.resource.fields.external_id)


def _currency(at: Declared) -> Told:
    return _named("currency.declared", at, "field", at.resource.fields.currency)


def _idempotency(at: Declared) -> Told:
    upsert = at.resource.operations.upsert
    how = at.fact("idempotency") or (f"upsert: {upsert}" if upsert else None)
    return whether("idempotency.declared", how is not None, how=how)


def _batch(at: Declared) -> Told:
    bulk = at.resource.operations.bulk
    return whether("batch.declared", bulk is not None, operation=bulk)


def _validation(at: Declared) -> Told:
    rules = at.resource.validation
    values: dict[str, Any] = {
        "required": list(rules.required),
        "enum": list(rules.enum),
        "max_length": list(rules.max_length),
    }
    if not any(values.values()) and not at.fields_known:
        return unknown("validation.declared", "no-schema")
    return whether("validation.declared", any(values.values()), **values)


def _line_items(at: Declared) -> Told:
    return _tri("line-items.declared", at.resource.line_items, path=at.resource.line_items_path)


def _custom_fields(at: Declared) -> Told:
    return _tri("custom-fields.declared", at.resource.custom_fields, how=at.fact("custom_fields"))


def _relations(at: Declared) -> Told:
    shown = [f"{one.field} → {one.to}" for one in at.resource.relations]
    if not shown and not at.fields_known:
        return unknown("relations.declared", "no-schema")
    return whether("relations.declared", bool(shown), relations=shown)


def _deletes(at: Declared) -> Told:
    since = at.resource.updated_since
    how = at.fact("deletes_visible") or at.resource.fields.deleted or since.deletes or since.deleted_query
    return yes("delete.visible-declared", how=how) if how else unknown("delete.visible-declared", "not-declared")


def _lock(at: Declared) -> Told:
    how = at.fact("optimistic_lock")
    return whether("optimistic-lock.declared", how is not None, how=how)


def _error_format(at: Declared) -> Told:
    codes = at.fact("error_codes")
    return whether("error-format.declared", bool(codes), codes=codes or [])


def _read_only(at: Declared) -> Told:
    fields = [one.name for one in at.resource.schema if one.read_only]
    return yes("read-only.declared", fields=fields) if fields else unknown("read-only.declared", "not-declared")


def _role(at: Declared) -> Told:
    role = at.resource.role
    return whether("role.recognised", role is not None, role=role, score=at.resource.role_score)


def _events(at: Declared) -> Told:
    hooks = at.profile.webhooks
    if hooks.kind == "none":
        return no("webhooks.events-declared", events=[], missing=["create", "update", "delete"])
    words = {
        at.resource.name.lower(),
        (at.resource.role or at.resource.name).lower(),
        at.resource.name.lower().rstrip("s"),
    }
    mine = [event for event in hooks.events if any(word in event.lower() for word in words)]
    if not mine:
        return unknown("webhooks.events-declared", "not-declared")
    kinds = {
        "create": ("creat", "new", "add"),
        "update": ("updat", "chang", "modif", "edit"),
        "delete": ("delet", "remov", "archiv"),
    }
    missing = [
        kind for kind, stems in kinds.items() if not any(stem in event.lower() for event in mine for stem in stems)
    ]
    return whether("webhooks.events-declared", not missing, events=mine, missing=missing)


# claim → (who says it, which capability's pointer is the evidence)
RESOURCE_CLAIMS: tuple[tuple[str, Say, str], ...] = (
    ("operations.readable-declared", _readable, "list"),
    ("operations.writable-declared", _writable, "create"),
    ("operations.delete-declared", _deletable, "delete"),
    ("pagination.declared", _pagination, "pagination"),
    ("page-size.declared", _page_size, "pagination"),
    ("filter.declared", _filter, "filtering"),
    ("sort.declared", _sort, "sorting"),
    ("updated-since.declared", _since, "updated_since"),
    ("timestamp.declared", _timestamp, "list"),
    ("external-id.declared", _external_id, "list"),
    ("idempotency.declared", _idempotency, "create"),
    ("batch.declared", _batch, "bulk"),
    ("validation.declared", _validation, "create"),
    ("line-items.declared", _line_items, "list"),
    ("custom-fields.declared", _custom_fields, "list"),
    ("currency.declared", _currency, "list"),
    ("relations.declared", _relations, "list"),
    ("delete.visible-declared", _deletes, "list"),
    ("optimistic-lock.declared", _lock, "update"),
    ("error-format.declared", _error_format, "create"),
    ("read-only.declared", _read_only, "create"),
    ("role.recognised", _role, "list"),
    ("webhooks.events-declared", _events, "webhooks"),
)


def _system_claims(profile: Profile, names: frozenset[str]) -> Iterator[Told]:
    document = profile.document
    yield yes("document.available", source=document.source)
    spelt = "Swagger" if document.openapi.startswith("2") else "OpenAPI"
    yield yes("document.readable", kind=f"{spelt} {document.openapi}")
    problems = len(profile.problems)
    if profile.valid is None:
        yield unknown("document.valid", "no-verdict", problems=problems)
    else:
        first = profile.problems[0].message if profile.problems else None
        yield whether("document.valid", profile.valid, problems=problems, first=first, validator=profile.validated_by)
    inside = [one for one in profile.resources if one.name in names]
    left_open = sum(len(one.undetermined) for one in inside)
    yield whether("document.complete", left_open == 0, open=left_open, of=len(inside))
    kinds = sorted({one.kind for one in profile.auth})
    yield whether("auth.declared", bool(kinds), kinds=kinds)
    yield whether("version.declared", bool(document.version), version=document.version)
    keys = {key for one in inside for key in _operations(one)}
    outdated = [key for key in profile.declared.get("deprecated", []) if key in keys]
    yield whether("version.current", not outdated, deprecated=outdated)
    limit = profile.declared.get("rate_limit")
    yield yes("rate-limit.declared", where=limit) if limit else unknown("rate-limit.declared", "not-declared")
    hooks = profile.webhooks
    yield whether("webhooks.declared", hooks.kind != "none", kind=hooks.kind, operations=list(hooks.operations))
    first_operation = next(iter(hooks.operations), None)
    yield whether("webhooks.registration-by-api", hooks.kind == "subscription_api", operation=first_operation)


def _operations(resource: ResourceProfile) -> list[str]:
    return [
        one for one in (getattr(resource.operations, name) for name in resource.operations.__struct_fields__) if one
    ]


def _pointer(at: Declared, capability: str) -> str | None:
    """Where the document says it: the capability's own pointer, else the operation's."""
    own = {"pagination": at.resource.pagination, "filtering": at.resource.filtering, "sorting": at.resource.sorting,
           "updated_since": at.resource.updated_since, "webhooks": at.profile.webhooks}.get(capability)  # fmt: skip
    pointer = getattr(own, "pointer", None)
    key = pointer or getattr(at.resource.operations, capability, None) or at.resource.operations.list
    if key is None or key.startswith("#"):
        return key
    method, _, path = key.partition(" ")
    return "#/paths/" + path.replace("~", "~0").replace("/", "~1") + "/" + method.lower()


def findings_of_document(system: str, profile: Profile, names: Iterable[str], ledger: Ledger) -> Iterator[Finding]:
    """Everything that the profile of `system` declares about itself and about its resources `names`."""
    wanted = frozenset(names)
    whole = ledger.add(
        f"{system}|document|0", DocumentEvidence(system=system, source=profile.document.source, pointer="#")
    )
    for told in _system_claims(profile, wanted):
        yield finding(told.claim, system, told.answer, Grade.DOCUMENTED, told.values, (whole,))
    for resource in profile.resources:
        if resource.name not in wanted:
            continue
        at = Declared(profile, resource)
        for claim, say, capability in RESOURCE_CLAIMS:
            told = say(at)
            evidence = _evidence(at, system, capability, told, ledger)
            yield finding(claim, f"{system}/{resource.name}", told.answer, Grade.DOCUMENTED, told.values, evidence)


def _evidence(at: Declared, system: str, capability: str, told: Told, ledger: Ledger) -> tuple[str, ...]:
    pointer = _pointer(at, capability)
    if pointer is None or told.answer is Answer.UNKNOWN:
        return ()
    why = at.resource.why.get(capability, "")
    place = DocumentEvidence(system=system, source=at.profile.document.source, pointer=pointer, excerpt=why)
    return (ledger.add(f"{system}|document|{at.resource.name}|{capability}|{pointer}", place),)


def findings_without_document(system: str, problem: Problem | None, source: str | None) -> Iterator[Finding]:
    """What is to be said of a system without a readable document: `problem` says why it can't be read, None where there is none."""
    there = source is not None
    yield finding(
        "document.available", system, Answer.YES if there else Answer.NO, Grade.DOCUMENTED, {"source": source}
    )
    if problem is not None:
        # The path on this machine is nobody else's business: the document is named as the project file does.
        details = {**problem.values, "file": source}
        yield finding(
            "document.readable", system, Answer.NO, Grade.DOCUMENTED, {"problem": problem.code, "details": details}
        )
