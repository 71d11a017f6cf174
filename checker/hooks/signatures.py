"""Is an event signed, and does the signature hold? Standard Webhooks by its own library, else the usual HMAC forms; always over the raw body.

The usual forms sign the body, or a time stamp and the body, with SHA-256 (some with SHA-1 or SHA-512), and write it as hexadecimal or Base64
into a header whose name speaks of a signature; several signatures may stand side by side while a secret is renewed.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)  # Standard Webhooks, "Verifying webhook authenticity"
STANDARD = "webhook-signature"
NAMED = re.compile(r"(^|-)(signature|hmac|sign|digest|signed)(-|$)|signature|hmac")
TIMED = re.compile(r"(^|-)(timestamp|time|ts)(-|$)|timestamp")
HASHES = ("sha256", "sha512", "sha1")
PART = re.compile(r"[,; ]+")
LONGEST_HEADER = 4000
MILLISECONDS = 10**11  # a time in seconds has fewer digits until the year 5138


ASYMMETRIC = re.compile(r"^\s*(v1a,\S+\s*)+$")  # Standard Webhooks with a key pair
MACS = re.compile(
    r"^([0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128}|[A-Za-z0-9+/_-]{27}=?|[A-Za-z0-9+/_-]{43}=?|[A-Za-z0-9+/_-]{86}(==)?)$"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature proves. `state`: valid; wrong (it is made in a way that is known, and doesn't hold); unverified (it may be made in a
    way that isn't known here); stale (valid, the time is off by more than five minutes); no-secret; none.

    `header` is where it stands, `scheme` how it is made (`standard-webhooks`, `hmac-sha256 of the time and the body`, …), as far as known.
    """

    state: str
    header: str | None = None
    scheme: str | None = None


def verified(
    headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], now: datetime, url: str = ""
) -> Signature:
    """What the signature of an event proves. `headers` in lower case; `secrets` are those that may have been used; `url` is where it came to.

    Compares in constant time.
    """
    if STANDARD in headers:
        return _standard(headers, body, secrets, now)
    signed = {
        name: value
        for name, value in headers.items()
        if NAMED.search(name) and len(value) <= LONGEST_HEADER and name != "digest"
    }
    if not signed:
        return Signature("none")
    name = next(iter(signed))
    if not secrets:
        return Signature("no-secret", name)
    for name, value in signed.items():
        for scheme, stamp in _holding(headers, value, (body, url.encode()), secrets):
            stale = stamp is not None and not _fresh(stamp, now)
            return Signature("stale" if stale else "valid", name, scheme)
    return Signature("unverified", name)


def _standard(headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...], now: datetime) -> Signature:
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError  # noqa: PLC0415 - only where events are verified

    scheme = "standard-webhooks"
    if not secrets or ASYMMETRIC.match(headers[STANDARD]):
        return Signature("no-secret", STANDARD, scheme)
    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except WebhookVerificationError as error:
            if "too old" in str(error) or "too new" in str(error):
                return Signature("stale", STANDARD, scheme)
        except (
            ValueError,
            TypeError,
            IndexError,
        ):  # no Base64, no comma, no UTF-8: the library lets pass what Python raises
            continue
        else:
            return Signature(
                "valid" if _fresh(headers.get("webhook-timestamp", ""), now) else "stale", STANDARD, scheme
            )
    return Signature("wrong", STANDARD, scheme)


def _holding(
    headers: Mapping[str, str], value: str, came: tuple[bytes, bytes], secrets: tuple[str, ...]
) -> Iterator[tuple[str, str | None]]:
    """Each form in which the signature holds: its name, and the time that it covers. `came`: body and address."""
    named = dict(part.split("=", 1) for part in PART.split(value) if re.match(r"^\w{1,10}=", part))
    given = [part.partition("=")[2] if re.match(r"^\w{1,10}=[^=]", part) else part for part in PART.split(value)]
    given = [one for one in given if MACS.match(one)]
    stamps = [text for name, text in headers.items() if TIMED.search(name)]
    stamps += [named[one] for one in ("t", "ts", "timestamp") if one in named]
    for content, what, stamp in _contents(came, stamps) if given else ():
        for key in (key for secret in secrets for key in _keys(secret)):
            for hash_ in HASHES:
                made = hmac.new(key, content, hash_).digest()
                same = [_same(one, made) for one in given]
                if any(same):
                    yield f"hmac-{hash_} of {what}", stamp


def _keys(secret: str) -> Iterator[bytes]:
    """A secret as a key: as it stands; and what it spells, where it is Base64 or hexadecimal."""
    yield secret.encode()
    bare = secret.partition("whsec_")[2] or secret
    if re.fullmatch(r"([0-9a-fA-F]{2}){8,}", bare):
        yield bytes.fromhex(bare)
    if re.fullmatch(r"[A-Za-z0-9+/]{16,}={0,2}", bare) and len(bare) % 4 == 0:
        yield base64.b64decode(bare)


def _contents(came: tuple[bytes, bytes], stamps: list[str]) -> Iterator[tuple[bytes, str, str | None]]:
    """What may have been signed, what covers a time first."""
    body, url = came
    for stamp in stamps:
        text = stamp.encode()
        for content in (
            text + b"." + body,
            b"v0:" + text + b":" + body,
            text + body,
            body + text,
            b"POST" + url + body + text,
        ):
            yield content, "the time and the body", stamp
    yield body, "the body", None
    if url:
        yield url + body, "the address and the body", None
        yield body + url, "the address and the body", None


def _same(given: str, made: bytes) -> bool:
    """Whether a written signature is this one, in hexadecimal or Base64."""
    wanted = (
        made.hex().encode(),
        base64.b64encode(made),
        base64.urlsafe_b64encode(made),
        base64.b64encode(made).rstrip(b"="),
    )
    text = given.encode("utf-8", "replace")
    low = text.lower() if re.fullmatch(r"[0-9a-fA-F]+", given) else text
    same = [hmac.compare_digest(low if number == 0 else text, one) for number, one in enumerate(wanted)]
    return any(same)


def _fresh(stamp: str, now: datetime) -> bool:
    """Whether a time, in seconds or milliseconds since 1970 or as RFC 3339, is within five minutes of now, in either direction."""
    try:
        if re.fullmatch(r"[0-9]{1,16}(\.[0-9]{1,9})?", stamp, re.ASCII):
            number = float(stamp)
            told = datetime.fromtimestamp(number / 1000 if number >= MILLISECONDS else number, UTC)
        else:
            told = datetime.fromisoformat(stamp)
    except (ValueError, OverflowError, OSError):
        return False
    if told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    return abs(told - now) <= TOLERANCE
