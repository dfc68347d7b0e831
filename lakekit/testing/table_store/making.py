"""Tables are made, and found as they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attrs import evolve

from lakekit.domain.errors import TableError
from lakekit.domain.schema import QUARANTINE_COLUMNS, TableColumn
from lakekit.ports.table_store import Commit, TableStore
from lakekit.testing.table_store.base import (
    APP,
    COLUMNS,
    EVERY_TYPE,
    PARTITIONED,
    TABLE,
    TableStoreBase,
    snapshot_now,
)


class Making(TableStoreBase):
    def test_a_table_that_nobody_made_has_no_snapshot_and_no_history(self, store: TableStore) -> None:
        assert store.snapshot(TABLE) is None
        assert list(store.history(TABLE)) == []

    @pytest.mark.parametrize("columns", [COLUMNS, EVERY_TYPE, QUARANTINE_COLUMNS])
    def test_a_new_table_has_the_columns_in_their_order(
        self, store: TableStore, columns: tuple[TableColumn, ...]
    ) -> None:
        store.ensure(TABLE, columns)
        assert snapshot_now(store).columns == columns

    def test_ensuring_what_is_there_changes_nothing(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS)
        before = snapshot_now(store)
        store.ensure(TABLE, COLUMNS[:1])
        store.ensure(TABLE, COLUMNS)
        assert snapshot_now(store) == before

    def test_missing_columns_are_added_at_the_end_of_the_same_table(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS[:2])
        before = snapshot_now(store)
        store.ensure(TABLE, (COLUMNS[2], *COLUMNS[:2]))
        after = snapshot_now(store)
        assert (after.table_id, after.columns) == (before.table_id, COLUMNS)
        assert self.published(store, lake, 1, 7).version > after.version

    def test_a_column_of_another_type_is_refused_by_name(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS)
        before = snapshot_now(store)
        with pytest.raises(TableError, match=r"id.*long.*string") as caught:
            store.ensure(TABLE, (TableColumn("extra", "long"), TableColumn("id", "string")))
        assert caught.value.code == "table.type_mismatch"
        assert snapshot_now(store) == before

    def test_columns_that_differ_only_in_case_are_refused(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS)
        with pytest.raises(TableError):
            store.ensure(TABLE, (TableColumn("ID", "long"),))

    def test_many_ensuring_at_once_make_one_table_with_all_their_columns(self, lake: Path) -> None:
        def ensure(n: int) -> None:
            self.make(lake).ensure(TABLE, (*COLUMNS, TableColumn(f"extra_{n}", "long")))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(ensure, range(4)))
        columns = snapshot_now(self.make(lake)).columns
        assert columns[:3] == COLUMNS
        assert sorted(c.name for c in columns[3:]) == [f"extra_{n}" for n in range(4)]

    @pytest.mark.parametrize("commits", [1, 2, 3])
    def test_a_table_made_anew_is_never_taken_for_the_one_before(
        self, store: TableStore, lake: Path, commits: int
    ) -> None:
        store.ensure(TABLE, COLUMNS)
        before = self.published(store, lake, 1, 1, 2)
        self.harm(lake, "", None)
        another = self.make(lake)
        another.ensure(TABLE, COLUMNS[:1])
        for number in range(1, commits + 1):
            file = self.staged(another, lake, f"new-{number}", 10 * number, columns=COLUMNS[:1])
            another.commit(TABLE, snapshot_now(another), Commit((file,), False, "another", number, ""))
        after = snapshot_now(store)
        assert after.table_id != before.table_id
        assert (after.version, after.columns) == (commits, COLUMNS[:1])
        assert store.app_version(TABLE, after.version, APP) is None
        assert self.rows(store) == [10 * n for n in range(1, commits + 1)]

    def test_what_others_do_to_the_table_is_seen_at_the_next_look(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS[:2])
        another, before = self.make(lake), snapshot_now(store)
        another.ensure(TABLE, COLUMNS)
        for number in range(1, 13):
            self.published(another, lake, number, number)
        after = snapshot_now(store)
        assert (after.table_id, after.columns) == (before.table_id, COLUMNS)
        assert after.version == before.version + 13
        assert store.app_version(TABLE, after.version, APP) == 12
        assert self.rows(store) == list(range(1, 13))

    def test_a_new_table_is_as_defined_and_one_that_is_there_stays_as_it_is(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS, PARTITIONED)
        made = snapshot_now(store).definition
        assert (made.partitions, made.constraints) == (PARTITIONED.partitions, PARTITIONED.constraints)
        assert made.properties.items() >= PARTITIONED.properties.items()
        store.ensure(TABLE, COLUMNS)
        assert snapshot_now(store).definition == made

    def test_files_are_told_with_their_partitions(self, store: TableStore, lake: Path) -> None:
        commit = self.partitioned(store, lake, "a/b=%20c", None, "é")
        version = store.commit(TABLE, snapshot_now(store), commit)
        told = store.content(TABLE, version).files
        assert sorted(file.path for file in told) == sorted(file.path for file in commit.files)
        assert {file.partition["name"]: self.ids([file.address]) for file in told} == {
            "a/b=%20c": [0],
            None: [1],
            "é": [2],
        }

    def test_a_table_without_partitions_tells_none(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        (file,) = store.content(TABLE, self.published(store, lake, 1, 1).version).files
        assert file.partition == {}

    @pytest.mark.parametrize("partition", [{}, {"id": "0"}, {"name": "a", "id": "0"}])
    def test_a_file_of_another_partitioning_is_refused(
        self, store: TableStore, lake: Path, partition: dict[str, str | None]
    ) -> None:
        commit = self.partitioned(store, lake, "a")
        before = snapshot_now(store)
        with pytest.raises(TableError):
            store.commit(TABLE, before, evolve(commit, files=(evolve(commit.files[0], partition=partition),)))
        assert snapshot_now(store) == before
