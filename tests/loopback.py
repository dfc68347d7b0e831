"""Web servers of this process on a free loopback port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], ended: threading.Event) -> Iterator[int]:
    """The port at which `handler` answers until the block ends; `ended` frees those who wait in it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        http.daemon_threads = True
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield http.server_address[1]
        ended.set()
        http.shutdown()
        thread.join()
