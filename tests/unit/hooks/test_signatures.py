"""Is an event signed, and does the signature hold? Over the raw body, in the forms that senders use, within five minutes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.hooks import Guard, verified

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
BODY = '{"type": "contact.updated", "data": {"name": "Größe"}}'.encode()
SECRET, OTHER = "s3cret-of-the-sender", "another"
KEY = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789").decode()


def mac(content: bytes, secret: str = SECRET, hash_: str = "sha256") -> bytes:
    """An HMAC."""
    return hmac.new(secret.encode(), content, hash_).digest()


def seconds(at: datetime) -> str:
    """Whole seconds since 1970."""
    return str(int(at.timestamp()))


STAMP = seconds(NOW)
URL = "http://127.0.0.1:8000/hook"
FORMS = {
    "hexadecimal": {"x-signature": mac(BODY).hex()},
    "hexadecimal, capitals": {"x-signature": mac(BODY).hex().upper()},
    "named": {"x-hub-signature-256": "sha256=" + mac(BODY).hex()},
    "Base64": {"x-shop-hmac-sha256": base64.b64encode(mac(BODY)).decode()},
    "Base64 for addresses": {"x-webhook-signature": base64.urlsafe_b64encode(mac(BODY)).decode()},
    "SHA-1": {"x-hub-signature": "sha1=" + mac(BODY, hash_="sha1").hex()},
    "SHA-512": {"x-hook-signature": mac(BODY, hash_="sha512").hex()},
    "time inside": {"pay-signature": f"t={STAMP},v1={mac(f'{STAMP}.'.encode() + BODY).hex()}"},
    "over the address": {"x-signature": mac(URL.encode() + BODY).hex()},
    "with a secret in Base64": {"x-signature": mac(BODY, "0123456789abcdef").hex()},
    "two, one of them old": {
        "pay-signature": f"t={STAMP},v1={mac(f'{STAMP}.'.encode() + BODY, 'the old one').hex()},v1={mac(f'{STAMP}.'.encode() + BODY).hex()}"
    },
    "time beside": {
        "x-request-timestamp": STAMP,
        "x-signature": "v0=" + mac(b"v0:" + STAMP.encode() + b":" + BODY).hex(),
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_the_usual_forms_hold_with_the_secret_and_with_no_other(form: str) -> None:
    """Each with the right secret, beside a wrong one; not with a wrong one alone; not over a body that was written anew."""
    headers = FORMS[form]
    secret = base64.b64encode(b"0123456789abcdef").decode() if "Base64" in form and "secret" in form else SECRET
    assert verified(headers, BODY, (secret,), NOW, URL).state == "valid"
    assert verified(headers, BODY, (OTHER, secret), NOW, URL).state == "valid"
    assert verified(headers, BODY, (OTHER,), NOW).state == "unverified"  # it may be made in a way that we don't know
    assert verified(headers, BODY.replace(b": ", b":"), (SECRET,), NOW).state == "unverified"
    assert verified(headers, BODY, (), NOW).state == "no-secret"


def standard(at: datetime, body: bytes = BODY, key: str = KEY, ident: str = "msg_1") -> dict[str, str]:
    """Headers by Standard Webhooks."""
    signed = f"{ident}.{seconds(at)}.".encode() + body
    made = hmac.new(base64.b64decode(key.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(made).decode()
    return {"webhook-id": ident, "webhook-timestamp": seconds(at), "webhook-signature": signature}


def test_standard_webhooks_hold_with_several_signatures() -> None:
    """While a secret is renewed, both signatures are sent."""
    now = datetime.now(UTC)
    other = "whsec_" + base64.b64encode(b"another-secret-of-the-sender").decode()
    headers = standard(now)
    both = {
        **headers,
        "webhook-signature": f"{standard(now, key=other)['webhook-signature']} {headers['webhook-signature']}",
    }
    assert verified(headers, BODY, (KEY,), now).state == "valid"
    assert verified(both, BODY, (KEY,), now).state == "valid"
    assert verified(headers, BODY, (other,), now).state == "wrong"
    assert verified(headers, BODY + b" ", (KEY,), now).state == "wrong"


@pytest.mark.parametrize("minutes", [-6, 6, -600])
def test_a_time_stamp_off_by_more_than_five_minutes_is_stale_in_either_direction(minutes: int) -> None:
    """Whoever recorded an event may not send it again later."""
    now = datetime.now(UTC)
    assert verified(standard(now + timedelta(minutes=minutes)), BODY, (KEY,), now).state == "stale"
    stamp = seconds(NOW + timedelta(minutes=minutes))
    headers = {"pay-signature": f"t={stamp},v1={mac(f'{stamp}.'.encode() + BODY).hex()}"}
    assert verified(headers, BODY, (SECRET,), NOW).state == "stale"


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_time_stamp_within_five_minutes_is_fresh(minutes: int) -> None:
    """Clocks differ a little."""
    now = datetime.now(UTC)
    assert verified(standard(now + timedelta(minutes=minutes)), BODY, (KEY,), now).state == "valid"


def test_a_signature_by_a_key_pair_is_not_called_wrong() -> None:
    """Without the vendor's public key nobody can tell."""
    headers = {
        **standard(NOW),
        "webhook-signature": "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
    }
    assert verified(headers, BODY, (KEY,), NOW).state == "no-secret"


def test_no_header_speaks_of_a_signature() -> None:
    """Nothing to verify is no signature, whatever else is sent."""
    assert verified({"content-type": "application/json", "x-event": "a"}, BODY, (SECRET,), NOW).state == "none"


@given(
    st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "x-signature", "x-timestamp"]),
        st.text(max_size=80),
    ),
    st.binary(max_size=200),
)
def test_nothing_that_comes_breaks_it_and_nothing_forged_holds(headers: dict[str, str], body: bytes) -> None:
    """Whatever stands in the headers: an answer, never an exception, and never "valid"."""
    assert verified(headers, body, (KEY, SECRET), NOW).state in {"none", "wrong", "stale", "unverified", "no-secret"}


def test_a_guard_lets_an_event_pass_once_and_knows_it_again() -> None:
    """Signed, fresh, new: taken; the same again: taken well, and told apart; unsigned or wrong: refused."""
    guard = Guard((KEY,))
    headers = standard(datetime.now(UTC))
    assert [guard("/", headers, BODY), guard("/", headers, BODY)] == [204, 208]
    assert guard("/", {}, BODY) == 401
    assert guard("/", headers, BODY + b"x") == 401
    assert Guard()("/", {}, BODY) == 204
