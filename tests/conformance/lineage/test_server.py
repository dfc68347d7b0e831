"""OpenLineage to a server: whatever the server does, a run goes on, and no event is lost."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from attrs import define, field

from lakekit.domain.errors import ConfigError
from lakekit.plugin.provider import Context
from lakekit.ports.telemetry import Lineage
from lakekit.testing.lineage import COMPLETE, EVENTS, FAIL, MINIMAL, LineageSuite
from tests.loopback import serving

KEY = "hunter2"


@define
class Server:
    """A server that answers `status`, or with None nothing until it ends; what it took, and with which headers."""

    status: int | None = 201
    events: list[dict] = field(factory=list)
    headers: list[dict] = field(factory=list)
    paths: list[str] = field(factory=list)
    ended: threading.Event = field(factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if server.status is None:
                server.ended.wait(20)
                return
            if server.status < 300:
                server.events.append(json.loads(body))
                server.headers.append(dict(self.headers))
                server.paths.append(self.path)
            self.send_response(server.status)
            self.send_header("Content-Length", "0")
            if server.status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    with serving(handler(made), made.ended) as made.port:
        yield made


def adapter(folder: Path, url: str, **options: object) -> Lineage:
    secrets = {"secret://env/KEY": KEY}
    told = {"url": url, **options}
    return TestOpenLineageServer().registered(
        Context(folder, "/data/lake", folder / ".lakekit", told, secret=secrets.__getitem__)
    )


def kinds(server: Server) -> list[str]:
    return [event["eventType"] for event in server.events]


class TestOpenLineageServer(LineageSuite):
    provider = "openlineage"

    @pytest.fixture(autouse=True)
    def _served(self, server: Server) -> None:
        self.server, self.made = server, list[Lineage]()

    def make(self, folder: Path) -> Lineage:
        self.made.append(adapter(folder, self.server.url))
        return self.made[-1]

    def out_of_reach(self, folder: Path) -> Lineage:
        (folder / ".lakekit").write_text("a file where a folder should be")
        return adapter(folder, "http://127.0.0.1:9")

    def received(self, folder: Path) -> Sequence[tuple[str, str]]:  # noqa: ARG002  # the server is one
        for lineage in self.made:
            lineage.close()
        return [(e["eventType"], uuid.UUID(e["run"]["runId"]).hex) for e in self.server.events]


@pytest.mark.parametrize("status", [500, 503, 401, 403, 404, 302, 429])
def test_what_a_server_does_not_take_now_is_sent_by_a_later_run(server: Server, tmp_path: Path, status: int) -> None:
    server.status = status
    first = adapter(tmp_path, server.url)
    for event in EVENTS:
        first.emit(event)
    first.close()
    assert first.waiting().events == len(EVENTS)
    assert str(status) in first.waiting().why
    server.status = 200
    later = adapter(tmp_path, server.url)
    later.emit(COMPLETE)
    later.close()
    assert kinds(server) == [*(event.kind.value for event in EVENTS), "COMPLETE"]
    assert (later.waiting().events, later.waiting().why) == (0, "")


def test_a_server_that_is_down_keeps_nobody(tmp_path: Path) -> None:
    lineage = adapter(tmp_path, "http://127.0.0.1:9")
    lineage.emit(MINIMAL)
    lineage.close()
    assert lineage.waiting().events == 1
    assert lineage.waiting().why == "ConnectionError"


def test_of_a_server_that_does_not_answer_one_event_is_tried_and_no_more(server: Server, tmp_path: Path) -> None:
    server.status = None
    lineage = adapter(tmp_path, server.url)
    for event in EVENTS:
        lineage.emit(event)
    lineage.close()
    assert lineage.waiting().events == len(EVENTS)
    assert lineage.waiting().why == "ReadTimeout"


@pytest.mark.parametrize("status", [400, 413, 422])
def test_an_event_that_is_refused_for_good_does_not_keep_the_others(
    server: Server, tmp_path: Path, status: int
) -> None:
    server.status = status
    first = adapter(tmp_path, server.url)
    first.emit(MINIMAL)
    first.close()
    assert (first.waiting().events, first.waiting().refused) == (0, 1)
    server.status = 200
    first.emit(COMPLETE)
    first.close()
    assert kinds(server) == ["COMPLETE"]


def test_events_of_a_process_that_was_killed_before_it_sent_them_are_sent_by_the_next(
    server: Server, tmp_path: Path
) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from tests.conformance.lineage.test_server import adapter, MINIMAL\n"
        "adapter(Path(sys.argv[1]), sys.argv[2]).emit(MINIMAL)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path), server.url], check=False)
    assert ended.returncode == -9
    assert server.events == []
    lineage = adapter(tmp_path, server.url)
    lineage.emit(FAIL)
    lineage.close()
    assert kinds(server) == ["START", "FAIL"]


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / ".lakekit" / "lineage").rglob("*.json"))


def test_more_events_than_may_wait_cost_the_oldest_and_are_counted(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.status = 503
    lineage = adapter(tmp_path, server.url)
    for _ in range(5):
        lineage.emit(MINIMAL)
    lineage.close()
    before, size = files(tmp_path), files(tmp_path)[0].stat().st_size
    assert caplog.records == []
    bounded = adapter(tmp_path, server.url, max_bytes=3 * size)
    bounded.emit(MINIMAL)
    assert len(files(tmp_path)) == 6
    bounded.close()
    assert files(tmp_path)[:2] == before[3:]
    waiting = bounded.waiting()
    assert (waiting.events, waiting.refused, waiting.dropped) == (3, 0, 3)
    assert ["oldest 3 events are dropped" in record.getMessage() for record in caplog.records] == [True]
    bounded.emit(MINIMAL)
    bounded.close()
    assert bounded.waiting().dropped == 4
    server.status = 200
    bounded.close()
    assert (bounded.waiting().events, bounded.waiting().dropped) == (0, 4)
    assert kinds(server) == ["START"] * 3


def test_events_that_were_refused_are_dropped_before_those_that_wait(server: Server, tmp_path: Path) -> None:
    server.status = 400
    lineage = adapter(tmp_path, server.url)
    lineage.emit(MINIMAL)
    lineage.emit(MINIMAL)
    lineage.close()
    assert lineage.waiting().refused == 2
    server.status = 503
    size = files(tmp_path)[0].stat().st_size
    bounded = adapter(tmp_path, server.url, max_bytes=2 * size)
    bounded.emit(MINIMAL)
    bounded.close()
    waiting = bounded.waiting()
    assert (waiting.events, waiting.refused, waiting.dropped) == (1, 1, 1)


def test_where_none_may_wait_none_does(server: Server, tmp_path: Path) -> None:
    server.status = 503
    lineage = adapter(tmp_path, server.url, max_bytes=0)
    lineage.emit(MINIMAL)
    lineage.close()
    assert (files(tmp_path), lineage.waiting().dropped) == ([], 1)


@pytest.mark.parametrize("told", [-1, "100 MB", 1.5, True, None])
def test_a_bound_that_is_no_number_of_bytes_is_refused(tmp_path: Path, told: object) -> None:
    with pytest.raises(ConfigError, match="'max_bytes'"):
        adapter(tmp_path, "http://127.0.0.1:9", max_bytes=told)


def test_a_spool_that_is_lost_meanwhile_fails_no_run(server: Server, tmp_path: Path) -> None:
    lineage = adapter(tmp_path, server.url)
    lineage.emit(MINIMAL)
    folder = tmp_path / ".lakekit" / "lineage"
    shutil.rmtree(folder)
    folder.write_text("a file where a folder should be")
    lineage.close()
    lineage.emit(COMPLETE)
    assert server.events == []


def test_a_run_that_told_nothing_sends_nothing(server: Server, tmp_path: Path) -> None:
    adapter(tmp_path, server.url).emit(MINIMAL)
    adapter(tmp_path, server.url).close()
    assert server.events == []


def test_the_key_is_sent_and_stands_nowhere(server: Server, tmp_path: Path) -> None:
    lineage = adapter(tmp_path, server.url, api_key="secret://env/KEY")
    server.status = 403
    lineage.emit(MINIMAL)
    lineage.close()
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert KEY not in file.read_text()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    server.status = 200
    lineage.emit(COMPLETE)
    lineage.close()
    assert {headers["Authorization"] for headers in server.headers} == {f"Bearer {KEY}"}


def test_an_address_without_a_path_gets_the_usual_one(server: Server, tmp_path: Path) -> None:
    for number, url in enumerate((server.url, f"{server.url}/", f"{server.url}/own/path")):
        lineage = adapter(tmp_path / str(number), url)
        lineage.emit(MINIMAL)
        lineage.close()
    assert server.paths == ["/api/v1/lineage", "/api/v1/lineage", "/own/path"]


@pytest.mark.parametrize(
    "options",
    [{"url": "marquez:5000"}, {"url": "ftp://x"}, {"url": "http://"}, {"url": "http://x:99999"}, {"url": 3}],
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, options: dict) -> None:
    with pytest.raises(ConfigError, match="'url'"):
        adapter(tmp_path, **options)


def test_a_key_without_a_server_has_no_effect_and_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="api_key"):
        TestOpenLineageServer().registered(
            Context(tmp_path, "/lake", tmp_path, {"api_key": "secret://env/KEY"}, secret=lambda _: KEY)
        )
