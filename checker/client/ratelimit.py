"""What answers say about limits and waiting: Retry-After and the families of RateLimit headers, read into one value. Pure.

Sources: RFC 9110 10.2.3 (Retry-After); draft-ietf-httpapi-ratelimit-headers-03 (RateLimit-Limit, -Remaining, -Reset), -07 (RateLimit:
limit=…) and -10 (RateLimit: "name";r=…;t=…, RateLimit-Policy: "name";q=…;w=…); the de facto X-RateLimit-* and X-Rate-Limit-*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from checker.model.text import safe

if TYPE_CHECKING:
    from checker.client.messages import Headers

LONGEST_BELIEVED = 31 * 24 * 3600.0  # seconds; a longer wait is nonsense or a way to say never
EPOCH_FROM = 1_000_000_000  # a reset above is no number of seconds to wait but an instant, in Unix seconds
LAST_EPOCH = 253_402_300_800  # the year 10000
EPOCH_MS_FROM = 1_000_000_000_000  # and above this one in milliseconds
FAMILIES = ("ratelimit-", "x-ratelimit-", "x-rate-limit-")
SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
# A figure of more digits is no figure: Python refuses to read very long ones, and no double holds them.
FIGURE = r"([0-9]{1,15})(?![0-9])"
PARAMETER = re.compile(rf"(?:^|[;,\s])(q|r|t|w|limit|remaining|reset)=\"?{FIGURE}", re.ASCII)
WHOLE = re.compile(rf"\s*{FIGURE}", re.ASCII)
WINDOW = re.compile(rf";\s*w={FIGURE}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RateLimitSeen:
    """What one answer says. `reset_s`, `window_s` and `retry_after_s` are seconds from the answer on; `headers` are the names that spoke.

    `reset_at` is the instant of the reset, where one is told and no number of seconds. `nonsense` holds `name: value` of what no rule makes sense of; such a header counts as absent.
    """

    limit: int | None = None
    remaining: int | None = None
    reset_s: float | None = None
    reset_at: datetime | None = None
    window_s: float | None = None
    policy: str | None = None
    retry_after_s: float | None = None
    headers: tuple[str, ...] = ()
    nonsense: tuple[str, ...] = ()

    @property
    def wait_s(self) -> float | None:
        """How long the answer asks to wait before the next request: Retry-After, else the reset of a used-up limit."""
        if self.retry_after_s is not None:
            return self.retry_after_s
        return self.reset_s if self.remaining == 0 else None


def read_retry_after(values: Iterable[str], now: datetime) -> tuple[float | None, list[str]]:
    """Seconds to wait, the longest of several, and the values that make no sense. `now` is the server's clock where it told it."""
    waits: list[float] = []
    nonsense: list[str] = []
    for value in values:
        wait = _one_retry_after(value.strip(), now)
        if wait is None or not 0 <= wait <= LONGEST_BELIEVED:
            nonsense.append(f"retry-after: {safe(value, 60)}")
        if wait is not None and wait <= LONGEST_BELIEVED:
            waits.append(max(wait, 0.0))
    return (max(waits) if waits else None), nonsense


def _one_retry_after(text: str, now: datetime) -> float | None:
    if SECONDS.fullmatch(text):
        return float(text)
    if text.startswith("-") and SECONDS.fullmatch(text[1:]):
        return -float(text[1:])
    instant = http_date(text)
    return (instant - now).total_seconds() if instant else None


def http_date(text: str) -> datetime | None:
    """An HTTP date (RFC 9110 5.6.7) as an aware instant; None for anything else."""
    if not text.isascii():
        return None
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def read_rate_limit(headers: Headers, received: datetime) -> RateLimitSeen | None:
    """All families at once; None where the answer has none of these headers. `received` is our clock when the answer was there."""
    spoke = [name for name in headers if name in {"retry-after", "ratelimit"} or name.startswith(FAMILIES)]
    if not spoke:
        return None
    now = http_date(headers.get("date", "")) or received
    wait, nonsense = read_retry_after(headers.all("retry-after"), now)
    found, odd = _classic(headers, now)
    structured = _structured(headers)
    return RateLimitSeen(
        limit=_first(structured.get("limit"), structured.get("q"), found.get("limit")),
        remaining=_first(structured.get("remaining"), structured.get("r"), found.get("remaining")),
        reset_s=_first(structured.get("reset"), structured.get("t"), found.get("reset")),
        reset_at=_reset_at(headers),
        window_s=_first(structured.get("w"), found.get("window")),
        policy=headers.get("ratelimit-policy"),
        retry_after_s=wait,
        headers=tuple(sorted(spoke)),
        nonsense=(*nonsense, *odd),
    )


def _first(*values: float | None) -> int | None:
    return next((int(one) for one in values if one is not None), None)


def _structured(headers: Headers) -> dict[str, int]:
    """Parameters of RateLimit and RateLimit-Policy; of several policies the one with the least left counts, else the first."""
    found: dict[str, int] = {}
    policies = [dict(PARAMETER.findall(one)) for one in headers.get("ratelimit", "").split(",")]
    if any("r" in one for one in policies):
        policies = [min((one for one in policies if "r" in one), key=lambda one: int(one["r"]))]
    for policy in (*policies, dict(reversed(PARAMETER.findall(headers.get("ratelimit-policy", ""))))):
        for name, value in policy.items():
            found.setdefault(name, int(value))
    return found


def _classic(headers: Headers, now: datetime) -> tuple[dict[str, float], list[str]]:
    """The families with one header a figure; the first family that says a figure wins."""
    found: dict[str, float] = {}
    odd: list[str] = []
    for family in FAMILIES:
        for figure in ("limit", "remaining", "reset", "window"):
            value = headers.get(family + figure)
            if value is None:
                continue
            number = _reset(value, now) if figure == "reset" else _whole(value)
            if number is None or number < 0:
                odd.append(f"{family}{figure}: {safe(value, 60)}")
            else:
                found.setdefault(figure, number)
        window = WINDOW.search(headers.get(family + "limit", ""))
        if window:
            found.setdefault("window", float(window[1]))
    return found, odd


def _whole(value: str) -> float | None:
    match = WHOLE.match(value)
    return float(match[1]) if match else None


def _reset(value: str, now: datetime) -> float | None:
    """Seconds until the reset: a delta, Unix seconds or milliseconds, an HTTP date or an RFC 3339 instant; a past one is 0."""
    text = value.strip()
    number = SECONDS.fullmatch(text) is not None
    if number and float(text) < EPOCH_FROM:
        return float(text) if float(text) <= LONGEST_BELIEVED else None
    instant = _instant(text)
    if instant is None:
        return None
    wait = (instant - now).total_seconds()
    return None if number and wait > LONGEST_BELIEVED else max(wait, 0.0)


def _instant(text: str) -> datetime | None:
    """Unix seconds or milliseconds, an HTTP date or an RFC 3339 instant; None for anything else, a number of seconds to wait included."""
    if not SECONDS.fullmatch(text):
        return http_date(text) or _rfc3339(text)
    number = float(text)
    seconds = number / 1000 if number >= EPOCH_MS_FROM else number
    return datetime.fromtimestamp(seconds, UTC) if EPOCH_FROM <= seconds < LAST_EPOCH else None


def _reset_at(headers: Headers) -> datetime | None:
    """The first reset that is told as an instant."""
    told = (headers.get(f"{family}reset") for family in FAMILIES)
    return next((instant for one in told if one is not None and (instant := _instant(one.strip()))), None)


def _rfc3339(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None
