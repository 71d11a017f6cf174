"""How a client shows who it is: the declared schemes, else what operations and parameters give away."""

from __future__ import annotations

import re

from msgspec.structs import replace

from checker.model.api import Api, Operation
from checker.model.profile import AuthScheme
from checker.profiles.names import flat, vocabulary
from checker.profiles.paths import segments
from checker.profiles.shapes import body_schema

KEY_HEADERS = vocabulary("x_api_key api_key apikey x_auth_token x_access_token x_api_token x_auth_key")
_TOKEN_PATH = re.compile(r"^(token|access_token|tokens)$")
_LOGIN_PATH = re.compile(r"^(login|signin|sign_in|log_in|authenticate|authentication|session|sessions|anmelden)$")


def detect_auth(api: Api) -> tuple[AuthScheme, ...]:
    """All ways to authenticate, those that operations ask for first; schemes asked for together share a group."""
    declared = _declared(api)
    if declared:
        return declared
    return _from_parameters(api) or _from_operations(api)


def _declared(api: Api) -> tuple[AuthScheme, ...]:
    alternatives = [*api.security, *(one for operation in api.operations for one in operation.security or ())]
    order: dict[str, int] = {}
    groups: dict[str, int] = {}
    together = list(dict.fromkeys(one for one in alternatives if len(one) > 1))
    for names in alternatives:
        for name in names:
            order.setdefault(name, len(order))
    for number, names in enumerate(together, start=1):
        for name in names:
            groups.setdefault(name, number)
    found: list[AuthScheme] = []
    for name in sorted(api.schemes, key=lambda one: order.get(one, len(order))):
        for scheme in api.schemes[name]:
            group = groups.get(name)
            found.append(scheme if group is None else replace(scheme, group=group))
    return tuple(found)


def _from_parameters(api: Api) -> tuple[AuthScheme, ...]:
    """A key that most operations take as a plain parameter."""
    seen: dict[tuple[str, str], list[str]] = {}
    for operation in api.operations:
        for one in operation.parameters:
            if one.location in ("header", "query") and flat(one.name) in KEY_HEADERS | {"authorization"}:
                seen.setdefault((one.name, one.location), []).append(one.pointer)
    enough = {key: places for key, places in seen.items() if len(places) * 2 >= len(api.operations)}
    return tuple(
        AuthScheme(kind=f"api_key_{place}", name=name, pointer=places[0], parameter=name)
        for (name, place), places in enough.items()
    )


def _from_operations(api: Api) -> tuple[AuthScheme, ...]:
    """A token or login operation, where the document declares no scheme at all."""
    for operation in api.operations:
        if operation.method != "POST":
            continue
        said = [flat(one) for one in segments(operation.path)]
        if any(_TOKEN_PATH.match(one) for one in said) and (
            any(one.startswith("oauth") for one in said) or _has_grant(operation)
        ):
            return (
                AuthScheme(
                    kind=_grant(operation),
                    name=operation.id or "token",
                    pointer=operation.pointer,
                    token_url=operation.path,
                ),
            )
    for operation in api.operations:
        said = [flat(one) for one in segments(operation.path)]
        if operation.method == "POST" and said and _LOGIN_PATH.match(said[-1]):
            return (
                AuthScheme(
                    kind="other", name=operation.id or "login", pointer=operation.pointer, token_url=operation.path
                ),
            )
    return ()


def _has_grant(operation: Operation) -> bool:
    return _grant_values(operation) is not None


def _grant_values(operation: Operation) -> str | None:
    schema = body_schema(operation.body)[1]
    grant = schema.properties(variants=True).get("grant_type") if schema is not None else None
    if grant is None:
        parameter = operation.parameter("grant_type")
        grant = parameter.schema if parameter is not None else None
    if grant is None:
        return None
    return " ".join(
        [*map(str, grant.enum), grant.description, str(grant.get("example") or ""), str(grant.get("default") or "")]
    )


def _grant(operation: Operation) -> str:
    said = _grant_values(operation) or ""
    if "client_credentials" in said and "password" not in said:
        return "oauth2_client_credentials"
    return "oauth2_authorization_code" if "authorization_code" in said and "password" not in said else "oauth2_other"
