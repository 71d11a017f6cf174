"""TLS: verification that can't be turned off, and its failures told apart (acceptance B23)."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from checker.errors import InputError, Problem

# OpenSSL's X509_V_ERR_* numbers (x509_vfy.h).
CERTIFICATE_KINDS = {
    9: "not-yet-valid",
    10: "expired",
    18: "self-signed",
    19: "unknown-authority",
    20: "unknown-authority",
    21: "unknown-authority",
    23: "revoked",
    62: "wrong-host",
    64: "wrong-host",
}
OLD_VERSION = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE", "WRONG_SSL_VERSION")
NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")
CLIENT_CERTIFICATE = ("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNKNOWN_CA")


@lru_cache(maxsize=16)
def context(ca_file: str | None = None, client_certificate: str | None = None) -> ssl.SSLContext:
    """The context for a system: this machine's authorities, those that Mozilla trusts (certifi), and `ca_file` beside them; TLS 1.2 and newer.

    `client_certificate` is a PEM file with certificate and key. Raises InputError where a file is missing or no PEM.
    """
    import certifi  # noqa: PLC0415 - only where TLS is spoken

    made = ssl.create_default_context()
    made.load_verify_locations(certifi.where())
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        _load("ca_file", ca_file, lambda: made.load_verify_locations(ca_file))
    if client_certificate is not None:
        _load("client_certificate", client_certificate, lambda: made.load_cert_chain(client_certificate))
    return made


def _load(option: str, file: str, load: Callable[[], None]) -> None:
    if not Path(file).is_file():
        raise InputError(Problem("http.tls-file-missing", {"option": f"tls.{option}"}, file=file))
    try:
        load()
    except OSError:
        raise InputError(Problem("http.tls-file-bad", {"option": f"tls.{option}"}, file=file)) from None


def causes(error: BaseException) -> list[BaseException]:
    """The error and what it came from, outermost first."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    return chain


def failure(error: BaseException) -> Problem | None:
    """What went wrong in a TLS handshake, None where the error is another one's: `http.tls-KIND`."""
    for one in causes(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            kind = CERTIFICATE_KINDS.get(one.verify_code, "certificate")
            return Problem(f"http.tls-{kind}", {"reason": one.verify_message})
        if isinstance(one, ssl.SSLError):
            reason = str(one.reason or "")
            for words, kind in (
                (OLD_VERSION, "old-version"),
                (NO_TLS, "none"),
                (CLIENT_CERTIFICATE, "client-certificate"),
            ):
                if any(word in reason for word in words):
                    return Problem(f"http.tls-{kind}", {"reason": reason})
            return Problem("http.tls-failed", {"reason": reason or type(one).__name__})
    return None


def unreachable(error: BaseException) -> Problem:
    """Why no conversation came about, of any error on the way there."""
    told = failure(error)
    if told is not None:
        return told
    for one in causes(error):
        if isinstance(one, socket.gaierror):
            return Problem("http.unknown-host", {"reason": one.strerror})
        if isinstance(one, ConnectionRefusedError):
            return Problem("http.refused", {})
        if isinstance(one, TimeoutError):
            return Problem("http.connect-timeout", {})
        if isinstance(one, ConnectionError):
            return Problem("http.reset", {})
    return Problem("http.no-connection", {"reason": str(error)})
