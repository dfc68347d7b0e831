"""A bucket's server that refuses, fails or forgets: an error that says what to do, and a rerun that completes once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import polars as pl
import pytest
from attrs import frozen

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.report import BatchReport, Ending
from tests.faulty_s3 import Fault, FaultyServer, faulty, healthy
from tests.integration.projects import Project
from tests.servers import SECRET_KEY, Server, moto

pytestmark = pytest.mark.storage

NAMES = count()


@pytest.fixture(scope="module")
def upstream() -> Iterator[Server]:
    with moto() as server:
        yield server


@pytest.fixture
def s3(upstream: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    with faulty(upstream) as proxy:
        for name, value in proxy.server.environment.items():
            monkeypatch.setenv(name, value)
        yield proxy


@frozen
class Things:
    """A project with one dataset, by a watermark, in a bucket; the tables are read past the proxy."""

    project: Project
    lake: str
    upstream: Server

    def ingest(self) -> BatchReport:
        """The run's last batch; a rerun finishes the one before it first."""
        with application(self.project.root, None, Silent()) as app:
            return app.ingest().batches[-1]

    def ids(self) -> list[int]:
        options = {**self.upstream.environment, "AWS_ALLOW_HTTP": "true"}
        return sorted(pl.read_delta(f"{self.lake}/bronze/things", storage_options=options)["id"].to_list())

    def failure(self) -> tuple[str, str]:
        """The failure's code and all its text, in which there is no secret."""
        batch = self.ingest()
        assert batch.failure is not None
        text = "\n".join(batch.failure.lines)
        assert SECRET_KEY not in text
        assert "Signature" not in text
        assert len(batch.failure.lines) <= 5
        return batch.failure.code, text


@pytest.fixture
def things(upstream: Server, s3: FaultyServer, tmp_path: Path) -> Things:
    project, lake = Project(tmp_path), upstream.bucket(f"things-{next(NAMES)}")
    project.settings(load_type="incremental", watermark_column="at", lookback="1d")
    project.contract(keys=("id",))
    file = tmp_path / "config" / "dev.yaml"
    file.write_text(file.read_text().replace("lake: ./lake", f"lake: {lake}"))
    project.file("1.csv", *(f"{n},2026-01-01T0{n}:00:00Z,x" for n in range(1, 5)))
    return Things(project, lake, upstream)


def second_day(things: Things) -> None:
    lines = (f"{n},2026-01-02T0{n}:00:00Z,x" for n in range(5, 8))
    things.project.file("2.csv", "4,2026-01-01T04:00:00Z,x", *lines)


@pytest.mark.parametrize("fault", [Fault(500, "InternalError"), Fault(503, "SlowDown")], ids=["500", "503"])
def test_a_server_that_fails_now_and_then_goes_unnoticed(things: Things, s3: FaultyServer, fault: Fault) -> None:
    requests = count()
    s3.policy = lambda *_: fault if next(requests) % 4 == 3 else None
    assert things.ingest().ending is Ending.PUBLISHED
    second_day(things)
    assert things.ingest().ending is Ending.PUBLISHED
    assert s3.struck > 5
    assert things.ids() == [1, 2, 3, 4, 5, 6, 7]


def test_writes_that_are_done_and_whose_answers_are_lost_are_done_once(things: Things, s3: FaultyServer) -> None:
    seen = set()

    def forget(method: str, path: str) -> Fault | None:
        """The first answer to each write."""
        first = method == "PUT" and path not in seen
        seen.add(path)
        return Fault(500, "InternalError", done=True) if first else None

    s3.policy = forget
    assert things.ingest().failure is None
    second_day(things)
    seen.clear()
    assert things.ingest().failure is None
    assert things.ids() == [1, 2, 3, 4, 5, 6, 7]


DENIED = Fault(403, "AccessDenied"), "storage.denied"
EXPIRED = Fault(400, "ExpiredToken"), "storage.credentials_expired"
REFUSALS = [
    ("", *DENIED),
    ("", *EXPIRED),
    ("", Fault(403, "SignatureDoesNotMatch"), "storage.credentials_refused"),
    ("", Fault(404, "NoSuchBucket"), "storage.no_bucket"),
    ("", Fault(501, "NotImplemented"), "storage.not_supported"),
    ("_delta_log", *DENIED),
    ("_delta_log", *EXPIRED),
    ("landing/", *EXPIRED),
]
"""Where, by a part of the path; what; and what it is called."""


@pytest.mark.parametrize(("place", "fault", "code"), REFUSALS)
def test_a_refusal_is_told_with_what_to_do_and_a_rerun_completes_once(
    things: Things, s3: FaultyServer, place: str, fault: Fault, code: str
) -> None:
    s3.policy = lambda method, path: fault if place in path and method in ("GET", "PUT") else None
    found, text = things.failure()
    assert found == code
    assert "next:" in text
    s3.policy = healthy
    assert things.ingest().failure is None
    assert things.ids() == [1, 2, 3, 4]


def test_a_duplicate_window_that_cannot_be_read_is_the_storages_failure(things: Things, s3: FaultyServer) -> None:
    things.ingest()
    second_day(things)
    s3.policy = lambda method, path: (
        Fault(403, "AccessDenied") if method in ("GET", "HEAD") and path.endswith(".parquet") else None
    )
    assert things.failure()[0] == "storage.denied"
    s3.policy = healthy
    things.ingest()
    assert things.ids() == [1, 2, 3, 4, 5, 6, 7]
