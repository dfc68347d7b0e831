"""Tables written anew for other types."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attrs import evolve

from lakekit.domain.batch import ColumnStats, StagedFile
from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn
from lakekit.domain.table_options import Definition
from lakekit.ports.table_store import Changes, Commit, CommitConflict, TableStore
from lakekit.testing.table_store.base import (
    APP,
    NARROW,
    TABLE,
    WIDER,
    TableStoreBase,
    snapshot_now,
    told,
)


class Rewriting(TableStoreBase):
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
            store.commit(TABLE, snapshot_now(store), Commit((file,), False, APP, number, f"note {number}"))
        before = snapshot_now(store)
        files = self.rewritten(store, lake, "wider", 1, 2)
        version = store.rewrite(TABLE, before, WIDER, files, "note 2")
        assert snapshot_now(store) == evolve(before, version=version, columns=WIDER)
        assert version == before.version + 1
        assert (self.rows(store), self.ids(store.files(TABLE, before.version))) == ([1, 2], [1, 2])
        assert store.app_version(TABLE, version, APP) == 2
        assert told(store) == [(version, "note 2", None)]
        assert store.changes(TABLE, before.version, version) == Changes((), ())
        assert store.files(TABLE, version, "id", "3") == ()
        assert len(store.files(TABLE, version, "id", "2")) == 1
        back = store.restore(TABLE, snapshot_now(store), before.version, "note 2")
        assert snapshot_now(store) == evolve(before, version=back)
        assert self.rows(store) == [1, 2]

    def test_a_table_without_rows_is_rewritten_too(self, store: TableStore) -> None:
        store.ensure(TABLE, NARROW)
        before = snapshot_now(store)
        assert store.rewrite(TABLE, before, WIDER, (), None) == before.version + 1
        assert snapshot_now(store).columns == WIDER

    def test_a_rewrite_of_a_version_that_is_not_the_newest_is_refused(self, store: TableStore, lake: Path) -> None:
        store.ensure(TABLE, NARROW)
        before = snapshot_now(store)
        files = self.rewritten(store, lake, "wider", 1)
        self.commit_as_another(lake)
        between = snapshot_now(store)
        with pytest.raises(CommitConflict):
            store.rewrite(TABLE, before, WIDER, files, "note")
        assert snapshot_now(store) == between

    def test_a_rewrite_with_files_of_other_types_or_without_them_is_refused(
        self, store: TableStore, lake: Path
    ) -> None:
        store.ensure(TABLE, NARROW)
        before = snapshot_now(store)
        narrow = self.rewritten(store, lake, "narrow", 1, columns=NARROW)
        lost = self.rewritten(store, lake, "lost", 1)
        self.harm(lake, lost[0].path, None)
        for files in (narrow, lost):
            with pytest.raises(TableError):
                store.rewrite(TABLE, before, WIDER, files, "note")
        assert snapshot_now(store) == before

    def test_of_many_rewriting_at_once_one_does(self, lake: Path) -> None:
        store = self.make(lake)
        store.ensure(TABLE, NARROW)
        before = snapshot_now(store)
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
        assert snapshot_now(store).version == before.version + 1
