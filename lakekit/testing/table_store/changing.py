"""What came and went between two versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.domain.errors import TableError
from lakekit.ports.table_store import NOTHING, Changes, Commit, TableStore
from lakekit.testing.table_store.base import (
    APP,
    COLUMNS,
    TABLE,
    TableStoreBase,
)


class Changing(TableStoreBase):
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
