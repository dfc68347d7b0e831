"""Telling a person how far a batch is."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from lakekit.app.progress import Guarded, Reading
from lakekit.domain.report import Ending
from lakekit.testing.fakes import MemoryLog, RecordingReporter

NUMBERS = st.integers(-(10**12), 10**12)


class Broken(RecordingReporter):
    """Keeps the step, and raises."""

    def step(self, dataset: str, step: str) -> None:
        super().step(dataset, step)
        raise OSError("hunter2")


def test_sums_are_handed_on() -> None:
    reporter = RecordingReporter()
    reading = Reading(reporter, "bronze.orders", 100)
    reading.advance(rows=3, bytes=40)
    reading.advance(bytes=20)
    reading.advance(rows=-1)
    assert reporter.readings == [
        ("bronze.orders", 3, 40, 100),
        ("bronze.orders", 3, 60, 100),
        ("bronze.orders", 2, 60, 100),
    ]


@given(st.lists(st.tuples(NUMBERS, NUMBERS)), st.none() | st.integers(1, 10**12))
def test_whatever_a_source_tells_no_sum_is_below_nothing_nor_above_all(
    told: list[tuple[int, int]], total: int | None
) -> None:
    reporter = RecordingReporter()
    reading = Reading(reporter, "bronze.orders", total)
    for rows, size in told:
        reading.advance(rows, size)
    assert all(rows >= 0 and 0 <= size <= (total or size) for _, rows, size, _ in reporter.readings)


def test_what_is_no_number_tells_nothing_and_raises_nothing() -> None:
    reporter = RecordingReporter()
    reading = Reading(reporter, "bronze.orders", None)
    reading.advance(rows="many", bytes=3)  # type: ignore[arg-type]
    reading.advance(rows=1, bytes=None)  # type: ignore[arg-type]
    assert reporter.readings == []


def test_at_the_end_all_rows_are_known_also_of_a_source_that_told_nothing() -> None:
    reporter = RecordingReporter()
    Reading(reporter, "bronze.orders", 100).landed(7)
    Reading(reporter, "bronze.orders", None).landed(7)
    assert reporter.readings == [("bronze.orders", 7, 100, 100), ("bronze.orders", 7, 0, None)]


def test_threads_lose_nothing() -> None:
    reporter = RecordingReporter()
    reading = Reading(reporter, "bronze.orders", None)

    def tell() -> None:
        for _ in range(1000):
            reading.advance(1, 2)

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reporter.readings[-1] == ("bronze.orders", 4000, 8000, None)


def test_a_reporter_that_fails_is_told_no_more_and_logged_once_without_its_words() -> None:
    reporter, log = Broken(), MemoryLog()
    guarded = Guarded(reporter, log)
    for _ in range(3):
        guarded.step("bronze.orders", "open")
        guarded.read("bronze.orders", 1, 2, None)
        guarded.done("bronze.orders", Ending.PUBLISHED)
    assert reporter.steps == [("bronze.orders", "open")]
    assert reporter.readings == []
    assert [(line.name, dict(line.fields)) for line in log.lines] == [("progress.failed", {"error": "OSError"})]
