"""Which way a request takes (acceptance F11)."""

from __future__ import annotations

import pytest

from checker.client.origin import Origin, parse_url
from checker.client.proxy import credentials_in, parse_proxy, proxy_for
from checker.errors import InputError


def origin(url: str) -> Origin:
    """The origin of a URL."""
    address = parse_url(url)
    assert address is not None
    return address.origin


@pytest.mark.parametrize(
    ("url", "configured", "environment", "proxy"),
    [
        ("http://127.0.0.1:8055", "http://p:1", {"HTTP_PROXY": "http://q:1"}, None),
        ("http://localhost", None, {"HTTP_PROXY": "http://q:1"}, None),
        ("https://api.example", "http://p:3128", {"NO_PROXY": "*"}, "http://p:3128"),
        ("https://api.example", None, {"HTTPS_PROXY": "q:3128"}, "http://q:3128"),
        ("https://api.example", None, {"https_proxy": "http://q:3128"}, "http://q:3128"),
        ("https://api.example", None, {"HTTP_PROXY": "http://q:3128"}, None),
        ("http://api.example", None, {"ALL_PROXY": "http://q:3128"}, "http://q:3128"),
        ("https://api.example", None, {"HTTPS_PROXY": "http://q:1", "NO_PROXY": "*"}, None),
        ("https://api.example", None, {"HTTPS_PROXY": "http://q:1", "NO_PROXY": "other, .example"}, None),
        ("https://api.example", None, {"HTTPS_PROXY": "http://q:1", "NO_PROXY": "api.example:443"}, None),
        ("https://api.example", None, {"HTTPS_PROXY": "http://q:1", "NO_PROXY": "api.example:80"}, "http://q:1"),
        ("https://notexample", None, {"HTTPS_PROXY": "http://q:1", "NO_PROXY": "example"}, "http://q:1"),
        ("https://10.1.2.3", None, {"HTTPS_PROXY": "http://q:1", "NO_PROXY": "10.0.0.0/8"}, None),
        ("https://[fd00::1]", None, {"HTTPS_PROXY": "http://q:1", "NO_PROXY": "[fd00::1]"}, None),
        ("https://api.example", None, {"HTTPS_PROXY": " "}, None),
        ("https://api.example", None, {}, None),
    ],
)
def test_the_proxy_is_the_projects_or_the_environments(
    url: str, configured: str | None, environment: dict[str, str], proxy: str | None
) -> None:
    """The project's proxy wins, then the variables of the scheme; NO_PROXY names exceptions; loopback never has a proxy."""
    found = proxy_for(origin(url), configured, environment)
    assert (str(found.address.origin) if found else None) == proxy


def test_a_proxys_credentials_are_taken_apart() -> None:
    """User name and password are decoded and leave the address; the password is known as a secret in both spellings."""
    proxy = parse_proxy("http://us%40er:p%3Aw@proxy.example:3128", "proxy")
    assert (proxy.username, proxy.password, str(proxy.address.origin)) == ("us@er", "p:w", "http://proxy.example:3128")
    assert credentials_in("us:p%3Aw@proxy:1") == ("p%3Aw", "p:w")


@pytest.mark.parametrize("url", ["socks5://p:1", "http://", "http://p:x", "ftp://p"])
def test_what_is_no_http_proxy_is_an_input_error(url: str) -> None:
    """SOCKS and nonsense are refused by name."""
    with pytest.raises(InputError):
        parse_proxy(url, "proxy")


def test_a_proxy_variable_that_is_no_url_holds_no_secrets_and_breaks_nothing() -> None:
    """Some other program's HTTP_PROXY may be nonsense; it is told where the proxy is needed."""
    assert credentials_in("\x1b[31mnonsense") == ()
