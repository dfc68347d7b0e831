"""What a run does with the batch that an earlier run began."""

from __future__ import annotations

import pytest

from lakekit.domain.batch import Batch, Bounds, FileMark, Mode, Status
from lakekit.domain.opening import Way, needs_bounds, way

A, B = FileMark("a.csv", 10, 1), FileMark("b.csv", 20, 1)
A_MENDED = FileMark("a.csv", 11, 2)


def pending(status: Status, *files: FileMark) -> Batch:
    return Batch(
        dataset="bronze.orders",
        stream="live",
        generation=1,
        number=1,
        uid="u",
        token=1,
        status=status,
        mode=Mode.FILES,
        bounds=Bounds(files),
        contract_version="c",
        opened_at="2026-01-01T00:00:00+00:00",
    )


@pytest.mark.parametrize("now", [None, Bounds((A,)), Bounds((A_MENDED,)), Bounds((B,))])
def test_a_sealed_batch_goes_on_whatever_the_source_says_now(now: Bounds | None) -> None:
    assert way(pending(Status.SEALED, A), landed=False, now=now) is Way.GO_ON
    assert not needs_bounds(pending(Status.SEALED, A), landed=False)


@pytest.mark.parametrize("now", [None, Bounds((A_MENDED,)), Bounds((A, B)), Bounds((B,))])
def test_a_batch_that_has_read_nothing_takes_the_source_as_it_is_now(now: Bounds | None) -> None:
    assert way(pending(Status.OPENED, A), landed=False, now=now) is Way.READ_ANEW


def test_a_batch_that_has_read_nothing_goes_on_with_the_same_source() -> None:
    assert way(pending(Status.OPENED, A), landed=False, now=Bounds((A,))) is Way.GO_ON


@pytest.mark.parametrize("now", [None, Bounds((A_MENDED,)), Bounds((B,))])
def test_rows_that_were_landed_are_not_thrown_away(now: Bounds | None) -> None:
    assert way(pending(Status.EXTRACTED, A), landed=True, now=now) is Way.GO_ON


def test_a_held_batch_is_read_anew_when_its_file_was_written_again() -> None:
    assert way(pending(Status.HELD, A, B), landed=True, now=Bounds((A_MENDED, B))) is Way.READ_ANEW


@pytest.mark.parametrize("now", [None, Bounds((B,)), Bounds((A, B)), Bounds((A_MENDED,))])
def test_a_held_batch_is_judged_again_when_its_files_are_as_they_were_or_one_is_gone(now: Bounds | None) -> None:
    held = pending(Status.HELD, A) if now == Bounds((A, B)) else pending(Status.HELD, A, B)
    assert way(held, landed=True, now=now) is Way.GO_ON
