"""Security schemes and requirements of a document in our words: one AuthScheme per scheme, for OAuth 2.0 one per flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.documents.context import Context, entries, members, word
from checker.model.api import Place
from checker.model.profile import AuthScheme

HTTP_KINDS = {"basic": "basic", "bearer": "bearer"}
KEY_KINDS = {"header": "api_key_header", "query": "api_key_query", "cookie": "api_key_cookie"}
# OpenAPI 3's names and Swagger 2.0's
FLOW_KINDS = {
    "clientCredentials": "oauth2_client_credentials",
    "application": "oauth2_client_credentials",
    "authorizationCode": "oauth2_authorization_code",
    "accessCode": "oauth2_authorization_code",
}
OTHER_FLOW = "oauth2_other"  # password, implicit, device authorization


def schemes(context: Context) -> dict[str, tuple[AuthScheme, ...]]:
    """Each declared scheme by its name."""
    parts = ("securityDefinitions",) if context.swagger else ("components", "securitySchemes")
    holder: Any = context.root
    for part in parts[:-1]:
        holder = holder.get(part) if isinstance(holder, Mapping) else None
    found: dict[str, tuple[AuthScheme, ...]] = {}
    for name, one in members(holder, parts[-1]):
        node, place = context.mapping(one, context.top.child(*parts, name))
        found[name] = _scheme(context, name, node, place)
    return found


def _scheme(context: Context, name: str, node: Mapping[str, Any], place: Place) -> tuple[AuthScheme, ...]:
    kind = (word(node, "type") or "").lower()
    pointer = context.shown(place)
    if kind == "oauth2":
        return _flows(context, name, node, place)
    if kind == "apikey":
        ours = KEY_KINDS.get(word(node, "in") or "", "other")
        return (AuthScheme(kind=ours, name=name, pointer=pointer, parameter=word(node, "name")),)
    if kind == "openidconnect":
        return (AuthScheme(kind="openid", name=name, pointer=pointer, token_url=word(node, "openIdConnectUrl")),)
    said = (word(node, "scheme") or "").lower() if kind == "http" else kind
    return (AuthScheme(kind=HTTP_KINDS.get(said, "other"), name=name, pointer=pointer),)


def _flows(context: Context, name: str, node: Mapping[str, Any], place: Place) -> tuple[AuthScheme, ...]:
    if context.swagger:
        return (_flow(context, name, word(node, "flow") or "", node, place),)
    flows = [
        _flow(context, name, flow, one, place.child("flows", flow))
        for flow, one in members(node, "flows")
        if isinstance(one, Mapping) and not flow.startswith("x-")
    ]
    return tuple(flows) or (AuthScheme(kind=OTHER_FLOW, name=name, pointer=context.shown(place)),)


def _flow(context: Context, name: str, flow: str, node: Mapping[str, Any], place: Place) -> AuthScheme:
    return AuthScheme(
        kind=FLOW_KINDS.get(flow, OTHER_FLOW),
        name=name,
        scopes=tuple(scope for scope, _ in members(node, "scopes") if not scope.startswith("x-")),
        pointer=context.shown(place),
        token_url=word(node, "tokenUrl"),
        authorization_url=word(node, "authorizationUrl"),
    )


def requirements(node: Mapping[str, Any]) -> tuple[tuple[str, ...], ...] | None:
    """The alternatives under `security`, each the names needed together; None where nothing is said."""
    if not isinstance(node.get("security"), list):
        return None
    return tuple(tuple(str(name) for name in one) for _, one in entries(node, "security") if isinstance(one, Mapping))
