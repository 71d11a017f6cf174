"""`init`: two profiles → a project file to start from, with what was guessed, how sure, and what is still to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checker.model.profile import AuthScheme, Profile, ResourceProfile
from checker.model.text import safe

# Roles worth synchronising, in the order in which they are loaded: what others point at comes first.
ROLES = ("company", "contact", "product", "deal", "order", "invoice")
FLOW_NAMES = {
    "company": "companies",
    "contact": "contacts",
    "product": "products",
    "deal": "deals",
    "order": "orders",
    "invoice": "invoices",
}
MATCH: dict[str, list[str | list[str]]] = {
    "company": ["vat_id", ["name", "country"]],
    "contact": ["email"],
    "product": ["number"],
    "deal": ["external_id"],
    "order": ["number"],
    "invoice": ["number"],
}
# Field roles that a first mapping is suggested from, and the transformation that usually belongs to them.
SUGGESTED = {
    "email": "[lowercase, trim]",
    "name": "[trim]",
    "vat_id": "[trim]",
    "number": "[trim]",
    "currency": "",
    "country": "",
}

AUTH_LINES = {
    "bearer": 'kind: bearer, token: "${{env:{prefix}_TOKEN}}"',
    "api_key_header": 'kind: api_key_header, name: {name}, value: "${{env:{prefix}_API_KEY}}"',
    "api_key_query": 'kind: api_key_query, name: {name}, value: "${{env:{prefix}_API_KEY}}"',
    "api_key_cookie": 'kind: api_key_cookie, name: {name}, value: "${{env:{prefix}_API_KEY}}"',
    "basic": 'kind: basic, username: CHANGE-ME, password: "${{env:{prefix}_PASSWORD}}"',
    "oauth2_client_credentials": 'kind: oauth2_client_credentials, token_url: {token_url}, client_id: CHANGE-ME, client_secret: "${{env:{prefix}_CLIENT_SECRET}}"',
}


@dataclass(frozen=True, slots=True)
class Given:
    """A system of the command line: its name, its document as written, and the profile read from it (None without a document)."""

    name: str
    document: str | None
    profile: Profile | None


def propose(title: str, systems: tuple[Given, Given]) -> str:
    """The text of a valid readiness.yaml. Comments say what was guessed and how sure, and what is to fill in."""
    lines = [
        "# Written by `readiness init`. Check every guess, fill in what is marked CHANGE-ME; `readiness` shows what comes next.",
        f"project: {_quoted(title)}",
        "language: en                 # of the report: en or de",
        "# go_live: 2027-02-01        # optional: dates are computed backwards from it",
        "systems:",
    ]
    for given in systems:
        lines += _system(given)
    lines += ["flows:"]
    flows = list(_flows(*systems))
    lines += flows or [
        "  []                         # no pair of resources was recognised: name them yourself, as in the project of `readiness demo`"
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + safe(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _system(given: Given) -> Iterator[str]:
    yield f"  {given.name}:"
    if given.document is None:
        yield "    # document: api.json      # the system's OpenAPI document: file or address"
    else:
        yield f"    document: {_quoted(given.document)}"
    server = next(iter(given.profile.document.servers), None) if given.profile else None
    yield f"    # base_url: {safe(server or 'https://sandbox.example.com')}    # the SANDBOX's address, never production's"
    yield "    sandbox: false             # true once you are sure that base_url is a sandbox; nothing is written before"
    yield from _auth(given)
    yield "    # timezone: Europe/Berlin  # of timestamps without a zone"
    yield "    # limits: {requests_per_second: 5, daily_quota: 5000, share: 0.5}"
    names = [one.name for one in given.profile.resources if one.role in ROLES] if given.profile else []
    yield f"    # volumes: {{{', '.join(f'{_key(one)}: {{records: 0, changed_per_day: 0}}' for one in names[:3]) or 'contacts: {records: 0, changed_per_day: 0}'}}}"


def _auth(given: Given) -> Iterator[str]:
    schemes = given.profile.auth if given.profile else ()
    fitting: AuthScheme | None = next((one for one in schemes if one.kind in AUTH_LINES), None)
    prefix = "".join(c if c.isalnum() else "_" for c in given.name).upper()
    if fitting is None:
        yield f"    # auth: {{{AUTH_LINES['bearer'].format(prefix=prefix)}}}    # no usable scheme was declared"
        return
    values = {
        "prefix": prefix,
        "name": _quoted(fitting.parameter or "CHANGE-ME"),
        "token_url": _quoted(fitting.token_url or "CHANGE-ME"),
    }
    yield f"    # auth: {{{AUTH_LINES[fitting.kind].format(**values)}}}    # declared as {safe(fitting.name)}; set the variable, then remove the #"


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() else _quoted(name)


def best(profile: Profile, role: str) -> ResourceProfile | None:
    """The resource that most probably plays the role: of those that can be listed the surest, then the one with line items, then the richest."""
    playing = [one for one in profile.resources if one.role == role and (one.operations.list or one.operations.search)]
    return max(
        playing,
        key=lambda one: (one.role_score or 0, bool(one.line_items), bool(one.operations.create), len(one.schema)),
        default=None,
    )


def _flows(left: Given, right: Given) -> Iterator[str]:
    if left.profile is None or right.profile is None:
        yield from _skeleton(left, right)
        return
    for role in ROLES:
        ours, theirs = best(left.profile, role), best(right.profile, role)
        if ours is not None and theirs is not None:
            yield from _flow(role, (left.name, ours), (right.name, theirs))


def _skeleton(left: Given, right: Given) -> Iterator[str]:
    yield "  - name: contacts"
    yield f"    left: {left.name}/contacts        # a system's name, then its resource's"
    yield f"    right: {right.name}/contacts"
    yield "    # freshness: 1h            # how old the other side's data may be"
    yield "    match: [email]"
    yield "    fields:"
    yield "      - {left: email, right: email, transform: [lowercase, trim]}"


def _flow(role: str, left: tuple[str, ResourceProfile], right: tuple[str, ResourceProfile]) -> Iterator[str]:
    sure = min(left[1].role_score or 0, right[1].role_score or 0)
    yield f"  - name: {FLOW_NAMES[role]}            # guessed: both sides look like {role} (sure: {sure:.0%})"
    yield f"    left: {left[0]}/{left[1].name}"
    yield f"    right: {right[0]}/{right[1].name}"
    yield "    direction: both            # both, left-to-right or right-to-left"
    yield f"    # leading: {left[0]}            # which side is right when both differ"
    yield "    # freshness: 1h            # how old the other side's data may be"
    mapped = list(_mapped(left[1], right[1]))
    there = {name for name, _, _ in mapped}
    keys = [_match(key) for key in MATCH[role] if there.issuperset([key] if isinstance(key, str) else key)]
    yield (
        f"    match: [{', '.join(keys)}]"
        if keys
        else "    # match: [email]          # by which fields two records are recognised as the same"
    )
    yield "    fields:" if mapped else "    fields: []                 # pair the fields of both sides here"
    for name, ours, theirs in mapped:
        transform = f", transform: {SUGGESTED[name]}" if SUGGESTED[name] else ""
        yield f"      - {{left: {_quoted(ours)}, right: {_quoted(theirs)}{transform}}}    # both look like {name}"


def _match(key: str | list[str]) -> str:
    return key if isinstance(key, str) else f"[{', '.join(key)}]"


def _mapped(left: ResourceProfile, right: ResourceProfile) -> Iterator[tuple[str, str, str]]:
    """Field roles that both sides have: (role, left name, right name); none of the left names twice."""
    seen: set[str] = set()
    for name in SUGGESTED:
        ours: str | None = getattr(left.fields, name)
        theirs: str | None = getattr(right.fields, name)
        if ours and theirs and ours not in seen:
            seen.add(ours)
            yield name, ours, theirs


def open_ends(systems: Mapping[str, Given]) -> list[str]:
    """What a newcomer has to fill in next, in order."""
    told = [f"systems.{name}: base_url, auth (and sandbox: true once you are sure)" for name in systems]
    return [*told, "flows: check the guesses, name the leading system and freshness"]
