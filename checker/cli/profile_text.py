"""A profile as a page of text: access, problems by kind, the resources as a table, then what the document leaves open."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from checker.model.profile import DocumentProblem, Profile, ResourceProfile
from checker.model.text import safe

MOST_KINDS = 8  # of problems
MOST_NAMES = 6  # in a list within a line
VARIABLE = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
HEADS = ("resource", "role", "list", "read", "create", "update", "delete", "paging", "filter", "sort", "since", "lines")
SIGNS: Mapping[bool | None, str] = {True: "yes", False: "-", None: "?"}


def profile_lines(profile: Profile, *, everything: bool) -> Iterator[str]:
    """The profile as a reader wants it; resources with a known role in a table (with `everything` all, and each in detail)."""
    document = profile.document
    yield f"{safe(document.title)} {safe(document.version)}   OpenAPI {document.openapi}, {profile.operations} operations"
    yield f"  access:   {', '.join(one.kind for one in profile.auth) or 'none declared'}"
    yield f"  webhooks: {profile.webhooks.kind.replace('_', ' ')}{' via ' + ', '.join(profile.webhooks.operations) if profile.webhooks.operations else ''}"
    yield f"  servers:  {', '.join(safe(one) for one in document.servers) or 'none named'}"
    if profile.corrections:
        yield f"  corrected: {len(profile.corrections)} places by {', '.join(sorted({safe(one.by) for one in profile.corrections}))}"
    yield f"  valid:    {_valid(profile)}"
    yield from _problems(profile.problems)
    shown = [one for one in profile.resources if everything or one.role is not None]
    yield ""
    yield from _table([HEADS, *(_row(one) for one in shown)])
    yield "  (yes: declared, -: not declared, ?: the document leaves it open; paging with * asks by POST)"
    hidden = len(profile.resources) - len(shown)
    if hidden:
        yield f"  {hidden} more resources without a known role: --all shows them, and all in detail"
    yield from _gaps(shown)
    if everything:
        for resource in shown:
            yield ""
            yield from _resource(resource)


def _valid(profile: Profile) -> str:
    if profile.valid is None:
        return "not decided"
    return (
        "yes" if profile.valid else "no"
    ) + f" ({safe(profile.validated_by or '?')}), problems listed: {len(profile.problems)}"


def _problems(problems: Sequence[DocumentProblem]) -> Iterator[str]:
    """Problems of one kind together: how many, the first of them with its place, the lines of some others."""
    kinds: dict[str, list[DocumentProblem]] = defaultdict(list)
    for one in problems:
        kinds[VARIABLE.sub("…", one.message)].append(one)
    for alike in sorted(kinds.values(), key=len, reverse=True)[:MOST_KINDS]:
        first = alike[0]
        line = f"line {first.line}: " if first.line else ""
        yield f"    {len(alike):3} ×  {line}{safe(first.message, 110)}  ({safe(first.pointer, 80)})"
        others = [str(one.line) for one in alike[1 : MOST_NAMES + 1] if one.line]
        if others:
            yield f"           also lines {', '.join(others)}{' …' if len(alike) > MOST_NAMES + 1 else ''}"
    if len(kinds) > MOST_KINDS:
        yield f"    and {len(kinds) - MOST_KINDS} more kinds: --format json has them all"


def _row(one: ResourceProfile) -> tuple[str, ...]:
    operations = one.operations
    role = f"{one.role} {one.role_score:.0%}" if one.role and one.role_score is not None else "-"
    asked = operations.list or operations.search
    can = [bool(getattr(operations, kind)) for kind in ("read", "create", "update", "delete")]
    flags = (one.filtering.supported, one.sorting.supported, one.updated_since.supported, one.line_items)
    return (
        safe(one.name, 40),
        role,
        SIGNS[asked is not None],
        *(SIGNS[yes] for yes in can),
        one.pagination.style + ("*" if (one.pagination.operation or "").startswith("POST") else ""),
        *(SIGNS[flag] for flag in flags),
    )


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[number]) for row in rows) for number in range(len(HEADS))]
    for number, row in enumerate(rows):
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if number == 0:
            yield "  " + "  ".join("─" * width for width in widths)


def _gaps(shown: Iterable[ResourceProfile]) -> Iterator[str]:
    """What the document leaves open, by what it is: the resources, and the finding that would settle it."""
    gaps: dict[tuple[str, str], list[str]] = defaultdict(list)
    for resource in shown:
        for one in resource.undetermined:
            gaps[one.what, one.settled_by].append(resource.name)
    if gaps:
        yield ""
        yield "  Left open by the document (`--ask` writes the questions to the vendor):"
    for (what, claim), names in gaps.items():
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        yield f"    {what}: {', '.join(safe(one, 40) for one in names[:MOST_NAMES])}{more}   (settled by {claim})"


def _flag(supported: bool | None, names: list[str]) -> str:
    if supported is None:
        return "the document leaves it open" + (f" ({', '.join(names)})" if names else "")
    return f"yes: {', '.join(names)}" if supported else "no"


def _resource(one: ResourceProfile) -> Iterator[str]:
    yield f"{safe(one.name)}{'   ' + safe(one.why['role']) if 'role' in one.why else ''}"
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
    for role, names in one.ambiguous.items():
        yield f"  {'unclear:':14} {role} may be {' or '.join(safe(name) for name in names)}"
    rules = one.validation
    if rules.required:
        yield f"  {'required:':14} {', '.join(safe(name) for name in rules.required)}"
    for left_open in one.undetermined:
        yield f"  {'open:':14} {safe(left_open.what)}: {safe(left_open.why)} (settled by {left_open.settled_by})"


def _name(name: str | list[str]) -> str:
    """A field's name; the names of one that is split."""
    return " + ".join(safe(one) for one in name) if isinstance(name, list) else safe(name)
