"""The origin guard: credentials stay where they belong."""

from __future__ import annotations

import pytest

from checker.client.origin import Guard, Origin, parse_base, parse_url, resolve
from checker.errors import InputError, OriginError

BASE = "https://api.example.com/v1/"

OUTSIDE = [
    "https://api.example.org/v1/x",
    "http://api.example.com/v1/x",
    "https://api.example.com:8443/v1/x",
    "https://api.example.com./v1/x",
    "https://api.example.com@evil.example/x",
    "https://user:pw@api.example.com/x",
    "https://api.example.com\\@evil.example/x",
    "https://evil.example\\.api.example.com/",
    "//evil.example/x",
    "https://api.example.com%2eevil.example/",
    "https://аpi.example.com/x",
    "https://api。example.com/x",
    "https://api.example.com\t.evil.example/",
    "https:///x",
    "https://[::1/x",
    "https://api.example.com:99999/",
    "https://api.example.com:0/",
    "ftp://api.example.com/x",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/plain,x",
]


@pytest.mark.parametrize("url", OUTSIDE)
def test_a_foreign_address_is_refused(url: str) -> None:
    """Look-alike hosts, other schemes and ports, userinfo and parser tricks are outside."""
    with pytest.raises(OriginError):
        Guard(parse_base(BASE)).address(url)


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("/contacts", "https://api.example.com/v1/contacts"),
        ("contacts", "https://api.example.com/v1/contacts"),
        ("?a=1", "https://api.example.com/v1?a=1"),
        ("https://API.example.com:443/v1/x?q=ü#f", "https://api.example.com/v1/x?q=%C3%BC"),
        ("/a b/%2F", "https://api.example.com/v1/a%20b/%2F"),
        ("/a:b", "https://api.example.com/v1/a:b"),
    ],
)
def test_what_is_inside_is_normalised(target: str, address: str) -> None:
    """Paths stand below the base URL; case and default port don't matter; what is encoded stays so."""
    assert str(Guard(parse_base(BASE)).address(target)) == address


def test_further_origins_are_inside() -> None:
    """An origin that the project names may be talked to."""
    guard = Guard(parse_base(BASE), frozenset({Origin("https", "files.example.com", 443)}))
    assert str(guard.address("https://files.example.com/f")) == "https://files.example.com/f"


@pytest.mark.parametrize("url", ["", "example.com", "https://", "https://u:p@host/", "https://ho st/", "ldap://host"])
def test_a_bad_base_url_is_an_input_error(url: str) -> None:
    """A base URL that nobody can ask is refused, and its password is not shown."""
    with pytest.raises(InputError) as caught:
        parse_base(url)
    assert "u:p" not in str(caught.value)


def test_a_base_url_may_have_foreign_letters() -> None:
    """A host with umlauts in the project file is put into its ASCII form."""
    assert parse_base("https://müller.example/api").origin.host == "xn--mller-kva.example"


def test_links_are_seen_from_where_they_stood() -> None:
    """Relative links are joined to the URL that answered."""
    assert resolve("http://h/a/b?x=1", "?page=2") == "http://h/a/b?page=2"
    assert resolve("http://h/a/b", "//[bad") == "//[bad"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.8.0.1", True), ("[::1]", True), ("127.0.0.1.example.com", False), ("10.0.0.1", False)],
)
def test_loopback_is_recognised(host: str, loopback: bool) -> None:
    """Only this machine is loopback."""
    address = parse_url(f"http://{host}/")
    assert address is not None
    assert address.origin.loopback is loopback
