"""A profile as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from checker.model.profile import Profile, ResourceProfile
from checker.model.text import safe

MOST_PROBLEMS = 10


def profile_lines(profile: Profile, *, everything: bool) -> Iterator[str]:
    """The profile as a reader wants it: the document, access, then each resource with a known role (with `everything` all)."""
    document = profile.document
    yield f"{safe(document.title)} {safe(document.version)}   OpenAPI {document.openapi}, {profile.operations} operations"
    yield f"  valid:    {_valid(profile)}"
    for problem in profile.problems[:MOST_PROBLEMS]:
        yield f"            {'line ' + str(problem.line) + ': ' if problem.line else ''}{safe(problem.message, 110)}  ({safe(problem.pointer, 80)})"
    if len(profile.problems) > MOST_PROBLEMS:
        yield f"            and {len(profile.problems) - MOST_PROBLEMS} more"
    yield f"  access:   {', '.join(one.kind for one in profile.auth) or 'none declared'}"
    yield f"  webhooks: {profile.webhooks.kind.replace('_', ' ')}{' via ' + ', '.join(profile.webhooks.operations) if profile.webhooks.operations else ''}"
    yield f"  servers:  {', '.join(safe(one) for one in document.servers) or 'none named'}"
    shown = [one for one in profile.resources if everything or one.role is not None]
    for resource in shown:
        yield ""
        yield from _resource(resource)
    hidden = len(profile.resources) - len(shown)
    if hidden:
        yield f"\n{hidden} more resources without a known role: --all shows them"


def _valid(profile: Profile) -> str:
    if profile.valid is None:
        return "not decided"
    return (
        "yes" if profile.valid else "no"
    ) + f" ({safe(profile.validated_by or '?')}), problems listed: {len(profile.problems)}"


def _flag(supported: bool | None, names: list[str]) -> str:
    if supported is None:
        return "the document leaves it open" + (f" ({', '.join(names)})" if names else "")
    return f"yes: {', '.join(names)}" if supported else "no"


def _resource(one: ResourceProfile) -> Iterator[str]:
    role = f"   looks like: {one.role} ({one.role_score:.0%})" if one.role and one.role_score is not None else ""
    yield f"{safe(one.name)}{role}"
    operations = {name: getattr(one.operations, name) for name in one.operations.__struct_fields__}
    for name, operation in operations.items():
        if operation:
            yield f"  {name + ':':14} {safe(operation)}"
    paging = one.pagination
    most = f", at most {paging.max_page_size} a page" if paging.max_page_size else ""
    yield f"  {'paging:':14} {paging.style} ({', '.join(safe(param.name) for param in paging.params) or 'no parameters'}){most}"
    yield f"  {'filter:':14} {_flag(one.filtering.supported, [safe(param.name) for param in one.filtering.params][:8])}"
    yield f"  {'sort:':14} {_flag(one.sorting.supported, [safe(param.name) for param in one.sorting.params])}"
    since = one.updated_since
    yield f"  {'changed since:':14} {_flag(since.supported, [safe(since.param.name)] if since.param else [])}"
    known = {name: getattr(one.fields, name) for name in one.fields.__struct_fields__ if getattr(one.fields, name)}
    yield f"  {'fields:':14} {', '.join(f'{role} = {_name(name)}' for role, name in known.items()) or 'none recognised'}"
    rules = one.validation
    if rules.required:
        yield f"  {'required:':14} {', '.join(safe(name) for name in rules.required)}"
    for left_open in one.undetermined:
        yield f"  {'open:':14} {safe(left_open.what)}: {safe(left_open.why)} (settled by {left_open.settled_by})"


def _name(name: str | list[str]) -> str:
    """A field's name; the names of one that is split."""
    return " + ".join(safe(one) for one in name) if isinstance(name, list) else safe(name)
