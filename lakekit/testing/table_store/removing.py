"""Commits that take files away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from attrs import evolve

from lakekit.domain.batch import StagedFile
from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn
from lakekit.domain.table_options import Definition
from lakekit.ports.table_store import NOTHING, Changes, Commit, CommitConflict, TableStore
from lakekit.testing.table_store.base import (
    APP,
    COLUMNS,
    TABLE,
    TableStoreBase,
    snapshot_now,
    told,
)


class Removing(TableStoreBase):
    def test_files_come_and_go_in_one_commit(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        *_, before = [self.published(store, lake, number, number) for number in (1, 2, 3)]
        file = self.staged(store, lake, "batch-4", 20, 30)
        version = store.commit(TABLE, before, Commit((file,), False, APP, 4, "note 4", self.paths(store, 2, 3)))
        assert version == before.version + 1
        assert self.rows(store) == [1, 20, 30]
        assert told(store) == [(version, "note 4", None)]
        assert store.app_version(TABLE, version, APP) == 4
        assert self.ids(store.files(TABLE, before.version)) == [1, 2, 3]
        last = store.commit(TABLE, snapshot_now(store), Commit((), False, APP, 5, "note 5", self.paths(store, 1, 4)))
        assert self.rows(store) == []
        store.restore(TABLE, snapshot_now(store), before.version, None)
        assert self.rows(store) == [1, 2, 3]
        store.restore(TABLE, snapshot_now(store), last, None)
        assert self.rows(store) == []

    def test_a_commit_that_replaces_may_bring_other_columns(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        before = self.published(store, lake, 1, 1)
        columns = (TableColumn("id", "int"), TableColumn("more", "string"))
        file = self.staged(store, lake, "batch-2", 2, columns=columns)
        with pytest.raises(TableError) as caught:
            store.commit(TABLE, before, Commit((file,), False, APP, 2, "note", columns=columns))
        assert caught.value.code == "table.bad_commit"
        version = store.commit(TABLE, before, Commit((file,), True, APP, 2, "note", columns=columns))
        assert snapshot_now(store) == evolve(before, version=version, columns=columns)
        assert self.rows(store) == [2]
        store.restore(TABLE, snapshot_now(store), before.version, None)
        assert (snapshot_now(store).columns, self.rows(store)) == (COLUMNS, [1])

    def test_a_file_of_any_partition_can_be_removed(self, store: TableStore, lake: Path) -> None:
        values = ("a/b=%20c", None, "é", "it's", "a b+c", '"#?*[]{}~|^`<>\\', "%", "ß" * 40)
        commit = self.partitioned(store, lake, *values)
        before = store.commit(TABLE, snapshot_now(store), commit)
        files = {file.partition["name"]: file for file in store.content(TABLE, before).files}
        for number, value in enumerate(values):
            store.commit(TABLE, snapshot_now(store), Commit((), False, APP, number + 2, "", (files[value].path,)))
            assert self.rows(store) == list(range(number + 1, len(values)))
        came, went = (store.changes(TABLE, *span) for span in ((NOTHING, before), (before, before + len(values))))
        assert came
        assert went
        assert {file.path: file for file in came.added} == {file.path: file for file in files.values()}
        assert went == Changes((), tuple(sorted(files.values(), key=lambda file: file.path)))

    def test_what_is_no_file_of_the_table_cannot_be_removed(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        self.published(store, lake, 1, 1)
        (old,) = self.paths(store, 1)
        before = self.published(store, lake, 2, 2, replace=True)
        staged = self.staged(store, lake, "batch-3", 3)
        for path in (old, staged.path, "", ".", f"./{self.paths(store, 2)[0]}", "batch-2"):
            with pytest.raises(TableError) as caught:
                store.commit(TABLE, before, Commit((), False, APP, 3, "note", (*self.paths(store, 2), path)))
            assert caught.value.code == "table.file_not_active"
        assert snapshot_now(store) == before

    def test_a_commit_that_contradicts_itself_is_refused(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        before = self.published(store, lake, 1, 1)
        (file,) = store.content(TABLE, before.version).files
        again = StagedFile(file.path, file.size, 1)
        for files, replace in (((), True), ((again,), False)):
            with pytest.raises(TableError) as caught:
                store.commit(TABLE, before, Commit(files, replace, APP, 2, "note", (file.path,)))
            assert caught.value.code == "table.bad_commit"
        assert snapshot_now(store) == before

    def test_no_row_leaves_a_table_that_is_append_only(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS, Definition(properties={"delta.appendOnly": "true"}))
        before = self.published(store, lake, 1, 1)
        for commit in (Commit((), True, APP, 2, ""), Commit((), False, APP, 2, "", self.paths(store, 1))):
            with pytest.raises(TableError) as caught:
                store.commit(TABLE, before, commit)
            assert caught.value.code == "table.append_only"
        assert snapshot_now(store) == before
        self.published(store, lake, 2, 2)
        assert self.rows(store) == [1, 2]

    def test_removing_needs_the_newest_snapshot(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        stale = self.published(store, lake, 1, 1)
        file, another = self.staged(store, lake, "late", 10), self.staged(store, lake, "first", 11)
        paths = self.paths(store, 1)
        store.commit(TABLE, stale, Commit((another,), False, "another", 1, "first", paths))
        with pytest.raises(CommitConflict):
            store.commit(TABLE, stale, Commit((file,), False, APP, 2, "late", paths))
        assert self.rows(store) == [11]

    def test_writers_that_rewrite_files_in_a_race_lose_and_double_no_row(self, lake: Path) -> None:
        self.make(lake).ensure(TABLE, COLUMNS)

        def merge(writer: int) -> None:
            store = self.make(lake)
            for number in range(1, 5):
                self.merged(store, lake, f"writer-{writer}", number, 10 * writer + number)

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(merge, range(3)))
        assert self.rows(self.make(lake)) == sorted(
            10 * writer + number for writer in range(3) for number in range(1, 5)
        )

    def merged(self, store: TableStore, lake: Path, app: str, number: int, new: int) -> None:
        """Write all rows anew with another one, however often another writer comes first."""
        for attempt in range(1000):
            snapshot = snapshot_now(store)
            files = store.content(TABLE, snapshot.version).files
            ids = (int(str(i)) for i in self.ids([file.address for file in files])) if files else ()
            file = self.staged(store, lake, f"{app}-{number}-{attempt}", *ids, new)
            commit = Commit((file,), False, app, number, f"{app} {number}", tuple(f.path for f in files))
            with suppress(CommitConflict):
                store.commit(TABLE, snapshot, commit)
                return
        raise AssertionError("another writer came first a thousand times")
