"""What the fakes themselves promise to the tests that use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lakekit.domain.events import BatchEvent, EventKind
from lakekit.domain.report import Ending
from lakekit.ports.state_store import Entry, WriteConflict
from lakekit.testing.fakes import (
    FakeClock,
    FakeIds,
    FakeProcesses,
    MemoryLineage,
    MemoryLog,
    MemoryMetrics,
    MemoryStateStore,
    RecordingReporter,
)


def test_clock_stands_still_until_it_is_moved() -> None:
    clock = FakeClock(datetime(2024, 5, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.advance(timedelta(hours=-1))
    assert clock.now() == datetime(2024, 4, 30, 23, tzinfo=UTC)


def test_ids_are_32_hex_digits_the_same_in_each_run_and_in_order() -> None:
    ids, again = FakeIds(), FakeIds()
    drawn = [ids.new() for _ in range(20)]
    assert drawn == [again.new() for _ in range(20)] == sorted(set(drawn))
    assert all(len(drawn_id) == 32 and int(drawn_id, 16) for drawn_id in drawn)


def test_a_process_is_gone_only_once_it_has_ended() -> None:
    processes = FakeProcesses("me", gone=["old"])
    assert (processes.gone("old"), processes.gone("other"), processes.gone(processes.me())) == (
        True,
        False,
        False,
    )
    processes.end("other")
    assert processes.gone("other")


def test_state_store_refuses_a_write_on_another_version() -> None:
    store = MemoryStateStore()
    first = store.write("a/b", "one", None)
    for expected in (None, first + 1):
        with pytest.raises(WriteConflict):
            store.write("a/b", "lost", expected)
    with pytest.raises(WriteConflict):
        store.write("a/c", "lost", first)
    second = store.write("a/b", "two", first)
    assert store.read("a/b") == Entry("two", second)
    store.write("a", "x", None)
    assert (store.keys("a/"), store.keys(""), store.read("nothing")) == (("a/b",), ("a", "a/b"), None)


def test_log_keeps_events_of_all_that_was_bound_from_it_in_order() -> None:
    log = MemoryLog()
    log.bind(run="r").bind(dataset="d").event("one", read=1, error=None)
    log.event("two")
    assert [(line.name, dict(line.fields)) for line in log.lines] == [
        ("one", {"run": "r", "dataset": "d", "read": 1}),
        ("two", {}),
    ]


def test_telemetry_keeps_what_it_was_told_in_order() -> None:
    event = BatchEvent(EventKind.START, "2024-05-01T00:00:00+00:00", "1" * 32, "2" * 32, "bronze.orders", "orders", 1)
    lineage, metrics, reporter, labels = (
        MemoryLineage(),
        MemoryMetrics(),
        RecordingReporter(),
        {"lane": "read"},
    )
    lineage.emit(event)
    metrics.record("rows", 3, labels)
    labels.clear()
    reporter.step("bronze.orders", "open")
    reporter.done("bronze.orders", Ending.PUBLISHED)
    assert lineage.events == [event]
    assert [(m.name, m.value, m.labels) for m in metrics.measurements] == [("rows", 3, {"lane": "read"})]
    assert reporter.steps == [("bronze.orders", "open"), ("bronze.orders", "published")]
