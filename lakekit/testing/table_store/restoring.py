"""Older versions, and the way back to one."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from lakekit.domain.batch import StagedFile
from lakekit.domain.errors import TableError
from lakekit.ports.table_store import Commit, CommitConflict, TableStore
from lakekit.testing.table_store.base import (
    APP,
    COLUMNS,
    TABLE,
    TableStoreBase,
    snapshot_now,
    told,
)


class Restoring(TableStoreBase):
    def test_a_restore_is_told_with_the_version_it_went_back_to(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        old = self.published(store, lake, 1, 1)
        self.published(store, lake, 2, 2)
        self.restore(lake, old.version)
        assert self.rows(store) == [1]
        assert told(store) == [(snapshot_now(store).version, None, old.version)]

    def test_a_version_is_told_with_its_columns_and_files(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS[:2])
        store.ensure(TABLE, COLUMNS)
        old = self.published(store, lake, 1, 1, 2)
        self.published(store, lake, 2, 3, replace=True)
        told = store.content(TABLE, old.version)
        assert told.snapshot == old
        assert tuple(file.address for file in told.files) == store.files(TABLE, old.version)
        (file,) = told.files
        assert (file.path.split("/")[0], file.rows) == ("batch-1", 2)
        assert store.damaged(TABLE, [StagedFile(file.path, file.size, 2)]) == ()
        assert store.content(TABLE, 0).snapshot.columns == COLUMNS[:2]

    def test_a_version_that_a_table_never_had_is_refused_by_number(self, store: TableStore) -> None:
        with pytest.raises(TableError) as caught:
            store.content(TABLE, 0)
        assert caught.value.code == "table.missing"
        store.ensure(TABLE, COLUMNS)
        for version in (-1, 1):
            with pytest.raises(TableError) as caught:
                store.content(TABLE, version)
            assert caught.value.code == "table.no_version"

    def test_a_restored_table_has_rows_and_columns_of_then_and_keeps_its_numbers(
        self, store: TableStore, lake: Path
    ) -> None:
        store.ensure(TABLE, COLUMNS[:2])
        file = self.staged(store, lake, "batch-1", 1, columns=COLUMNS[:2])
        version = store.commit(TABLE, snapshot_now(store), Commit((file,), False, APP, 1, "note 1"))
        old = snapshot_now(store)
        store.ensure(TABLE, COLUMNS)
        before = self.published(store, lake, 2, 2)
        made = store.restore(TABLE, before, version, 'back, "quoted"')
        after = snapshot_now(store)
        assert (made, after) == (before.version + 1, evolve(old, version=made))
        assert self.rows(store) == [1]
        assert store.app_version(TABLE, made, APP) == 2
        assert told(store) == [(made, 'back, "quoted"', version)]
        assert store.restore(TABLE, after, before.version, None) == made + 1
        assert snapshot_now(store).columns == COLUMNS
        assert store.files(TABLE, made + 1) == store.files(TABLE, before.version)
        assert told(store) == [(made + 1, None, before.version)]

    def test_a_restore_on_a_stale_snapshot_is_refused_and_leaves_nothing(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        stale = self.published(store, lake, 1, 1)
        newest = self.published(store, lake, 2, 2)
        with pytest.raises(CommitConflict):
            store.restore(TABLE, stale, 0, "note")
        assert snapshot_now(store) == newest
        assert self.rows(store) == [1, 2]

    def test_a_restore_that_needs_a_file_which_is_gone_is_refused(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        old = self.published(store, lake, 1, 1)
        newest = self.published(store, lake, 2, 2, replace=True)
        (file,) = store.content(TABLE, old.version).files
        self.harm(lake, file.path, None)
        assert store.damaged(TABLE, [StagedFile(file.path, file.size, 1)]) == (file.path,)
        with pytest.raises(TableError):
            store.restore(TABLE, newest, old.version, "note")
        assert snapshot_now(store) == newest
