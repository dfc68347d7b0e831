from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from lakekit.logs import KEPT_FILES, json_log
from lakekit.ports.log import Log
from lakekit.testing.fakes import FakeClock

NOW = datetime(2024, 5, 1, 6, 0, tzinfo=UTC)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_an_event_is_one_line_with_the_time_the_ids_and_its_fields(tmp_path: Path) -> None:
    path = tmp_path / "lakekit.jsonl"
    log = json_log(path, FakeClock(NOW)).bind(run="r1", trace="t1").bind(dataset="bronze.orders", batch=7)
    log.event("batch.sealed", read=10, published=9, error=None, where="two\nlines")
    assert lines(path) == [
        {
            "at": "2024-05-01T06:00:00+00:00",
            "event": "batch.sealed",
            "run": "r1",
            "trace": "t1",
            "dataset": "bronze.orders",
            "batch": 7,
            "read": 10,
            "published": 9,
            "where": "two\nlines",
        }
    ]


def test_time_is_the_clocks_at_each_event(tmp_path: Path) -> None:
    path, clock = tmp_path / "lakekit.jsonl", FakeClock(NOW)
    log = json_log(path, clock)
    log.event("one")
    clock.advance(timedelta(seconds=1.5))
    log.event("two")
    assert [line["at"] for line in lines(path)] == [
        "2024-05-01T06:00:00+00:00",
        "2024-05-01T06:00:01.500000+00:00",
    ]


def test_binding_leaves_the_log_it_came_from_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "lakekit.jsonl"
    log = json_log(path, FakeClock(NOW))
    log.bind(dataset="bronze.orders").event("one")
    log.event("two")
    assert [line.get("dataset") for line in lines(path)] == ["bronze.orders", None]


def test_threads_keep_what_was_bound_to_their_own_log(tmp_path: Path) -> None:
    def tell(log: Log) -> None:
        for _ in range(20):
            log.event("an.event")

    path = tmp_path / "lakekit.jsonl"
    log = json_log(path, FakeClock(NOW)).bind(run="r1")
    names = [f"bronze.d{number}" for number in range(8)]
    threads = [Thread(target=tell, args=(log.bind(dataset=name),)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [(line["run"], line["dataset"]) for line in lines(path)]
    assert sorted(told) == sorted(("r1", name) for name in names for _ in range(20))


def test_log_and_its_folders_are_the_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / ".lakekit" / "logs" / "lakekit.jsonl"
    before = os.umask(0)
    try:
        log = json_log(path, FakeClock(NOW), max_bytes=200)
        for _ in range(5):
            log.event("an.event", filler="x" * 60)
    finally:
        os.umask(before)
    assert path.with_name("lakekit.jsonl.1").exists(), "nothing was rotated: the test shows less than it says"
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_log_stays_within_its_size_and_keeps_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "lakekit.jsonl"
    log = json_log(path, FakeClock(NOW), max_bytes=1_000)
    for number in range(300):
        log.event("an.event", number=number)
    files = sorted(tmp_path.iterdir())
    assert len(files) == KEPT_FILES + 1
    assert all(file.stat().st_size <= 1_000 for file in files)
    assert lines(path)[-1]["number"] == 299


def test_nothing_is_made_before_there_is_something_to_tell(tmp_path: Path) -> None:
    json_log(tmp_path / "logs" / "lakekit.jsonl", FakeClock(NOW)).bind(run="r1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "key", ["password", "PGPASSWORD", "passwd", "token", "auth_token", "secret", "client_secret", "api_key",
            "aws_secret_access_key", "Authorization", "private_key", "credentials", "session_key"]
)  # fmt: skip
def test_keys_that_name_a_secret_are_dropped_at_every_depth(key: str, tmp_path: Path) -> None:
    path = tmp_path / "lakekit.jsonl"
    log = json_log(path, FakeClock(NOW)).bind(**{key: "hunter2"})
    log.event(
        "one",
        options={"path": "orders", key: "hunter2", "list": [{key: "hunter2"}]},
        **{f"x_{key}": "hunter2"},
    )
    assert "hunter2" not in path.read_text("utf-8")
    assert lines(path)[0]["options"] == {"path": "orders", "list": [{}]}


def test_user_and_password_are_taken_out_of_urls(tmp_path: Path) -> None:
    class Url:
        def __str__(self) -> str:
            return "s3://key:hunter2@bucket/lake"

    path = tmp_path / "lakekit.jsonl"
    json_log(path, FakeClock(NOW)).event("one", url=str(Url()), other=Url(), several=[str(Url())])
    told = lines(path)[0]
    assert told["url"] == told["other"] == "s3://***@bucket/lake"
    assert told["several"] == ["s3://***@bucket/lake"]


def test_ordinary_fields_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "lakekit.jsonl"
    fields = {
        "keys": ["order_id"],
        "watermark_state_key": "live",
        "author": "x",
        "url": "s3://bucket/a@b",
        "step": "seal",
    }
    json_log(path, FakeClock(NOW)).event("one", **fields)
    assert {key: value for key, value in lines(path)[0].items() if key not in ("at", "event")} == fields


def test_a_log_that_cannot_be_written_raises_and_prints_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    json_log(tmp_path / "logs" / "lakekit.jsonl", FakeClock(NOW)).event("one")
    assert capfd.readouterr() == ("", "")


def test_a_field_that_cannot_be_shown_breaks_nothing_and_leaves_a_trace(tmp_path: Path) -> None:
    class Unshowable:
        def __str__(self) -> str:
            raise ValueError("no")

    path = tmp_path / "lakekit.jsonl"
    log = json_log(path, FakeClock(NOW))
    log.event("one", value=Unshowable())
    log.event("two")
    assert [(line["event"], line.get("about")) for line in lines(path)] == [
        ("log.failed", "one"),
        ("two", None),
    ]


def test_processes_that_share_a_log_lose_and_mix_no_line(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from lakekit.logs import json_log
from lakekit.testing.fakes import FakeClock
log = json_log(Path(sys.argv[1]), FakeClock()).bind(run=sys.argv[2])
for number in range(200):
    log.event("an.event", number=number, filler="x" * 300)
"""
    path = tmp_path / "lakekit.jsonl"
    running = [subprocess.Popen([sys.executable, "-c", script, str(path), run]) for run in ("a", "b")]
    assert [process.wait() for process in running] == [0, 0]
    told = [(line["run"], line["number"]) for line in lines(path)]
    assert sorted(told) == [(run, number) for run in ("a", "b") for number in range(200)]


def test_no_handler_or_setting_of_the_process_is_touched(tmp_path: Path) -> None:
    script = """
import logging, sys
from pathlib import Path
from lakekit.logs import json_log
from lakekit.testing.fakes import FakeClock
log = json_log(Path(sys.argv[1]), FakeClock())
log.event("one")
assert not logging.getLogger().handlers and not logging.getLogger("lakekit").handlers
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "l.jsonl")], check=True)
