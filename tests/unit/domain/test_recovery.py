"""What a restart decides, from what the ledger and the tables say."""

from __future__ import annotations

import pytest
from attrs import evolve

from lakekit.domain.batch import Batch, Bounds, Counts, FileMark, Mode, Seal, Status
from lakekit.domain.errors import StateError
from lakekit.domain.progress import Lane, Note, TableState
from lakekit.domain.recovery import Continue, Record, Renew, decide, found
from lakekit.domain.stream import Ledgered, StreamHead
from lakekit.domain.suite import Verdict
from lakekit.domain.watermark import Watermark

DATASET, STREAM = "bronze.orders", "live"
HEAD = StreamHead(DATASET, STREAM)


def mark(day: int) -> Watermark:
    return Watermark("date", f"2026-01-{day:02d}")


def batch(
    number: int,
    status: Status = Status.PUBLISHED,
    *,
    generation: int = 1,
    uid: str = "",
    mode: Mode = Mode.CURSOR,
) -> Batch:
    sealed = status in (Status.SEALED, Status.PUBLISHED)
    seal = Seal((), (), Counts(), (), mark(number), "", "", "r", "c", Verdict()) if sealed else None
    return Batch(
        dataset=DATASET,
        stream=STREAM,
        generation=generation,
        number=number,
        uid=uid or f"{generation}-{number}",
        token=1,
        status=status,
        mode=mode,
        bounds=Bounds((FileMark(f"{number}.csv", 1, 1),)),
        contract_version="c",
        opened_at="",
        seal=seal,
        published_version=number if status is Status.PUBLISHED else None,
        table_id="t" if status is Status.PUBLISHED else None,
    )


def note(of: Batch, lane: Lane = Lane.BRONZE) -> Note:
    return Note(lane, DATASET, STREAM, of.generation, of.number, batch=of)


def table(*batches: Batch, number: int | None = None, **more: object) -> TableState:
    notes = tuple((b.number, note(b)) for b in reversed(batches))
    newest = batches[-1].number if batches else None
    generations = max((b.generation for b in batches), default=0)
    state = TableState("t", newest or 0, number if number is not None else newest, notes, generations)
    return evolve(state, **more)


def test_a_stream_that_nobody_knows_begins_at_the_first_generation() -> None:
    assert found(DATASET, STREAM, None) == HEAD
    assert decide(Ledgered(HEAD), None, None) == Continue()


def test_ledger_and_table_at_the_same_batch_continue() -> None:
    known = Ledgered(HEAD, batch(2), batch(2))
    assert decide(known, table(batch(1), batch(2)), None) == Continue()


def test_sealed_batch_that_is_in_the_table_is_recorded_as_published() -> None:
    sealed = batch(2, Status.SEALED)
    decision = decide(Ledgered(HEAD, sealed, batch(1)), table(batch(1), batch(2)), None)
    assert decision == Record((evolve(sealed, status=Status.PUBLISHED, published_version=2, table_id="t"),))


def test_sealed_batch_in_the_table_whose_note_was_cleaned_away_is_recorded_too() -> None:
    sealed = batch(2, Status.SEALED)
    decision = decide(Ledgered(HEAD, sealed, batch(1)), table(number=2, version=9, complete=False), None)
    assert isinstance(decision, Record)
    assert decision.batches[0].published_version == 9


def test_sealed_batch_that_is_not_in_the_table_is_left_to_be_published() -> None:
    known = Ledgered(HEAD, batch(2, Status.SEALED), batch(1))
    assert decide(known, table(batch(1)), None) == Continue()


def test_lost_ledger_is_rebuilt_from_the_notes() -> None:
    bronze = table(batch(1), batch(2))
    assert found(DATASET, STREAM, bronze) == HEAD
    decision = decide(Ledgered(HEAD), bronze, None)
    assert isinstance(decision, Record)
    assert [b.number for b in decision.batches] == [1, 2]


def test_lost_ledger_between_the_two_commits_is_rebuilt_from_the_quarantine() -> None:
    sealed = batch(2, Status.SEALED)
    quarantine = evolve(table(batch(1)), notes=((5, note(sealed, Lane.QUARANTINE)),), number=2)
    decision = decide(Ledgered(HEAD, batch(1), batch(1)), table(batch(1)), quarantine)
    assert decision == Record((sealed,))


def test_lost_ledger_with_notes_cleaned_away_stops_and_tells() -> None:
    with pytest.raises(StateError, match="no record of its progress"):
        found(DATASET, STREAM, table(number=4, complete=False))


def test_lost_ledger_needs_every_note_of_a_stream_that_counts_files() -> None:
    second = batch(2, mode=Mode.FILES)
    with pytest.raises(StateError, match="no record of its progress"):
        decide(Ledgered(HEAD), table(second, number=2), None)
    assert isinstance(decide(Ledgered(HEAD), table(batch(2), number=2), None), Record)


def test_same_number_under_another_uid_stops() -> None:
    known = Ledgered(HEAD, batch(2, uid="ours"), batch(2, uid="ours"))
    with pytest.raises(StateError, match="another attempt"):
        decide(known, table(batch(1), batch(2, uid="theirs")), None)


def test_dropped_table_begins_a_generation_from_nothing() -> None:
    decision = decide(Ledgered(HEAD, batch(3), batch(3)), None, None)
    assert decision == Renew(StreamHead(DATASET, STREAM, generation=2), "the table was dropped")


def test_recreated_table_begins_a_generation_from_nothing() -> None:
    decision = decide(Ledgered(HEAD, batch(3), batch(3)), table(table_id="other"), None)
    assert isinstance(decision, Renew)
    assert decision.head == StreamHead(DATASET, STREAM, generation=2, table_id="other", base_version=0)


def test_restored_table_begins_a_generation_at_the_watermark_of_the_restored_version() -> None:
    restored = table(batch(1), number=3, version=4, restored_at=4, restored_to=1, generations=1)
    decision = decide(Ledgered(HEAD, batch(3), batch(3)), restored, None)
    assert isinstance(decision, Renew)
    assert decision.head == StreamHead(DATASET, STREAM, 2, mark(1), "t", 4, ((1, 1),))


def test_restore_that_undid_no_batch_changes_nothing() -> None:
    restored = table(batch(1), batch(2), version=7, restored_at=7, restored_to=2)
    assert decide(Ledgered(HEAD, batch(2), batch(2)), restored, None) == Continue()


def test_restore_is_answered_once() -> None:
    head = StreamHead(DATASET, STREAM, 2, mark(1), "t", 4, ((1, 1),))
    restored = table(batch(1), number=0, version=5, restored_at=4, restored_to=1)
    assert decide(Ledgered(head), restored, None) == Continue()


def test_restored_table_with_a_lost_ledger_begins_a_generation_too() -> None:
    restored = table(batch(1), version=4, number=3, restored_at=4, restored_to=1)
    head = found(DATASET, STREAM, restored)
    assert (head.generation, head.watermark, head.inherited) == (2, mark(1), ((1, 1),))
    head = found(DATASET, STREAM, evolve(restored, generations=2))
    assert (head.generation, head.watermark, head.inherited) == (3, mark(1), ((1, 1),))


def test_ledger_that_is_older_than_the_table_catches_up() -> None:
    decision = decide(Ledgered(HEAD, batch(1), batch(1)), table(batch(1), batch(2), batch(3)), None)
    assert isinstance(decision, Record)
    assert [b.number for b in decision.batches] == [2, 3]
