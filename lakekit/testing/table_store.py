"""What every implementation of the `TableStore` port promises."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path, PurePosixPath

import pytest
from attrs import evolve

from lakekit.domain.batch import ColumnStats, StagedFile
from lakekit.domain.errors import TableError
from lakekit.domain.schema import QUARANTINE_COLUMNS, TEXT_MAP_TYPE, TableColumn
from lakekit.domain.table_options import Definition
from lakekit.plugin.provider import Port
from lakekit.ports.table_store import NOTHING, Changes, Commit, CommitConflict, Snapshot, TableStore
from lakekit.testing.suite import Suite

TABLE = PurePosixPath("bronze/orders")
APP = "lakekit/bronze.orders/live/1"
COLUMNS = (TableColumn("id", "long"), TableColumn("at", "timestamp"), TableColumn("name", "string"))
NARROW = (TableColumn("id", "int"), TableColumn("name", "string"))
WIDER = (TableColumn("id", "long"), TableColumn("name", "string"))
EVERY_TYPE = (
    *(TableColumn(f"c_{t}", t) for t in ("string", "boolean", "int", "long", "float", "double", "date", "timestamp")),
    TableColumn("decimal", "decimal(10,2)"),
    TableColumn("_extra", TEXT_MAP_TYPE),
)

PARTITIONED = Definition(
    ("name",), {"lakekit_id_required": "NOT (`id` IS NULL)"}, {"delta.enableChangeDataFeed": "true"}
)

Row = tuple[object, ...]


class TableStoreSuite(Suite):
    """Subclass it as `Test...`; say how to make the adapter, and how others see its tables."""

    port = Port.TABLE_STORE

    def make(self, lake: Path) -> TableStore:
        """The adapter for the lake in the folder `lake`."""
        raise NotImplementedError

    def write_parquet(self, file: Path, columns: Sequence[TableColumn], rows: Sequence[Row]) -> None:
        """Write a Parquet file with exactly these columns."""
        raise NotImplementedError

    def ids(self, files: Sequence[str]) -> list[object]:
        """The values of column `id` in these Parquet files, in order of value."""
        raise NotImplementedError

    def commit_as_another(self, lake: Path) -> None:
        """Make a commit to the table that adds no file, with a tool that knows nothing of lakekit."""
        raise NotImplementedError

    def restore(self, lake: Path, version: int) -> None:
        """Put the table back to `version`, with a tool that knows nothing of lakekit."""
        raise NotImplementedError

    def harm(self, lake: Path, path: str, content: bytes | None) -> None:
        """Give a file of the table another content, or remove it; the whole table where the path is empty."""
        found = lake / TABLE / path
        if content is not None:
            found.write_bytes(content)
        elif path:
            found.unlink()
        else:
            shutil.rmtree(found)

    @pytest.fixture
    def lake(self, tmp_path: Path) -> Path:
        (tmp_path / "lake").mkdir()
        return tmp_path / "lake"

    @pytest.fixture
    def store(self, lake: Path) -> TableStore:
        return self.make(lake)

    def staged(
        self, store: TableStore, lake: Path, name: str, *ids: int, columns: Sequence[TableColumn] = COLUMNS
    ) -> StagedFile:
        """One staged file with a row per id."""
        file = lake.parent / f"{name}.parquet"
        self.write_parquet(file, columns, [(i, *[None] * (len(columns) - 1)) for i in ids])
        size = file.stat().st_size
        (path,) = store.stage(TABLE, name, [file])
        return StagedFile(path, size, len(ids))

    def partitioned(self, store: TableStore, lake: Path, *parts: str | None) -> Commit:
        """A commit to a new table that is partitioned by `name`, of a file per value, with the ids 0, 1, …"""
        store.ensure(TABLE, COLUMNS, PARTITIONED)
        files = {lake.parent / f"part-{i}.parquet": {"name": value} for i, value in enumerate(parts)}
        for number, file in enumerate(files):
            self.write_parquet(file, COLUMNS, [(number, None, parts[number])])
        sizes = [file.stat().st_size for file in files]
        paths = store.stage(TABLE, "batch-1", list(files), files)
        split = zip(paths, sizes, files.values(), strict=True)
        return Commit(tuple(StagedFile(p, s, 1, partition=v) for p, s, v in split), False, APP, 1, "note")

    def published(self, store: TableStore, lake: Path, number: int, *ids: int, replace: bool = False) -> Snapshot:
        """The snapshot after a commit of one file with these rows, or of none."""
        files = (self.staged(store, lake, f"batch-{number}", *ids),) if ids else ()
        store.commit(TABLE, _snapshot(store), Commit(files, replace, APP, number, f"note {number}"))
        return _snapshot(store)

    def rows(self, store: TableStore) -> list[object]:
        files = store.files(TABLE, _snapshot(store).version)
        return self.ids(files) if files else []

    def test_a_table_that_nobody_made_has_no_snapshot_and_no_history(self, store: TableStore) -> None:
        assert store.snapshot(TABLE) is None
        assert list(store.history(TABLE)) == []

    @pytest.mark.parametrize("columns", [COLUMNS, EVERY_TYPE, QUARANTINE_COLUMNS])
    def test_a_new_table_has_the_columns_in_their_order(
        self, store: TableStore, columns: tuple[TableColumn, ...]
    ) -> None:
        store.ensure(TABLE, columns)
        assert _snapshot(store).columns == columns

    def test_ensuring_what_is_there_changes_nothing(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS)
        before = _snapshot(store)
        store.ensure(TABLE, COLUMNS[:1])
        store.ensure(TABLE, COLUMNS)
        assert _snapshot(store) == before

    def test_missing_columns_are_added_at_the_end_of_the_same_table(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS[:2])
        before = _snapshot(store)
        store.ensure(TABLE, (COLUMNS[2], *COLUMNS[:2]))
        after = _snapshot(store)
        assert (after.table_id, after.columns) == (before.table_id, COLUMNS)
        assert self.published(store, lake, 1, 7).version > after.version

    def test_a_column_of_another_type_is_refused_by_name(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS)
        before = _snapshot(store)
        with pytest.raises(TableError, match=r"id.*long.*string") as caught:
            store.ensure(TABLE, (TableColumn("extra", "long"), TableColumn("id", "string")))
        assert caught.value.code == "table.type_mismatch"
        assert _snapshot(store) == before

    def test_columns_that_differ_only_in_case_are_refused(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS)
        with pytest.raises(TableError):
            store.ensure(TABLE, (TableColumn("ID", "long"),))

    def test_many_ensuring_at_once_make_one_table_with_all_their_columns(self, lake: Path) -> None:
        def ensure(n: int) -> None:
            self.make(lake).ensure(TABLE, (*COLUMNS, TableColumn(f"extra_{n}", "long")))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(ensure, range(4)))
        columns = _snapshot(self.make(lake)).columns
        assert columns[:3] == COLUMNS
        assert sorted(c.name for c in columns[3:]) == [f"extra_{n}" for n in range(4)]

    def test_staged_rows_are_in_the_table_after_the_commit_and_not_before(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        file = self.staged(store, lake, "batch-1", 1, 2)
        assert self.rows(store) == []
        before = _snapshot(store)
        version = store.commit(TABLE, before, Commit((file,), False, APP, 1, "note"))
        assert version == before.version + 1 == _snapshot(store).version
        assert self.rows(store) == [1, 2]

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
            another.commit(TABLE, _snapshot(another), Commit((file,), False, "another", number, ""))
        after = _snapshot(store)
        assert after.table_id != before.table_id
        assert (after.version, after.columns) == (commits, COLUMNS[:1])
        assert store.app_version(TABLE, after.version, APP) is None
        assert self.rows(store) == [10 * n for n in range(1, commits + 1)]

    def test_what_others_do_to_the_table_is_seen_at_the_next_look(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS[:2])
        another, before = self.make(lake), _snapshot(store)
        another.ensure(TABLE, COLUMNS)
        for number in range(1, 13):
            self.published(another, lake, number, number)
        after = _snapshot(store)
        assert (after.table_id, after.columns) == (before.table_id, COLUMNS)
        assert after.version == before.version + 13
        assert store.app_version(TABLE, after.version, APP) == 12
        assert self.rows(store) == list(range(1, 13))

    def test_rows_note_and_number_are_in_one_version(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        first = self.published(store, lake, 1, 1)
        second = self.published(store, lake, 2, 2)
        assert [store.app_version(TABLE, s.version, APP) for s in (first, second)] == [1, 2]
        assert store.app_version(TABLE, second.version, "lakekit/bronze.orders/backfill/1") is None
        assert self.ids(store.files(TABLE, first.version)) == [1]
        assert _told(store) == [(second.version, "note 2", None)]

    def test_a_new_table_is_as_defined_and_one_that_is_there_stays_as_it_is(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS, PARTITIONED)
        made = _snapshot(store).definition
        assert (made.partitions, made.constraints) == (PARTITIONED.partitions, PARTITIONED.constraints)
        assert made.properties.items() >= PARTITIONED.properties.items()
        store.ensure(TABLE, COLUMNS)
        assert _snapshot(store).definition == made

    def test_files_are_told_with_their_partitions(self, store: TableStore, lake: Path) -> None:
        commit = self.partitioned(store, lake, "a/b=%20c", None, "é")
        version = store.commit(TABLE, _snapshot(store), commit)
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
        before = _snapshot(store)
        with pytest.raises(TableError):
            store.commit(TABLE, before, evolve(commit, files=(evolve(commit.files[0], partition=partition),)))
        assert _snapshot(store) == before

    def test_replacing_leaves_the_new_rows_alone_in_the_same_table(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        before = self.published(store, lake, 1, 1, 2)
        after = self.published(store, lake, 2, 3, replace=True)
        assert self.rows(store) == [3]
        assert (after.table_id, after.columns) == (before.table_id, before.columns)
        assert self.ids(store.files(TABLE, before.version)) == [1, 2]

    def test_files_come_and_go_in_one_commit(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        *_, before = [self.published(store, lake, number, number) for number in (1, 2, 3)]
        file = self.staged(store, lake, "batch-4", 20, 30)
        version = store.commit(TABLE, before, Commit((file,), False, APP, 4, "note 4", self.paths(store, 2, 3)))
        assert version == before.version + 1
        assert self.rows(store) == [1, 20, 30]
        assert _told(store) == [(version, "note 4", None)]
        assert store.app_version(TABLE, version, APP) == 4
        assert self.ids(store.files(TABLE, before.version)) == [1, 2, 3]
        last = store.commit(TABLE, _snapshot(store), Commit((), False, APP, 5, "note 5", self.paths(store, 1, 4)))
        assert self.rows(store) == []
        store.restore(TABLE, _snapshot(store), before.version, None)
        assert self.rows(store) == [1, 2, 3]
        store.restore(TABLE, _snapshot(store), last, None)
        assert self.rows(store) == []

    def test_a_file_of_any_partition_can_be_removed(self, store: TableStore, lake: Path) -> None:
        values = ("a/b=%20c", None, "é", "it's", "a b+c", '"#?*[]{}~|^`<>\\', "%", "ß" * 40)
        commit = self.partitioned(store, lake, *values)
        before = store.commit(TABLE, _snapshot(store), commit)
        files = {file.partition["name"]: file for file in store.content(TABLE, before).files}
        for number, value in enumerate(values):
            store.commit(TABLE, _snapshot(store), Commit((), False, APP, number + 2, "", (files[value].path,)))
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
        assert _snapshot(store) == before

    def test_a_commit_that_contradicts_itself_is_refused(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        before = self.published(store, lake, 1, 1)
        (file,) = store.content(TABLE, before.version).files
        again = StagedFile(file.path, file.size, 1)
        for files, replace in (((), True), ((again,), False)):
            with pytest.raises(TableError) as caught:
                store.commit(TABLE, before, Commit(files, replace, APP, 2, "note", (file.path,)))
            assert caught.value.code == "table.bad_commit"
        assert _snapshot(store) == before

    def test_no_row_leaves_a_table_that_is_append_only(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS, Definition(properties={"delta.appendOnly": "true"}))
        before = self.published(store, lake, 1, 1)
        for commit in (Commit((), True, APP, 2, ""), Commit((), False, APP, 2, "", self.paths(store, 1))):
            with pytest.raises(TableError) as caught:
                store.commit(TABLE, before, commit)
            assert caught.value.code == "table.append_only"
        assert _snapshot(store) == before
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
            snapshot = _snapshot(store)
            files = store.content(TABLE, snapshot.version).files
            ids = (int(str(i)) for i in self.ids([file.address for file in files])) if files else ()
            file = self.staged(store, lake, f"{app}-{number}-{attempt}", *ids, new)
            commit = Commit((file,), False, app, number, f"{app} {number}", tuple(f.path for f in files))
            with suppress(CommitConflict):
                store.commit(TABLE, snapshot, commit)
                return
        raise AssertionError("another writer came first a thousand times")

    def paths(self, store: TableStore, *batches: int) -> tuple[str, ...]:
        """The paths of the files that these batches brought, as far as the table has them."""
        folders = {f"batch-{number}" for number in batches}
        files = store.content(TABLE, _snapshot(store).version).files
        return tuple(file.path for file in files if file.path.split("/")[0] in folders)

    def rewritten(
        self, store: TableStore, lake: Path, name: str, *ids: int, columns: Sequence[TableColumn] = WIDER
    ) -> tuple[StagedFile, ...]:
        """A staged file with a row per id, as statistics have it."""
        file = self.staged(store, lake, name, *ids, columns=columns)
        return (evolve(file, stats={"id": ColumnStats(0, str(min(ids)), str(max(ids)))}),)

    def test_a_rewrite_changes_the_types_and_nothing_else(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, NARROW, Definition((), {"lakekit_id_required": "NOT (`id` IS NULL)"}, {}))
        for number in (1, 2):
            file = self.staged(store, lake, f"batch-{number}", number, columns=NARROW)
            store.commit(TABLE, _snapshot(store), Commit((file,), False, APP, number, f"note {number}"))
        before = _snapshot(store)
        files = self.rewritten(store, lake, "wider", 1, 2)
        version = store.rewrite(TABLE, before, WIDER, files, "note 2")
        assert _snapshot(store) == evolve(before, version=version, columns=WIDER)
        assert version == before.version + 1
        assert (self.rows(store), self.ids(store.files(TABLE, before.version))) == ([1, 2], [1, 2])
        assert store.app_version(TABLE, version, APP) == 2
        assert _told(store) == [(version, "note 2", None)]
        assert store.changes(TABLE, before.version, version) == Changes((), ())
        assert store.files(TABLE, version, "id", "3") == ()
        assert len(store.files(TABLE, version, "id", "2")) == 1
        back = store.restore(TABLE, _snapshot(store), before.version, "note 2")
        assert _snapshot(store) == evolve(before, version=back)
        assert self.rows(store) == [1, 2]

    def test_a_table_without_rows_is_rewritten_too(self, store: TableStore) -> None:
        store.ensure(TABLE, NARROW)
        before = _snapshot(store)
        assert store.rewrite(TABLE, before, WIDER, (), None) == before.version + 1
        assert _snapshot(store).columns == WIDER

    def test_a_rewrite_of_a_version_that_is_not_the_newest_is_refused(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, NARROW)
        before = _snapshot(store)
        files = self.rewritten(store, lake, "wider", 1)
        self.commit_as_another(lake)
        between = _snapshot(store)
        with pytest.raises(CommitConflict):
            store.rewrite(TABLE, before, WIDER, files, "note")
        assert _snapshot(store) == between

    def test_a_rewrite_with_files_of_other_types_or_without_them_is_refused(
        self, store: TableStore, lake: Path
    ) -> None:
        store.ensure(TABLE, NARROW)
        before = _snapshot(store)
        narrow = self.rewritten(store, lake, "narrow", 1, columns=NARROW)
        lost = self.rewritten(store, lake, "lost", 1)
        self.harm(lake, lost[0].path, None)
        for files in (narrow, lost):
            with pytest.raises(TableError):
                store.rewrite(TABLE, before, WIDER, files, "note")
        assert _snapshot(store) == before

    def test_of_many_rewriting_at_once_one_does(self, lake: Path) -> None:
        store = self.make(lake)
        store.ensure(TABLE, NARROW)
        before = _snapshot(store)
        files = [self.rewritten(store, lake, f"wider-{n}", n) for n in range(4)]

        def rewrite(n: int) -> bool:
            try:
                return bool(self.make(lake).rewrite(TABLE, before, WIDER, files[n], "note"))
            except CommitConflict:
                return False

        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(rewrite, range(4)))
        assert sum(done) == 1
        assert self.rows(store) == [done.index(True)]
        assert _snapshot(store).version == before.version + 1

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
        stale = _snapshot(store)
        newest = self.published(store, lake, 1, 1)
        commit = Commit((self.staged(store, lake, "late", 2),), replace, "another", 1, "late")
        with pytest.raises(CommitConflict):
            store.commit(TABLE, stale, commit)
        assert _snapshot(store) == newest
        assert self.rows(store) == [1]

    def test_a_snapshot_of_a_table_that_is_no_more_is_stale(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS)
        with pytest.raises(CommitConflict):
            store.commit(TABLE, evolve(_snapshot(store), table_id="gone"), Commit((), False, APP, 1, "note"))

    @pytest.mark.parametrize("replace", [False, True])
    def test_no_commit_of_racing_writers_is_lost(self, lake: Path, replace: bool) -> None:
        self.make(lake).ensure(TABLE, COLUMNS)

        def write(writer: int) -> None:
            store = self.make(lake)
            for number in range(1, 6):
                file = self.staged(store, lake, f"w{writer}-{number}", 10 * writer + number)
                _insist(store, Commit((file,), replace, f"writer-{writer}", number, f"{writer}/{number}"))

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
        before = _snapshot(store)
        file = wrong(self.staged(store, lake, "batch-1", 1))
        with pytest.raises(TableError):
            store.commit(TABLE, before, Commit((file,), False, APP, 1, "note"))
        assert _snapshot(store) == before

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
        before = _snapshot(store)
        file = self.staged(store, lake, "batch-1", 1, columns=columns)
        with pytest.raises(TableError) as caught:
            store.commit(TABLE, before, Commit((file,), False, APP, 1, "note"))
        assert caught.value.code == "table.schema_mismatch"
        assert _snapshot(store) == before

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
        assert _snapshot(store) == before

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
        assert _told(store, 3) == [(last, "note 2", None), (last - 1, None, None), (first, "note 1", None)]
        assert all(c.operation for c in store.history(TABLE))
        moments = [datetime.fromisoformat(c.at or "") for c in store.history(TABLE)]
        assert moments == sorted(moments, reverse=True)
        assert {moment.utcoffset() for moment in moments} == {timedelta()}
        assert [c.version for c in store.history(TABLE)] == list(range(last, -1, -1))

    def test_staged_files_that_are_gone_or_changed_are_named_and_no_others(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        files = [self.staged(store, lake, f"batch-{n}", n) for n in range(3)]
        assert store.damaged(TABLE, files) == ()
        self.harm(lake, files[0].path, None)
        self.harm(lake, files[2].path, b"x")
        assert store.damaged(TABLE, files) == (files[0].path, files[2].path)

    def test_a_note_comes_back_as_it_was(self, store: TableStore) -> None:
        store.ensure(TABLE, COLUMNS)
        note = '{"commitInfo": "«ä»\\n\\"", "emoji": "😀"}' + "x" * 10_000
        store.commit(TABLE, _snapshot(store), Commit((), False, APP, 1, note))
        assert next(store.history(TABLE)).note == note

    def test_a_restore_is_told_with_the_version_it_went_back_to(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        old = self.published(store, lake, 1, 1)
        self.published(store, lake, 2, 2)
        self.restore(lake, old.version)
        assert self.rows(store) == [1]
        assert _told(store) == [(_snapshot(store).version, None, old.version)]

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
        version = store.commit(TABLE, _snapshot(store), Commit((file,), False, APP, 1, "note 1"))
        old = _snapshot(store)
        store.ensure(TABLE, COLUMNS)
        before = self.published(store, lake, 2, 2)
        made = store.restore(TABLE, before, version, 'back, "quoted"')
        after = _snapshot(store)
        assert (made, after) == (before.version + 1, evolve(old, version=made))
        assert self.rows(store) == [1]
        assert store.app_version(TABLE, made, APP) == 2
        assert _told(store) == [(made, 'back, "quoted"', version)]
        assert store.restore(TABLE, after, before.version, None) == made + 1
        assert _snapshot(store).columns == COLUMNS
        assert store.files(TABLE, made + 1) == store.files(TABLE, before.version)
        assert _told(store) == [(made + 1, None, before.version)]

    def test_a_restore_on_a_stale_snapshot_is_refused_and_leaves_nothing(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        stale = self.published(store, lake, 1, 1)
        newest = self.published(store, lake, 2, 2)
        with pytest.raises(CommitConflict):
            store.restore(TABLE, stale, 0, "note")
        assert _snapshot(store) == newest
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
        assert _snapshot(store) == newest

    def test_appended_files_came_and_none_went(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        first = self.published(store, lake, 1, 1, 2).version
        self.commit_as_another(lake)
        self.published(store, lake, 2, 3)
        last = self.published(store, lake, 3, 4).version
        files = {file.path.split("/")[0]: file for file in store.content(TABLE, last).files}
        assert store.changes(TABLE, first, last) == Changes((files["batch-2"], files["batch-3"]), ())
        assert store.changes(TABLE, NOTHING, first) == Changes((files["batch-1"],), ())
        assert store.changes(TABLE, first, first + 1) == store.changes(TABLE, last, last) == Changes((), ())

    def test_files_that_went_are_told_as_they_were(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        *_, before = [self.published(store, lake, number, number) for number in (1, 2, 3)]
        kept, *gone = store.content(TABLE, before.version).files
        file = self.staged(store, lake, "batch-4", 20)
        store.commit(TABLE, before, Commit((file,), False, APP, 4, "note 4", self.paths(store, 2, 3)))
        (new,) = (f for f in store.content(TABLE, before.version + 1).files if f != kept)
        assert store.changes(TABLE, before.version, before.version + 1) == Changes((new,), tuple(gone))
        after = self.published(store, lake, 5, 5, replace=True).version
        (last,) = store.content(TABLE, after).files
        assert store.changes(TABLE, before.version, after) == Changes((last,), (kept, *gone))
        assert store.changes(TABLE, before.version + 1, after) == Changes((last,), (kept, new))
        assert store.changes(TABLE, NOTHING, after) == Changes((last,), ())

    def test_a_restore_changes_what_it_brings_back_and_takes_away(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        old = self.published(store, lake, 1, 1).version
        (first,) = store.content(TABLE, old).files
        middle = self.published(store, lake, 2, 2, replace=True).version
        (second,) = store.content(TABLE, middle).files
        self.restore(lake, old)
        assert store.changes(TABLE, old, middle + 1) == Changes((), ())
        assert store.changes(TABLE, middle, middle + 1) == Changes((first,), (second,))

    def test_changes_between_versions_that_never_were_are_refused(self, store: TableStore) -> None:
        with pytest.raises(TableError) as caught:
            store.changes(TABLE, NOTHING, 0)
        assert caught.value.code == "table.missing"
        store.ensure(TABLE, COLUMNS)
        for since, version in ((0, 1), (NOTHING, NOTHING), (-2, 0)):
            with pytest.raises(TableError) as caught:
                store.changes(TABLE, since, version)
            assert caught.value.code == "table.no_version"

    def test_a_table_that_is_not_as_far_as_it_was_tells_no_changes(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        since = self.published(store, lake, 1, 1).version
        self.harm(lake, "", None)
        another = self.make(lake)
        another.ensure(TABLE, COLUMNS)
        assert another.changes(TABLE, since, 0) is None

    def test_files_of_a_table_that_are_gone_are_named_and_no_others(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, COLUMNS)
        self.published(store, lake, 1, 1)
        first, second = store.content(TABLE, self.published(store, lake, 2, 2).version).files
        assert store.gone(TABLE, (first, second)) == ()
        self.harm(lake, first.path, None)
        assert store.gone(TABLE, (first, second)) == (first.path,)

    def test_unstaging_removes_what_no_commit_names(self, store: TableStore, lake: Path) -> None:
        file = self.staged(store, lake, "batch-1", 1)
        store.unstage(TABLE, "batch-1")
        store.unstage(TABLE, "batch-1")
        store.ensure(TABLE, COLUMNS)
        with pytest.raises(TableError):
            store.commit(TABLE, _snapshot(store), Commit((file,), False, APP, 1, "note"))

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
        store.commit(TABLE, _snapshot(store), Commit(files, False, APP, 1, "note"))
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
        version = _snapshot(store).version
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
        version = _snapshot(store).version
        kept = {low: self.ids(store.files(TABLE, version, "id", low, nulls=True)) for low in ("10", "11", "21")}
        assert kept == {"10": [1, 2, 3, 4, 5], "11": [2, 3, 4, 5], "21": [2, 3, 5]}
        assert self.ids(store.files(TABLE, version, "id", "21")) == [5]

    def with_maximum(
        self, store: TableStore, lake: Path, number: int, maximum: str | None, nulls: int | None = 0
    ) -> None:
        file = self.staged(store, lake, f"batch-{number}", number)
        stats = {"id": ColumnStats(nulls, maximum, maximum)} if maximum else {}
        commit = Commit((evolve(file, stats=stats),), False, APP, number, "note")
        store.commit(TABLE, _snapshot(store), commit)


def _snapshot(store: TableStore) -> Snapshot:
    snapshot = store.snapshot(TABLE)
    assert snapshot is not None
    return snapshot


def _insist(store: TableStore, commit: Commit) -> None:
    """Commit, however often another writer comes first."""
    while True:
        try:
            store.commit(TABLE, _snapshot(store), commit)
        except CommitConflict:
            continue
        return


def _told(store: TableStore, commits: int = 1) -> list[tuple[int, str | None, int | None]]:
    """Version, note and what was restored, of the newest commits."""
    return [(c.version, c.note, c.restored_to) for c in islice(store.history(TABLE), commits)]
