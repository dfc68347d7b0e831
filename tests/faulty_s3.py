"""A proxy before an S3 server that answers as servers do on bad days."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from attrs import define, frozen

from tests.servers import Server


@frozen
class Fault:
    """An answer in the server's place. With `done` the request reaches the server first: the answer alone is lost."""

    status: int
    code: str
    done: bool = False

    def body(self, authorization: str) -> bytes:
        """As S3 does for some refusals, it quotes what was signed."""
        return f"<Error><Code>{self.code}</Code><StringToSign>{authorization}</StringToSign></Error>".encode()


@frozen
class Slow:
    """The request reaches the server after so many seconds."""

    seconds: float


Policy = Callable[[str, str], Fault | Slow | None]
"""From a request's method and path to what goes wrong with it."""


def slow_commits(seconds: float) -> Policy:
    """Between what a writer read of a table's log and what it writes there, much happens."""
    return lambda method, path: Slow(seconds) if method == "PUT" and "/_delta_log/" in path else None


def healthy(method: str, path: str) -> Fault | Slow | None:
    return None


@define
class FaultyServer:
    """The proxy: `policy` may be set at any time."""

    server: Server
    policy: Policy = healthy
    struck: int = 0


@contextmanager
def faulty(upstream: Server) -> Iterator[FaultyServer]:
    """A server that passes requests on to `upstream`, but for those that its policy strikes."""
    address = urlsplit(upstream.endpoint)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            fault = told.policy(self.command, self.path)
            if isinstance(fault, Slow):
                told.struck += 1
                time.sleep(fault.seconds)
                fault = None
            if fault is None or fault.done:
                connection = HTTPConnection(address.hostname or "", address.port, timeout=60)
                connection.request(self.command, self.path, body, dict(self.headers))
                answer = connection.getresponse()
                status, headers, content = answer.status, answer.getheaders(), answer.read()
                connection.close()
            if fault is not None:
                told.struck += 1
                status, headers, content = fault.status, [], fault.body(self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            length = dict(headers).get("Content-Length", "0") if self.command == "HEAD" else str(len(content))
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = pass_on  # noqa: N815

        def handle(self) -> None:
            with suppress(ConnectionError):  # a client that heard enough
                super().handle()

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    told = FaultyServer(Server(f"http://127.0.0.1:{proxy.server_address[1]}"))
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()
