"""What a system says of itself: the answer of its own account, tenant or environment, asked before anything is written (acceptance C34)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from checker.client.messages import Request
from checker.errors import TransportError, UnreadableError
from checker.model.api import Operation
from checker.probes.contexts import SystemLook

# The last word of a path behind which systems tell who one is, in English and German.
ACCOUNTS = frozenset(
    [
        "account",
        "me",
        "whoami",
        "self",
        "info",
        "organization",
        "organisation",
        "company",
        "companyinfo",
        "tenant",
        "environment",
        "instance",
        "about",
        "status",
        "system",
        "settings",
        "konto",
        "mandant",
        "mandanten",
        "firma",
        "firmeninfo",
        "umgebung",
        "systeminfo",
    ]
)
# Fields that tell which kind of system it is.
KINDS = frozenset(
    [
        "environment",
        "env",
        "environmenttype",
        "mode",
        "livemode",
        "live",
        "islive",
        "production",
        "isproduction",
        "sandbox",
        "issandbox",
        "test",
        "testmode",
        "istest",
        "stage",
        "tier",
        "umgebung",
        "art",
        "typ",
        "type",
        "kind",
        "systemtype",
        "betriebsart",
        "produktiv",
        "testsystem",
    ]
)
MOST_ASKED = 3
PARAMETER = re.compile(r"\{([^{}]+)\}")


def identity(look: SystemLook) -> dict[str, object]:
    """Fields of the account's answers that tell the kind of system, by dotted name; empty where the document declares no such operation."""
    found: dict[str, object] = {}
    for operation in _operations(look):
        try:
            response = look.client.send(Request("GET", _path(operation, look)))
            body = response.json() if response.ok else None
        except (TransportError, UnreadableError):
            continue
        found.update(_kinds(body))
    return found


def _operations(look: SystemLook) -> Iterator[Operation]:
    """Reads that need nothing but what is fixed, and whose path ends like an account's."""
    fixed = look.client.fixed.path
    asked = 0
    for one in look.api.operations if look.api is not None else ():
        parameters = PARAMETER.findall(one.path)
        words = [part for part in one.path.strip("/").split("/") if not PARAMETER.fullmatch(part)]
        last = re.sub(r"[^a-z]", "", words[-1].lower()) if words else ""
        if (
            one.method == "GET"
            and last in ACCOUNTS
            and all(name in fixed for name in parameters)
            and asked < MOST_ASKED
        ):
            asked += 1
            yield one


def _path(operation: Operation, look: SystemLook) -> str:
    return PARAMETER.sub(lambda match: look.client.fixed.path[match[1]], operation.path)


def _kinds(body: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    if not isinstance(body, Mapping) or depth > 1:
        return
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield from _kinds(value, f"{prefix}{name}.", depth + 1)
        elif re.sub(r"[^a-z]", "", str(name).lower()) in KINDS and isinstance(value, str | bool):
            yield f"{prefix}{name}", value
