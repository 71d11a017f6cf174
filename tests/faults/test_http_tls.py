"""TLS and proxies (acceptance B23): refused, said which, with the option that helps; no option turns verification off."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from pathlib import Path

import pytest
import trustme

from checker.catalogue import explain_problem
from checker.client import network
from checker.client.messages import Request
from checker.errors import InputError, TransportError, UnreachableError
from checker.project.types import Limits, Tls
from tests.clients import client
from tests.servers import Server, raw, read_request, serve

GET = Request("GET", "/")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """A private authority and its certificate as a file."""
    folder = tmp_path_factory.mktemp("ca")
    ca = trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    return ca, folder


def context(ca: trustme.CA, host: str = "localhost", *, ends: dt.datetime | None = None) -> ssl.SSLContext:
    """A server's context with a certificate for that host."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    starts = ends - dt.timedelta(days=60) if ends else None
    ca.issue_cert(host, not_after=ends, not_before=starts).configure_cert(made)
    return made


def told(server: Server, **settings: object) -> str:
    """The code of the error that a request ends with; nobody tries a bad certificate twice."""
    asking = client(server.url, **settings)
    with pytest.raises(UnreachableError) as caught:
        asking.send(GET)
    assert asking.requests == 1
    asking.close()
    message, hint = explain_problem(caught.value.problems[0])
    assert "localhost" in message
    assert hint
    return caught.value.problems[0].code


def test_a_private_authority_is_trusted_by_its_file(authority: tuple[trustme.CA, Path]) -> None:
    """With `ca_file` the connection stands; without it the error says that the authority is unknown."""
    ca, folder = authority
    with serve(lambda _: {"ok": 1}, context(ca)) as server:
        assert told(server) == "http.tls-unknown-authority"
        asking = client(server.url, tls=Tls(ca_file="ca.pem"), build={"folder": folder})
        assert asking.send(GET).json() == {"ok": 1}
        asking.close()


def test_a_certificate_for_another_host_is_refused(authority: tuple[trustme.CA, Path]) -> None:
    """The name must be the one that was asked for."""
    ca, folder = authority
    with serve(lambda _: {}, context(ca, "other.example")) as server:
        assert told(server, tls=Tls(ca_file="ca.pem"), build={"folder": folder}) == "http.tls-wrong-host"
        seen = network.handshake("localhost", server.port, str(folder / "ca.pem"))
        assert (seen.version, seen.reason) == (None, "http.tls-wrong-host")


def test_an_expired_certificate_is_refused(authority: tuple[trustme.CA, Path]) -> None:
    """Yesterday's certificate is said to have expired, by the client and by the look at the network."""
    ca, folder = authority
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    with serve(lambda _: {}, context(ca, ends=yesterday)) as server:
        assert told(server, tls=Tls(ca_file="ca.pem"), build={"folder": folder}) == "http.tls-expired"
        assert network.handshake("localhost", server.port, str(folder / "ca.pem")).reason == "http.tls-expired"


def test_a_good_handshake_tells_version_and_end(authority: tuple[trustme.CA, Path]) -> None:
    """The look at the network knows the TLS version and when the certificate ends."""
    ca, folder = authority
    ends = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=30)
    with serve(lambda _: {}, context(ca, ends=ends)) as server:
        seen = network.handshake("localhost", server.port, str(folder / "ca.pem"))
    assert seen.version in {"TLSv1.2", "TLSv1.3"}
    assert seen.expires == ends
    assert seen.reason is None


def test_a_certificate_that_signed_itself_is_named(authority: tuple[trustme.CA, Path], tmp_path: Path) -> None:
    """A server that shows its own root certificate is told from one with an unknown authority."""
    ca, _ = authority
    (tmp_path / "root.pem").write_bytes(ca.cert_pem.bytes())
    (tmp_path / "root.key").write_bytes(ca.private_key_pem.bytes())
    alone = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    alone.load_cert_chain(tmp_path / "root.pem", tmp_path / "root.key")
    with serve(lambda _: {}, alone) as server:
        assert told(server) == "http.tls-self-signed"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_is_refused(authority: tuple[trustme.CA, Path]) -> None:
    """A server that speaks TLS 1.1 at most is said to be too old."""
    ca, folder = authority
    old = context(ca)
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with serve(lambda _: {}, old) as server:
        assert told(server, tls=Tls(ca_file="ca.pem"), build={"folder": folder}) == "http.tls-old-version"


def test_a_plain_server_behind_https_is_named() -> None:
    """Https to a port that speaks http is a mistake of the address."""
    with serve(lambda _: {}) as server:
        server.url = f"https://localhost:{server.port}"
        assert told(server) == "http.tls-none"


def test_a_client_certificate_is_shown_where_one_is_wanted(authority: tuple[trustme.CA, Path]) -> None:
    """With `client_certificate` the server is content; without it the error names the option."""
    ca, folder = authority
    ours = ca.issue_cert("client.example")
    (folder / "client.pem").write_bytes(
        ours.private_key_pem.bytes() + b"".join(one.bytes() for one in ours.cert_chain_pems)
    )
    strict = context(ca)
    strict.verify_mode = ssl.CERT_REQUIRED
    ca.configure_trust(strict)
    with serve(lambda _: {"ok": 1}, strict) as server:
        assert told(server, tls=Tls(ca_file="ca.pem"), build={"folder": folder}) == "http.tls-client-certificate"
        both = Tls(ca_file="ca.pem", client_certificate="client.pem")
        asking = client(server.url, tls=both, build={"folder": folder})
        assert asking.send(GET).json() == {"ok": 1}
        asking.close()


@pytest.mark.parametrize(("content", "code"), [(None, "http.tls-file-missing"), (b"no pem", "http.tls-file-bad")])
@pytest.mark.parametrize("option", ["ca_file", "client_certificate"])
def test_a_bad_file_is_an_input_error(option: str, content: bytes | None, code: str, tmp_path: Path) -> None:
    """A missing file and one that is no PEM are told apart, with the option's name."""
    if content is not None:
        (tmp_path / "x.pem").write_bytes(content)
    asking = client("https://localhost:1", tls=Tls(**{option: "x.pem"}), build={"folder": tmp_path})
    with pytest.raises(InputError) as caught:
        asking.send(GET)
    assert caught.value.problems[0].code == code
    assert caught.value.problems[0].values["option"] == f"tls.{option}"
    asking.close()


class Tunnel:
    """A proxy that notes what it is asked, and connects everything to one server, or answers with a refusal."""

    def __init__(self, to: int, refusal: bytes = b"") -> None:
        self.to, self.refusal, self.heard = to, refusal, [b""]

    def __call__(self, link: socket.socket, _: threading.Event) -> None:
        """Serve one connection."""
        self.heard.append(read_request(link))
        if self.refusal:
            link.sendall(self.refusal)
            return
        with socket.create_connection(("127.0.0.1", self.to)) as onward:
            if self.heard[-1].startswith(b"CONNECT"):
                link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                onward.sendall(self.heard[-1])
            back = threading.Thread(target=self._pump, args=(onward, link), daemon=True)
            back.start()
            self._pump(link, onward)
            back.join(2)

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return


def test_https_goes_through_the_proxys_tunnel(authority: tuple[trustme.CA, Path]) -> None:
    """The proxy gets the host and its own credentials, and never ours."""
    ca, folder = authority
    with serve(lambda asked: asked.headers.get("authorization"), context(ca, "erp.example")) as server:
        tunnel = Tunnel(server.port)
        with raw(tunnel) as proxy:
            asking = client(
                f"https://erp.example:{server.port}", proxy=proxy.url.replace("//", "//us:p%40ss@"),
                tls=Tls(ca_file="ca.pem"), build={"folder": folder},
            )  # fmt: skip
            assert asking.send(Request("GET", "/", headers={"Authorization": "Bearer t0ken"})).json() == "Bearer t0ken"
            asking.close()
    assert tunnel.heard[1].startswith(f"CONNECT erp.example:{server.port} HTTP/1.1".encode())
    assert b"Proxy-Authorization: Basic dXM6cEBzcw==" in tunnel.heard[1]
    assert b"t0ken" not in b"".join(tunnel.heard)


def test_a_bad_certificate_behind_a_proxy_is_the_hosts(authority: tuple[trustme.CA, Path]) -> None:
    """The proxy does not make an unknown authority known."""
    ca, _ = authority
    with serve(lambda _: {}, context(ca, "erp.example")) as server, raw(Tunnel(server.port)) as proxy:
        asking = client(f"https://erp.example:{server.port}", proxy=proxy.url)
        with pytest.raises(UnreachableError) as caught:
            asking.send(GET)
        asking.close()
    assert caught.value.problems[0].code == "http.tls-unknown-authority"


def test_plain_http_asks_the_proxy_for_the_whole_address() -> None:
    """A host of plain http is asked for by its URL."""
    with serve(lambda _: {"ok": 1}) as server:
        tunnel = Tunnel(server.port)
        with raw(tunnel) as proxy:
            asking = client("http://erp.example/api", proxy=proxy.url)
            assert asking.send(Request("GET", "/x")).json() == {"ok": 1}
            asking.close()
    assert tunnel.heard[1].startswith(b"GET http://erp.example/api/x HTTP/1.1")


def test_a_proxy_that_refuses_is_named_without_its_password() -> None:
    """407 is the proxy's answer, not the system's."""
    with raw(Tunnel(0, b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")) as proxy:
        asking = client("https://erp.example", proxy=proxy.url.replace("//", "//us:p4ssw0rd@"))
        with pytest.raises(TransportError) as caught:
            asking.send(GET)
        asking.close()
    assert caught.value.problems[0].code == "http.proxy-refused"
    assert "407" in str(caught.value)
    assert "p4ssw0rd" not in str(caught.value)


def test_a_proxy_that_is_not_there_is_named() -> None:
    """Which proxy, and by which setting."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    asking = client("https://erp.example", proxy=f"http://127.0.0.1:{port}", limits=Limits(requests_per_second=1000))
    with pytest.raises(UnreachableError) as caught:
        asking.send(GET)
    asking.close()
    assert caught.value.problems[0].code == "http.proxy-unreachable"
    assert caught.value.problems[0].values["source"] == "proxy"


def test_loopback_is_never_proxied() -> None:
    """Settings and environment name a proxy; a sandbox on this machine is asked directly."""
    with serve(lambda _: {"ok": 1}) as server:
        asking = client(
            server.url, proxy="http://127.0.0.1:1", build={"environment": {"HTTP_PROXY": "http://127.0.0.1:1"}}
        )
        assert asking.send(GET).json() == {"ok": 1}
        asking.close()
