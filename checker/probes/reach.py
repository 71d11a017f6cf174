"""Reach: name, connection, encryption, proxy, delay and clock; and from where the system was reached."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlsplit

from checker.client import network
from checker.probes.access import knock
from checker.probes.base import Told, no, probe, unknown, whether, yes
from checker.probes.contexts import SystemLook, evidence_of

SAMPLES = 3  # ordinary requests whose delay is measured
SLOW_MS = 2000.0  # a median above this makes a first load of some ten thousand records take a day
SKEW_S = 5.0  # clocks further apart than this make "the newer wins" a lottery between edits of one minute

# The client's codes for a connection that did not come about, as reasons of catalogue/reasons.yaml.
REASONS = {
    "http.unknown-host": "dns",
    "http.refused": "connection-refused",
    "http.connect-timeout": "timeout",
    "http.reset": "connection-lost",
    "http.tls-expired": "certificate-expired",
    "http.tls-self-signed": "certificate-self-signed",
    "http.tls-unknown-authority": "certificate-self-signed",
    "http.tls-wrong-host": "certificate-wrong-host",
}


def reason_code(code: str | None) -> str | None:
    """The reason for a client's code; `tls` for any other trouble with encryption, `unreachable` for the rest."""
    if code is None:
        return None
    return REASONS.get(code, "tls" if code.startswith("http.tls") else "unreachable")


def address_of(look: SystemLook) -> tuple[str, int, bool]:
    """(host, port, encrypted) of the system."""
    parts = urlsplit(look.client.base_url)
    encrypted = parts.scheme == "https"
    return parts.hostname or "", parts.port or (443 if encrypted else 80), encrypted


@probe("network.dns", "network.tcp", "network.tls", "network.proxy", scope="system")
def network_way(look: SystemLook) -> Iterator[Told]:
    """Look the host's name up, open a connection, speak TLS. Behind a proxy these are the proxy's affair."""
    host, port, encrypted = address_of(look)
    proxy = look.client.proxy
    if proxy is not None:
        response = knock(look)
        if response is not None:
            yield yes("network.proxy", evidence_of(response), proxy=proxy.address.origin.host)
        return
    yield unknown("network.proxy", "no-proxy")
    found = network.resolve(host)
    yield whether(
        "network.dns",
        bool(found.addresses),
        host=host,
        addresses=list(found.addresses),
        reason=reason_code(found.reason),
    )
    if not found.addresses:
        yield unknown("network.tcp", "dns")
        yield unknown("network.tls", "dns")
        return
    connected = network.connect(host, port)
    there = connected.milliseconds is not None
    took = round(connected.milliseconds, 1) if connected.milliseconds is not None else None
    yield whether("network.tcp", there, host=host, port=port, milliseconds=took, reason=reason_code(connected.reason))
    if not encrypted:
        loopback = ipaddress.ip_address(found.addresses[0]).is_loopback
        yield (
            unknown("network.tls", "loopback")
            if loopback
            else no("network.tls", version=None, expires=None, reason="plain-http")
        )
    elif there:
        tls = look.settings.tls
        spoken = network.handshake(host, port, look.file(tls.ca_file), look.file(tls.client_certificate))
        expires = spoken.expires.date().isoformat() if spoken.expires else None
        yield whether(
            "network.tls",
            spoken.version is not None,
            version=spoken.version,
            expires=expires,
            reason=reason_code(spoken.reason),
        )
    else:
        yield unknown("network.tls", reason_code(connected.reason) or "unreachable")


@probe("network.from-platform", scope="system")
def origin(look: SystemLook) -> Iterator[Told]:
    """From which address was it reached? What this machine reaches says nothing of the platform's static address."""
    platform = look.platform.static_ips if look.platform else []
    host, port, _ = address_of(look)
    ours = None if look.client.proxy else network.local_address(host, port)
    if not platform:
        yield unknown("network.from-platform", "no-platform", ours=ours, platform=[])
    elif ours is None:
        yield unknown("network.from-platform", "no-own-address", ours=None, platform=platform)
    elif ours in platform:
        yield yes("network.from-platform", ours=ours, platform=platform)
    else:
        # A router may give us another address outside, so a private one proves neither.
        yield unknown("network.from-platform", "other-address", ours=ours, platform=platform)


@probe("network.latency", scope="system")
def latency(look: SystemLook) -> Iterator[Told]:
    """Time some ordinary small requests."""
    answers = [one for one in (knock(look) for _ in range(SAMPLES)) if one is not None]
    if answers:
        times = [one.elapsed_ms for one in answers]
        middle, worst = round(median(times), 1), round(max(times), 1)
        yield whether("network.latency", middle <= SLOW_MS, evidence_of(answers[0]), median=middle, worst=worst)


@probe("clock.in-step", scope="system")
def clock(look: SystemLook) -> Iterator[Told]:
    """Hold the server's clock against ours."""
    response = knock(look)
    skew = network.clock_skew(response) if response is not None else None
    if skew is None:
        yield unknown("clock.in-step", "no-date-header", evidence_of(response) if response else ())
    else:
        yield whether(
            "clock.in-step",
            abs(skew.seconds) <= SKEW_S + skew.uncertainty,
            evidence_of(response) if response else (),
            seconds=round(skew.seconds, 1),
        )
