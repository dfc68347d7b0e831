"""Files on their way into a table, and those that can be left unread."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from lakekit.domain.batch import ColumnStats
from lakekit.domain.errors import TableError
from lakekit.ports.table_store import Commit, TableStore
from lakekit.testing.table_store.base import (
    APP,
    COLUMNS,
    TABLE,
    TableStoreBase,
    snapshot_now,
)


class Staging(TableStoreBase):
    def test_staged_files_that_are_gone_or_changed_are_named_and_no_others(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        files = [self.staged(store, lake, f"batch-{n}", n) for n in range(3)]
        assert store.damaged(TABLE, files) == ()
        self.harm(lake, files[0].path, None)
        self.harm(lake, files[2].path, b"x")
        assert store.damaged(TABLE, files) == (files[0].path, files[2].path)

    def test_unstaging_removes_what_no_commit_names(self, store: TableStore, lake: Path) -> None:
        file = self.staged(store, lake, "batch-1", 1)
        store.unstage(TABLE, "batch-1")
        store.unstage(TABLE, "batch-1")
        store.ensure(TABLE, COLUMNS)
        with pytest.raises(TableError):
            store.commit(TABLE, snapshot_now(store), Commit((file,), False, APP, 1, "note"))

    def test_unstaging_keeps_what_a_commit_names_even_one_that_was_replaced(
        self, store: TableStore, lake: Path
    ) -> None:
        store.ensure(TABLE, COLUMNS)
        old = self.published(store, lake, 1, 1)
        store.unstage(TABLE, "batch-1")
        assert self.rows(store) == [1]
        self.published(store, lake, 2, 2, replace=True)
        store.unstage(TABLE, "batch-1")
        assert self.ids(store.files(TABLE, old.version)) == [1]

    def test_staging_again_under_one_name_loses_no_file(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        files = tuple(self.staged(store, lake, "batch-1", n) for n in (1, 2))
        store.commit(TABLE, snapshot_now(store), Commit(files, False, APP, 1, "note"))
        assert self.rows(store) == [1, 2]

    @pytest.mark.parametrize("name", ["_batch", ".batch", "day=1", "../up", "a/b", "", "a b"])
    def test_a_folder_name_that_readers_or_vacuum_misread_is_refused(self, store: TableStore, name: str) -> None:
        for act in (lambda: store.stage(TABLE, name, []), lambda: store.unstage(TABLE, name)):
            with pytest.raises(TableError):
                act()

    def test_files_that_end_below_a_bound_are_left_out(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        self.with_maximum(store, lake, 1, "10")
        self.with_maximum(store, lake, 2, "20")
        self.with_maximum(store, lake, 3, None)
        version = snapshot_now(store).version
        kept = {low: self.ids(store.files(TABLE, version, "id", low)) for low in ("10", "11", "20", "21")}
        assert kept == {"10": [1, 2, 3], "11": [2, 3], "20": [2, 3], "21": [3]}
        assert self.ids(store.files(TABLE, version, "name", "z")) == [1, 2, 3]

    def test_files_that_may_have_rows_without_a_value_are_kept_where_these_count(
        self, store: TableStore, lake: Path
    ) -> None:
        store.ensure(TABLE, COLUMNS)
        self.with_maximum(store, lake, 1, "10", nulls=0)
        self.with_maximum(store, lake, 2, "10", nulls=1)
        self.with_maximum(store, lake, 3, "10", nulls=None)
        self.with_maximum(store, lake, 4, "20", nulls=0)
        self.with_maximum(store, lake, 5, None)
        version = snapshot_now(store).version
        kept = {low: self.ids(store.files(TABLE, version, "id", low, nulls=True)) for low in ("10", "11", "21")}
        assert kept == {"10": [1, 2, 3, 4, 5], "11": [2, 3, 4, 5], "21": [2, 3, 5]}
        assert self.ids(store.files(TABLE, version, "id", "21")) == [5]

    def with_maximum(
        self, store: TableStore, lake: Path, number: int, maximum: str | None, nulls: int | None = 0
    ) -> None:
        file = self.staged(store, lake, f"batch-{number}", number)
        stats = {"id": ColumnStats(nulls, maximum, maximum)} if maximum else {}
        commit = Commit((evolve(file, stats=stats),), False, APP, number, "note")
        store.commit(TABLE, snapshot_now(store), commit)
