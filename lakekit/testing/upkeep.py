"""What every implementation of the `Upkeep` port promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import pytest

from lakekit.domain.upkeep import Leftover
from lakekit.plugin.provider import Port
from lakekit.ports.upkeep import Upkeep
from lakekit.testing.suite import Suite

TABLE = PurePosixPath("bronze/orders")
PUBLIC, PERSONAL = "id", "name"
LARGE = 2**27
TEXT = "((`name` IS NULL) OR (`name` IN ('it\\'s', 'a\\\\b')))"


class UpkeepSuite(Suite):
    """Subclass it as `Test...`; say how to make the adapter, and how others write its tables and see them."""

    port = Port.UPKEEP

    def make(self, lake: Path) -> Upkeep:
        """The adapter for the lake in the folder `lake`, or for one that stands for this folder elsewhere."""
        raise NotImplementedError

    def append(self, lake: Path, rows: Sequence[tuple[int, str]]) -> None:
        """Add one file with these values of `id`, a long, and `name`, a string, to TABLE; make it if need be."""
        raise NotImplementedError

    def rows(self, lake: Path) -> list[tuple[int, str]]:
        """The table's rows in order, by a reader that knows nothing of lakekit."""
        raise NotImplementedError

    def files(self, lake: Path) -> Mapping[str, int]:
        """The bytes of each file of the table's newest version, by its path within the table's folder."""
        raise NotImplementedError

    def commits(self, lake: Path) -> int:
        """How many commits the table's log holds."""
        raise NotImplementedError

    def told(self, lake: Path) -> str:
        """All that the newest commit of a rewrite, and the footers of the files that it added, say of the rows."""
        raise NotImplementedError

    def note(self, lake: Path) -> str | None:
        """The note in the newest commit."""
        raise NotImplementedError

    def properties(self, lake: Path) -> Mapping[str, str]:
        """The properties of the table's newest version by Delta's names, constraints among them, by a reader that knows
        nothing of lakekit."""
        raise NotImplementedError

    @pytest.fixture
    def lake(self, tmp_path: Path) -> Path:
        """Five files of two rows."""
        for number in range(5):
            self.append(tmp_path, [(10 * number, f"ann{number}@example.com"), (10 * number + 5, "é")])
        return tmp_path

    def test_a_table_that_nobody_made_has_no_shape(self, tmp_path: Path) -> None:
        assert self.make(tmp_path).measure(TABLE) is None

    def test_the_shape_tells_every_file(self, lake: Path) -> None:
        shape = self.make(lake).measure(TABLE)
        assert shape is not None
        assert sorted(shape.files) == sorted(self.files(lake).values())
        assert shape.since_checkpoint == shape.version + 1

    def test_the_layout_has_the_ranges_of_the_columns_in_question(self, lake: Path) -> None:
        shape = self.make(lake).measure(TABLE, [PUBLIC, "nobody"])
        assert shape is not None
        (part,) = shape.layout
        assert sorted(part.ranges[PUBLIC], key=str) == [(10 * n, 10 * n + 5) for n in range(5)]
        assert sorted(part.files) == sorted(shape.files)
        assert not shape.tells("nobody")
        assert (shape.partitions, shape.clustered) == ((), 0)

    def test_what_a_clustering_along_the_same_columns_wrote_is_told_until_it_is_rewritten(self, lake: Path) -> None:
        upkeep = self.make(lake)
        upkeep.cluster(TABLE, [PUBLIC], LARGE, {PUBLIC}, "note")
        ((_, size),) = self.files(lake).items()
        self.append(lake, [(99, "z")])
        assert [self._clustered(upkeep, [c]) for c in (PUBLIC, PERSONAL)] == [size, 0]
        upkeep.compact(TABLE, LARGE, {PUBLIC}, None)
        assert self._clustered(upkeep, [PUBLIC]) == 0

    def _clustered(self, upkeep: Upkeep, columns: Sequence[str]) -> int:
        shape = upkeep.measure(TABLE, columns)
        assert shape is not None
        return shape.clustered

    def test_a_checkpoint_is_counted_from(self, lake: Path) -> None:
        upkeep = self.make(lake)
        upkeep.checkpoint(TABLE)
        shape = upkeep.measure(TABLE)
        assert shape is not None
        assert shape.since_checkpoint == 0

    @pytest.mark.parametrize("how", ["compact", "cluster"])
    def test_a_rewrite_keeps_every_row_and_carries_its_note(self, lake: Path, how: str) -> None:
        before = self.rows(lake)
        self._rewrite(lake, how, 'a note, "quoted"')
        assert len(self.files(lake)) == 1
        assert self.rows(lake) == before
        assert self.note(lake) == 'a note, "quoted"'

    @pytest.mark.parametrize("how", ["compact", "cluster"])
    def test_a_rewrite_says_nothing_of_columns_that_are_not_public(self, lake: Path, how: str) -> None:
        self._rewrite(lake, how, None)
        told = self.told(lake)
        assert "40" in told
        assert "example.com" not in told

    def test_leftovers_are_what_no_recent_version_needs(self, lake: Path) -> None:
        old, upkeep = self.files(lake), self.make(lake)
        upkeep.compact(TABLE, LARGE, {PUBLIC}, None)
        assert upkeep.leftovers(TABLE, 1) == ()
        assert upkeep.leftovers(TABLE, 0) == tuple(Leftover(path, old[path]) for path in sorted(old))

    def test_leftovers_go_and_nothing_else(self, lake: Path) -> None:
        upkeep, before = self.make(lake), self.rows(lake)
        upkeep.compact(TABLE, LARGE, {PUBLIC}, None)
        found = upkeep.leftovers(TABLE, 0)
        upkeep.remove(TABLE, found[:2])
        assert upkeep.leftovers(TABLE, 0) == found[2:]
        upkeep.remove(TABLE, found)
        assert upkeep.leftovers(TABLE, 0) == ()
        assert self.rows(lake) == before

    def test_a_log_of_recent_commits_is_left_alone(self, lake: Path) -> None:
        upkeep, before = self.make(lake), self.rows(lake)
        upkeep.checkpoint(TABLE)
        upkeep.clean_log(TABLE)
        assert self.rows(lake) == before
        assert self.commits(lake) >= 5

    def test_properties_and_constraints_are_as_they_were_set(self, lake: Path) -> None:
        before, upkeep = self.rows(lake), self.make(lake)
        upkeep.alter(
            TABLE, {"delta.enableChangeDataFeed": "true"}, {"lakekit_a": "`name` <> ''", "lakekit_b": TEXT}, (), "n"
        )
        told = self.properties(lake)
        assert told["delta.enableChangeDataFeed"] == "true"
        assert (told["delta.constraints.lakekit_a"], told["delta.constraints.lakekit_b"]) == ("`name` <> ''", TEXT)
        assert self.note(lake) == "n"
        upkeep.alter(TABLE, {}, {"lakekit_b": "`id` >= 0"}, ("lakekit_a", "lakekit_b"), None)
        told = self.properties(lake)
        assert {k: v for k, v in told.items() if "lakekit" in k} == {"delta.constraints.lakekit_b": "`id` >= 0"}
        assert self.rows(lake) == before

    def _rewrite(self, lake: Path, how: str, note: str | None) -> None:
        if how == "compact":
            self.make(lake).compact(TABLE, LARGE, {PUBLIC}, note)
        else:
            self.make(lake).cluster(TABLE, [PUBLIC], LARGE, {PUBLIC}, note)
