"""The text of a project file to start from, with what was guessed, how sure, and what is still to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checker.model.profile import AuthScheme, Profile
from checker.model.text import safe
from checker.proposal.between import between
from checker.proposal.flows import FLOW_NAMES, FlowGuess, guessed
from checker.proposal.pairing import Pair

MOST_NAMES = 20  # in a comment

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
    yield from _events(given)
    names = [one.name for one in given.profile.resources if one.role in FLOW_NAMES] if given.profile else []
    yield f"    # volumes: {{{', '.join(f'{_key(one)}: {{records: 0, changed_per_day: 0}}' for one in names[:3]) or 'contacts: {records: 0, changed_per_day: 0}'}}}"
    yield f"    # test_data: {{{_key(next(iter(names), 'contacts'))}: testdata/export.csv}}    # what `data check --test-data` reads"


def _events(given: Given) -> Iterator[str]:
    """How one subscribes to events, where the document doesn't tell."""
    if given.profile is None or given.profile.webhooks.kind == "subscription_api":
        return
    call = 'call: POST /hooks, body: {name: "readiness ${mark}", url: "${url}"}'
    yield f"    # webhooks: {{subscribe: [{{{call}}}]}}    # the calls that subscribe to events; or {{registration: manual}}"


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


def _flows(left: Given, right: Given) -> Iterator[str]:
    if left.profile is None or right.profile is None:
        yield from _skeleton(left, right)
        return
    for one in guessed(left.profile, right.profile):
        yield from _flow(one, left.name, right.name)


def _skeleton(left: Given, right: Given) -> Iterator[str]:
    yield "  - name: contacts"
    yield f"    left: {left.name}/contacts        # a system's name, then its resource's"
    yield f"    right: {right.name}/contacts"
    yield "    # freshness: 1h            # how old the other side's data may be"
    yield "    match: [email]"
    yield "    fields:"
    yield "      - {left: email, right: email, transform: [lowercase, trim]}"


def _flow(flow: FlowGuess, left: str, right: str) -> Iterator[str]:
    sure = min(flow.left.sure, flow.right.sure)
    yield f"  - name: {flow.name}            # guessed: both sides look like {flow.role} (sure: {sure:.0%})"
    yield f"    left: {_quoted(f'{left}/{flow.left.path}')}"
    yield f"    right: {_quoted(f'{right}/{flow.right.path}')}"
    yield f"    direction: {flow.direction}            # both, left-to-right or right-to-left"
    yield f"    # leading: {left}            # which side is right when both differ"
    yield "    # freshness: 1h            # how old the other side's data may be"
    yield _match(flow.match, "    ")
    yield from _fields(flow.pairs, "    ")
    for name, rest in zip((left, right), flow.unmapped, strict=True):
        if rest:
            yield f"    # nothing was found for these of {name}: {', '.join(safe(one, 60) for one in rest[:MOST_NAMES])}{' …' if len(rest) > MOST_NAMES else ''}"
    if flow.lines is not None:
        yield "    lines:"
        yield f"      left: {_quoted(flow.lines.left)}"
        yield f"      right: {_quoted(flow.lines.right)}"
        yield _match(flow.lines.match, "      ", "sku", "lines are recognised as the same; without, by their order")
        yield from _fields(flow.lines.pairs, "      ")


def _match(
    keys: Sequence[Sequence[str]], margin: str, usual: str = "email", told: str = "records are recognised as the same"
) -> str:
    written = ", ".join(_quoted(one[0]) if len(one) == 1 else f"[{', '.join(map(_quoted, one))}]" for one in keys)
    if not keys:
        return f"{margin}# match: [{usual}]          # by which fields two {told}"
    return f"{margin}match: [{written}]"


def _fields(paired: Sequence[Pair], margin: str) -> Iterator[str]:
    if not paired:
        yield f"{margin}fields: []                 # pair the fields of both sides here"
        return
    yield f"{margin}fields:"
    for one in paired:
        lies = between(one)
        keys = {"left": _quoted(one.left.name), "right": _quoted(one.right.name), **lies.keys}
        to_do = f"; TO DO: {safe(lies.to_do, 200)}" if lies.to_do else ""
        yield f"{margin}  - {{{', '.join(f'{key}: {value}' for key, value in keys.items())}}}    # sure: {one.score:.0%}, {one.why}{to_do}"


def open_ends(systems: Mapping[str, Given]) -> list[str]:
    """What a newcomer has to fill in next, in order."""
    told = [f"systems.{name}: base_url, auth (and sandbox: true once you are sure)" for name in systems]
    return [*told, "flows: check the guesses, name the leading system and freshness"]
