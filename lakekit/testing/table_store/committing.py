"""The one commit that publishes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from lakekit.domain.batch import StagedFile
from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn
from lakekit.ports.table_store import Commit, CommitConflict, TableStore
from lakekit.testing.table_store.base import (
    APP,
    COLUMNS,
    TABLE,
    TableStoreBase,
    insist,
    snapshot_now,
    told,
)


class Committing(TableStoreBase):
    def test_staged_rows_are_in_the_table_after_the_commit_and_not_before(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        file = self.staged(store, lake, "batch-1", 1, 2)
        assert self.rows(store) == []
        before = snapshot_now(store)
        version = store.commit(TABLE, before, Commit((file,), False, APP, 1, "note"))
        assert version == before.version + 1 == snapshot_now(store).version
        assert self.rows(store) == [1, 2]

    def test_rows_note_and_number_are_in_one_version(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        first = self.published(store, lake, 1, 1)
        second = self.published(store, lake, 2, 2)
        assert [store.app_version(TABLE, s.version, APP) for s in (first, second)] == [1, 2]
        assert store.app_version(TABLE, second.version, "lakekit/bronze.orders/backfill/1") is None
        assert self.ids(store.files(TABLE, first.version)) == [1]
        assert told(store) == [(second.version, "note 2", None)]

    def test_replacing_leaves_the_new_rows_alone_in_the_same_table(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        before = self.published(store, lake, 1, 1, 2)
        after = self.published(store, lake, 2, 3, replace=True)
        assert self.rows(store) == [3]
        assert (after.table_id, after.columns) == (before.table_id, before.columns)
        assert self.ids(store.files(TABLE, before.version)) == [1, 2]

    @pytest.mark.parametrize(("replace", "left"), [(False, [1]), (True, [])])
    def test_a_commit_without_files_still_carries_its_progress(
        self, store: TableStore, lake: Path, replace: bool, left: list[object]
    ) -> None:
        store.ensure(TABLE, COLUMNS)
        self.published(store, lake, 1, 1)
        after = self.published(store, lake, 2, replace=replace)
        assert self.rows(store) == left
        assert store.app_version(TABLE, after.version, APP) == 2
        assert next(store.history(TABLE)).note == "note 2"

    @pytest.mark.parametrize("replace", [False, True])
    def test_a_commit_on_a_stale_snapshot_is_refused_and_leaves_nothing(
        self, store: TableStore, lake: Path, replace: bool
    ) -> None:
        store.ensure(TABLE, COLUMNS)
        stale = snapshot_now(store)
        newest = self.published(store, lake, 1, 1)
        commit = Commit((self.staged(store, lake, "late", 2),), replace, "another", 1, "late")
        with pytest.raises(CommitConflict):
            store.commit(TABLE, stale, commit)
        assert snapshot_now(store) == newest
        assert self.rows(store) == [1]

    def test_a_snapshot_of_a_table_that_is_no_more_is_stale(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS)
        with pytest.raises(CommitConflict):
            store.commit(TABLE, evolve(snapshot_now(store), table_id="gone"), Commit((), False, APP, 1, "note"))

    @pytest.mark.parametrize("replace", [False, True])
    def test_no_commit_of_racing_writers_is_lost(self, lake: Path, replace: bool) -> None:
        self.make(lake).ensure(TABLE, COLUMNS)

        def write(writer: int) -> None:
            store = self.make(lake)
            for number in range(1, 6):
                file = self.staged(store, lake, f"w{writer}-{number}", 10 * writer + number)
                insist(store, Commit((file,), replace, f"writer-{writer}", number, f"{writer}/{number}"))

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(write, range(3)))
        store = self.make(lake)
        notes = [c.note for c in store.history(TABLE) if c.note]
        assert sorted(notes) == sorted(f"{w}/{n}" for w in range(3) for n in range(1, 6))
        assert len(self.rows(store)) == (1 if replace else 15)

    @pytest.mark.parametrize(
        "wrong",
        [
            lambda file: evolve(file, path="batch-1/gone.parquet"),
            lambda file: evolve(file, path=f"../orders/{file.path}"),
            lambda file: evolve(file, size=file.size - 1),
        ],
        ids=["gone", "outside", "shorter"],
    )
    def test_a_file_that_is_not_as_recorded_stops_the_commit(
        self, store: TableStore, lake: Path, wrong: Callable[[StagedFile], StagedFile]
    ) -> None:
        store.ensure(TABLE, COLUMNS)
        before = snapshot_now(store)
        file = wrong(self.staged(store, lake, "batch-1", 1))
        with pytest.raises(TableError):
            store.commit(TABLE, before, Commit((file,), False, APP, 1, "note"))
        assert snapshot_now(store) == before

    @pytest.mark.parametrize(
        "columns",
        [
            COLUMNS[:2],
            (*COLUMNS, TableColumn("surplus", "long")),
            (TableColumn("id", "int"), *COLUMNS[1:]),
            (COLUMNS[0], TableColumn("at", "string"), COLUMNS[2]),
        ],
        ids=["missing", "surplus", "narrower", "other"],
    )
    def test_a_file_with_other_columns_than_the_table_stops_the_commit(
        self, store: TableStore, lake: Path, columns: tuple[TableColumn, ...]
    ) -> None:
        store.ensure(TABLE, COLUMNS)
        before = snapshot_now(store)
        file = self.staged(store, lake, "batch-1", 1, columns=columns)
        with pytest.raises(TableError) as caught:
            store.commit(TABLE, before, Commit((file,), False, APP, 1, "note"))
        assert caught.value.code == "table.schema_mismatch"
        assert snapshot_now(store) == before

    def test_the_order_of_a_files_columns_is_free(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, (*COLUMNS[1:], COLUMNS[0]))
        self.published(store, lake, 1, 1)
        assert self.rows(store) == [1]

    @pytest.mark.parametrize("number", [1, 2])
    def test_rows_do_not_enter_under_a_number_that_was_used(self, store: TableStore, lake: Path, number: int) -> None:
        store.ensure(TABLE, COLUMNS)
        before = self.published(store, lake, 2, 1)
        file = self.staged(store, lake, "again", 1)
        removing = Commit((), False, APP, number, "n", self.paths(store, 2))
        for commit in (Commit((file,), False, APP, number, "n"), Commit((), True, APP, number, "n"), removing):
            with pytest.raises(TableError) as caught:
                store.commit(TABLE, before, commit)
            assert caught.value.code == "table.number_used"
        assert snapshot_now(store) == before

    def test_a_note_without_rows_may_repeat_the_last_number(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        before = self.published(store, lake, 1, 1)
        store.commit(TABLE, before, Commit((), False, APP, 1, "carried forward"))
        assert next(store.history(TABLE)).note == "carried forward"

    def test_history_tells_of_every_commit_newest_first(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        first = self.published(store, lake, 1, 1).version
        self.commit_as_another(lake)
        last = self.published(store, lake, 2, 2).version
        assert told(store, 3) == [(last, "note 2", None), (last - 1, None, None), (first, "note 1", None)]
        assert all(c.operation for c in store.history(TABLE))
        moments = [datetime.fromisoformat(c.at or "") for c in store.history(TABLE)]
        assert moments == sorted(moments, reverse=True)
        assert {moment.utcoffset() for moment in moments} == {timedelta()}
        assert [c.version for c in store.history(TABLE)] == list(range(last, -1, -1))

    def test_a_note_comes_back_as_it_was(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS)
        note = '{"commitInfo": "«ä»\\n\\"", "emoji": "😀"}' + "x" * 10_000
        store.commit(TABLE, snapshot_now(store), Commit((), False, APP, 1, note))
        assert next(store.history(TABLE)).note == note
