"""Which proxy a request takes (acceptance F11, B23). Pure: the environment is a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit

from checker.client.origin import Address, Origin, parse_base


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy: where it is, and what it wants to know of us. `source` names the setting or variable that it comes from."""

    address: Address
    username: str | None
    password: str | None
    source: str


def parse_proxy(url: str, source: str) -> Proxy:
    """A proxy's URL taken apart; without a scheme it is plain http. Raises InputError."""
    full = url if "://" in url else f"http://{url}"
    scheme, _, rest = full.partition("://")
    userinfo, at, host = rest.partition("/")[0].rpartition("@")
    username, _, password = userinfo.partition(":")
    address = parse_base(f"{scheme}://{host}", "http.bad-proxy")
    return Proxy(address, unquote(username) if at else None, unquote(password) if at else None, source)


def proxy_for(origin: Origin, configured: str | None, environment: Mapping[str, str]) -> Proxy | None:
    """The proxy for an origin: the project's own, else HTTPS_PROXY, HTTP_PROXY or ALL_PROXY unless NO_PROXY names the host. Loopback never has one."""
    if origin.loopback:
        return None
    if configured is not None:
        return parse_proxy(configured, "proxy")
    variables = {name.lower(): value.strip() for name, value in environment.items() if value.strip()}
    if excluded(origin, variables.get("no_proxy", "")):
        return None
    for name in (f"{origin.scheme}_proxy", "all_proxy"):
        if name in variables:
            return parse_proxy(variables[name], name.upper())
    return None


def excluded(origin: Origin, no_proxy: str) -> bool:
    """Whether NO_PROXY names the origin: `*`, a host, a domain with what is below it, an address block, each with or without a port."""
    for entry in (one.strip().lower() for one in no_proxy.split(",")):
        host, _, port = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
        if port.isdigit() and int(port) != origin.port:
            continue
        name = (host if port else entry).removeprefix("*").lstrip(".").strip("[]")
        if entry == "*" or (
            name and (origin.host == name or origin.host.endswith(f".{name}") or _in_block(origin, name))
        ):
            return True
    return False


def _in_block(origin: Origin, block: str) -> bool:
    try:
        return ip_address(origin.host) in ip_network(block, strict=False)
    except ValueError:
        return False


def credentials_in(url: str) -> tuple[str, ...]:
    """The secret parts of a proxy's URL, for the recorder."""
    try:
        password = urlsplit(url if "://" in url else f"http://{url}").password
    except ValueError:  # no URL at all; whoever needs the proxy says so
        return ()
    return (password, unquote(password)) if password else ()
