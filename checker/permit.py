"""The permit: may test records be written in a system? Pure; every doubt refuses (design.md, Words; acceptance C34).

Asked of each system: is it marked as a sandbox, is its address stated (the document's own server is for reading only), were the credentials
accepted, does it keep what it is given, does nothing say "production", and did nobody say that writing there has effects in the real world?
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from checker.client.origin import DEFAULT_PORTS, Address, Origin, parse_base, parse_url
from checker.errors import InputError, Problem
from checker.model.checklist import Answers
from checker.model.finding import Answer
from checker.model.permit import Permit
from checker.project.types import System

# Words that name a production system, in English and German, as they stand alone in host names, descriptions and answers.
PRODUCTION = frozenset(
    [
        "prd",
        "prod",
        "production",
        "productive",
        "produktion",
        "produktiv",
        "produktivsystem",
        "produktivumgebung",
        "produktionssystem",
        "produktionsumgebung",
        "echtsystem",
        "echtbetrieb",
        "live",
        "livesystem",
        "liveumgebung",
    ]
)
TESTING = frozenset(
    [
        "non",
        "nonprod",
        "no",
        "not",
        "test",
        "testing",
        "sandbox",
        "staging",
        "stage",
        "demo",
        "dev",
        "development",
        "preview",
        "qa",
        "uat",
        "keine",
        "kein",
        "nicht",
    ]
)
MUTED = "side-effects-muted"
HAS_EFFECTS = frozenset({"still-on", "unsure"})  # the item's answers that say so, or can't say
WORDS = re.compile(r"[a-zäöüß]+")
WRITTEN_OUT = {"true": True, "yes": True, "ja": True, "j": True, "false": False, "no": False, "nein": False, "n": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a system when the permit is asked for.

    `base_url` is the client's, None where there was none. `accepted` and `stateless` are findings of the look. `server_names` are the document's
    servers with their descriptions; `says` what the system's own account answers about its kind, by field (`environment: sandbox`).
    """

    settings: System
    base_url: str | None
    accepted: Answer
    stateless: bool | None
    server_names: Mapping[str, str]
    says: Mapping[str, object]


def permit(name: str, known: Known, answers: Answers) -> Permit | tuple[Problem, ...]:
    """The permit for a system, or all that speaks against it."""
    problems = tuple(_against(name, known, answers))
    if problems or known.base_url is None:
        return problems
    return Permit(name, known.base_url)


def _against(name: str, known: Known, answers: Answers) -> Iterable[Problem]:
    settings = known.settings
    values = {"system": name, "base_url": known.base_url or settings.base_url or ""}
    if not settings.sandbox:
        yield Problem("permit.not-marked", values)
    if settings.base_url is None:
        yield Problem("permit.no-address", values)
    if known.accepted is not Answer.YES:
        yield Problem("permit.credentials-not-accepted", values)
    if known.stateless:
        yield Problem("permit.stateless", values)
    if known.base_url is not None:
        yield from _production(name, known, known.base_url)
    given = (one for one in answers.answers.get(MUTED, ()) if one.subject in (None, name, "pair"))
    if any(one.answer in HAS_EFFECTS for one in given):
        yield Problem("permit.side-effects", values)


def _production(name: str, known: Known, base_url: str) -> Iterable[Problem]:
    """What says that this is production: the host, the project's own word, the document's, the system's."""
    address = parse_url(base_url)
    if address is None:
        yield Problem("permit.no-address", {"system": name, "base_url": base_url})
        return
    host = address.origin.host
    if says_production(WORDS.findall(host)) and not address.origin.loopback:
        yield Problem("permit.production-host", {"system": name, "host": host})
    if says_production(WORDS.findall(address.target.lower())):
        yield Problem("permit.production-path", {"system": name, "path": address.target})
    production = known.settings.production
    if production is not None and _same_server(production.base_url, address):
        yield Problem("permit.production-address", {"system": name, "base_url": base_url})
    for server, said in known.server_names.items():
        if _below(server, address) and says_production(WORDS.findall(said.lower())):
            yield Problem("permit.production-server", {"system": name, "server": server, "said": said})
    for field, value in known.says.items():
        if value_says_production(field, value):
            yield Problem("permit.says-production", {"system": name, "field": field, "value": str(value)})


def says_production(words: Sequence[str]) -> bool:
    """Whether a word for production stands there without one before it that takes it back ("non production")."""
    lower = [word.lower() for word in words]
    return any(word in PRODUCTION and not TESTING & set(lower[max(0, at - 1) : at]) for at, word in enumerate(lower))


def value_says_production(field: str, value: object) -> bool:
    """Whether an account's own answer says production: `environment: live`, `livemode: true`, `sandbox: false`."""
    value = WRITTEN_OUT.get(value.strip().lower(), value) if isinstance(value, str) else value
    if isinstance(value, bool):
        parts = set(_parts(field.rpartition(".")[2]))
        return value if PRODUCTION & parts else not value and bool(TESTING & parts)
    return isinstance(value, str) and says_production(WORDS.findall(value.lower()))


def _parts(name: str) -> list[str]:
    """`isProduction`, `live_mode`, `livemode` taken apart."""
    split = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().split("_")
    short = [part.removesuffix("mode").removesuffix("system") for part in split]
    return [*split, *short, *(part.removeprefix("is") for part in short)]


def _same_server(url: str, address: Address) -> bool:
    """Whether both lead to the same server."""
    try:
        return _same(parse_base(url).origin, address.origin)
    except InputError:
        return True  # an address that can't be read is no proof that it is another one


def _same(other: Origin, ours: Origin) -> bool:
    """Whether two origins are one server: a dot at the end, www. at the beginning, http for https change nothing."""
    usual = all(one.port == DEFAULT_PORTS[one.scheme] for one in (other, ours))
    return _bare(other.host) == _bare(ours.host) and (usual or other.port == ours.port)


def _bare(host: str) -> str:
    return host.rstrip(".").removeprefix("www.")


def _below(server: str, address: Address) -> bool:
    """Whether our address is this server's: the same one, and its path at the beginning of ours."""
    other = parse_url(server)
    if other is None or not _same(other.origin, address.origin):
        return False
    return f"{address.target.rstrip('/')}/".startswith(f"{other.target.rstrip('/')}/")
