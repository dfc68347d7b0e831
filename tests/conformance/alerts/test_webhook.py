"""Alerts to an address: whatever the receiver does, a run goes on within seconds, and knows what has not arrived."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from attrs import define, field

from lakekit.domain.errors import ConfigError
from lakekit.plugin.provider import Context
from lakekit.ports.telemetry import Alerts
from lakekit.testing.alerts import FAILED, HELD, AlertsSuite
from tests.loopback import serving

TOKEN = "hunter2"
SECRETS = {"secret://env/TOKEN": TOKEN}
NOBODY = "http://127.0.0.1:9"


@define
class Receiver:
    """A server whose answers are `statuses` one after the other, the last one for good: None keeps the connection open
    and says nothing, 0 ends it, -1 sends a header without an end. It has what it took, and all that it was asked."""

    statuses: list[int | None] = field(factory=lambda: [204])
    documents: list[dict] = field(factory=list)
    headers: list[dict] = field(factory=list)
    asked: list[str] = field(factory=list)
    ended: threading.Event = field(factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=1"

    def answer(self) -> int | None:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.asked.append(self.path)
        self.receiver.headers.append(dict(self.headers))
        status = self.receiver.answer()
        if status is None:
            self.receiver.ended.wait(60)
        elif status == -1:
            self._drip()
        elif status:
            self._answer(status, body)

    def do_GET(self) -> None:
        self.receiver.asked.append("GET")
        self._answer(200, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        if status < 300:
            self.receiver.documents.append(json.loads(body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if 300 <= status < 400:
            self.send_header("Location", f"http://127.0.0.1:{self.receiver.port}/elsewhere")
        self.end_headers()

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not self.receiver.ended.wait(0.5):
            try:
                self.wfile.write(b"x")
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    with serving(type("Bound", (Handler,), {"receiver": made}), made.ended) as made.port:
        yield made


def adapter(folder: Path, url: object, **options: object) -> Alerts:
    told = {"url": url, **options}
    return TestWebhook().registered(
        Context(folder, "/data/lake", folder / ".lakekit", told, secret=SECRETS.__getitem__)
    )


class TestWebhook(AlertsSuite):
    provider = "webhook"

    @pytest.fixture(autouse=True)
    def _received(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def make(self, folder: Path) -> Alerts:
        return adapter(folder, self.receiver.url)

    def out_of_reach(self, folder: Path) -> Alerts:
        return adapter(folder, NOBODY)

    def received(self, folder: Path) -> Sequence[Mapping[str, object]]:  # noqa: ARG002  # the receiver is one
        return self.receiver.documents


def test_an_alert_is_one_document_at_the_address_as_it_stands(receiver: Receiver, tmp_path: Path) -> None:
    assert adapter(tmp_path, receiver.url).send(HELD) == ""
    assert receiver.asked == ["/hook?key=1"]
    assert receiver.headers[0]["Content-Type"] == "application/json"
    assert "Authorization" not in receiver.headers[0]


def test_a_receiver_that_is_down_keeps_nobody(tmp_path: Path) -> None:
    assert adapter(tmp_path, NOBODY).send(FAILED) == "ConnectionError"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_receiver_that_could_not_is_asked_once_more(receiver: Receiver, tmp_path: Path, status: int) -> None:
    receiver.statuses = [status, 200]
    assert adapter(tmp_path, receiver.url).send(FAILED) == ""
    receiver.statuses = [status]
    assert adapter(tmp_path, receiver.url).send(FAILED) == f"the receiver answers {status}"
    assert (len(receiver.asked), len(receiver.documents)) == (4, 1)


@pytest.mark.parametrize("status", [304, 400, 401, 404, 501])
def test_a_receiver_that_will_not_is_not_asked_again(receiver: Receiver, tmp_path: Path, status: int) -> None:
    receiver.statuses = [status]
    assert adapter(tmp_path, receiver.url).send(FAILED) == f"the receiver answers {status}"
    assert len(receiver.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_is_not_followed(receiver: Receiver, tmp_path: Path, status: int) -> None:
    receiver.statuses = [status, 200]
    told = adapter(tmp_path, receiver.url, token="secret://env/TOKEN").send(FAILED)
    assert told == f"the receiver answers {status}"
    assert receiver.asked == ["/hook?key=1"]


def test_a_receiver_that_says_nothing_may_have_the_alert_and_is_not_asked_again(
    receiver: Receiver, tmp_path: Path
) -> None:
    receiver.statuses = [None]
    assert adapter(tmp_path, receiver.url).send(FAILED) == "ReadTimeout"
    assert len(receiver.asked) == 1


def test_a_receiver_that_hangs_up_may_have_the_alert_and_is_not_asked_again(receiver: Receiver, tmp_path: Path) -> None:
    receiver.statuses = [0]
    assert adapter(tmp_path, receiver.url).send(FAILED) == "ConnectionError"
    assert len(receiver.asked) == 1


def test_an_answer_that_drips_is_not_waited_for_and_after_some_seconds_in_all_nothing_is(
    receiver: Receiver, tmp_path: Path
) -> None:
    receiver.statuses = [-1]
    alerts = adapter(tmp_path, receiver.url)
    told = [alerts.send(FAILED) for _ in range(4)]
    assert told == ["no answer within 5 seconds"] * 2 + ["not tried, as earlier alerts took too long"] * 2
    assert len(receiver.asked) == 2


def test_a_server_that_speaks_no_tls_gets_nothing(receiver: Receiver, tmp_path: Path) -> None:
    told = adapter(tmp_path, receiver.url.replace("http:", "https:"), token="secret://env/TOKEN").send(FAILED)
    assert told == "SSLError"
    assert receiver.asked == []


def test_a_host_that_does_not_exist_is_told(tmp_path: Path) -> None:
    assert adapter(tmp_path, "https://nowhere.invalid/").send(FAILED)


def test_a_server_that_speaks_no_http_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            with listening.accept()[0] as caller:
                caller.sendall(b"220 mail.example.com ESMTP\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        assert adapter(tmp_path, f"http://127.0.0.1:{listening.getsockname()[1]}").send(FAILED) == "ConnectionError"
        thread.join()


def test_the_token_is_sent_and_shown_nowhere(receiver: Receiver, tmp_path: Path) -> None:
    alerts = adapter(tmp_path, receiver.url, token="secret://env/TOKEN")
    receiver.statuses = [403, 200]
    told = [alerts.send(FAILED), alerts.send(FAILED)]
    assert [headers["Authorization"] for headers in receiver.headers] == [f"Bearer {TOKEN}"] * 2
    assert TOKEN not in f"{told} {receiver.documents} {alerts!r}"


@pytest.mark.parametrize("token", ["ключ", "a\nb"])
def test_a_token_that_no_header_can_have_fails_no_run(receiver: Receiver, tmp_path: Path, token: str) -> None:
    context = Context(
        tmp_path, "/lake", tmp_path, {"url": receiver.url, "token": "secret://env/X"}, secret=lambda _: token
    )
    TestWebhook().registered(context).send(FAILED)
    assert all(headers["Authorization"].startswith("Bearer ") for headers in receiver.headers)


def test_the_address_may_be_a_secret(receiver: Receiver, tmp_path: Path) -> None:
    context = Context(tmp_path, "/lake", tmp_path, {"url": "secret://env/HOOK"}, secret=lambda _: receiver.url)
    assert TestWebhook().registered(context).send(FAILED) == ""


def test_passwords_that_this_host_keeps_for_others_are_not_sent(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    adapter(tmp_path, receiver.url).send(FAILED)
    adapter(tmp_path, receiver.url, token="secret://env/TOKEN").send(FAILED)
    assert [headers.get("Authorization") for headers in receiver.headers] == [None, f"Bearer {TOKEN}"]


@pytest.mark.parametrize(
    "url",
    [
        "alerts:80",
        "ftp://x",
        "https://",
        "https://x:99999",
        "https://me:mine@x",
        "https://me@x",
        3,
        "",
        None,
        "https://[",
    ],
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: object) -> None:
    with pytest.raises(ConfigError, match="'url'") as told:
        adapter(tmp_path, url)
    assert told.value.code == "config.alerts"
    assert "mine" not in " ".join(told.value.lines())


@pytest.mark.parametrize("url", ["http://alerts.example.com", "http://10.0.0.1", "http://localhost.example.com"])
def test_a_token_travels_encrypted_or_not_at_all(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="unencrypted"):
        adapter(tmp_path, url, token="secret://env/TOKEN")


def test_an_option_that_it_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'retries'"):
        adapter(tmp_path, NOBODY, retries=3)
