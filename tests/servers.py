"""Small HTTP servers on loopback for tests: a function from request to reply, fast (buffered writer, TCP_NODELAY), and raw sockets for faults."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as the server got it. `query` has the last value of each name, `pairs` all."""

    method: str
    path: str
    pairs: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        """The last value of each parameter."""
        return dict(self.pairs)

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answered:
    """What the server answers: a body of bytes is sent as it is, anything else as JSON."""

    status: int = 200
    body: Any = None
    headers: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Server:
    """A running server: where it is, and what it was asked."""

    url: str
    port: int
    asked: list[Asked] = field(default_factory=list)


class _Fast(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests hang up on purpose."""


def _handler(answer: Callable[[Asked], Answered | Any], server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def _any(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            pairs = parse_qsl(parts.query, keep_blank_values=True)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, pairs, headers, body)
            server.asked.append(asked)
            reply = answer(asked)
            reply = reply if isinstance(reply, Answered) else Answered(body=reply)
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            named = {name.lower() for name, _ in reply.headers}
            if "content-type" not in named:
                self.send_header("Content-Type", "application/json")
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            """Nothing on stderr."""

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._any)
    return Handler


@contextmanager
def serve(answer: Callable[[Asked], Answered | Any], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that answers with what `answer` says, until the block ends. With `tls` it speaks HTTPS as `localhost`."""
    server = Server("", 0)
    with _Fast(("127.0.0.1", 0), _handler(answer, server)) as http:
        if tls is not None:
            http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
        server.port = http.server_address[1]
        server.url = f"https://localhost:{server.port}" if tls else f"http://127.0.0.1:{server.port}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def read_request(link: socket.socket) -> bytes:
    """One request off a raw connection, head and body; empty when the client hung up."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = link.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += link.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def raw(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[Server]:
    """A server of raw sockets: `talk` gets each connection, and an event that is set when the test is over."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    threads: list[threading.Thread] = []
    server = Server(f"http://127.0.0.1:{listening.getsockname()[1]}", listening.getsockname()[1])

    def one(link: socket.socket) -> None:
        with link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with suppress(OSError):
                talk(link, over)

    def accept() -> None:
        while not over.is_set():
            try:
                link, _ = listening.accept()
            except TimeoutError:
                continue
            link.setblocking(True)
            thread = threading.Thread(target=one, args=(link,), daemon=True)
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        over.set()
        accepting.join()
        for thread in threads:
            thread.join(2)
        listening.close()
