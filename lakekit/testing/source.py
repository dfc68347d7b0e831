"""What every implementation of the `Source` port promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from attrs import evolve

from lakekit.domain.batch import Bounds, Mode
from lakekit.domain.contract import Column, Contract
from lakekit.domain.errors import SourceError
from lakekit.domain.landing import Part
from lakekit.domain.types import parse_type
from lakekit.domain.watermark import Watermark
from lakekit.plugin.provider import Context, Port
from lakekit.ports.source import Source
from lakekit.testing.fake_progress import RecordingProgress
from lakekit.testing.suite import Suite

COLUMNS = ("id", "day", 'Größe, "m²"')
ROWS = (
    ("1", "2024-01-01", "x"),
    ("2", "2024-01-02", ""),
    ("3", "2024-01-03", 'a "b", c'),
    ("4", "2024-01-04", "line\nline"),
    ("5", "soon", " 5 "),
    ("6", "", "日本 😀"),
    ("7", "2024-01-02", "x"),
    ("7", "2024-01-02", "x"),
    ("8", "-", "NULL"),
)
DAY = Column("day", parse_type("date"), null_markers=("", "-"))
CONTRACT = Contract("orders", (Column("id", parse_type("long")), DAY))

Row = tuple[str, ...]


class SourceSuite(Suite):
    """Subclass it as `Test...`; say how to make a source that has rows of texts, and how to read what it landed.

    A source that tells files apart sets `files`, one that can read along a column sets `cursor`. One that makes its
    rows itself has `given` false, and says in `columns` and `sample` which they are.
    """

    port = Port.SOURCE

    files: ClassVar[bool] = False
    cursor: ClassVar[bool] = True
    given: ClassVar[bool] = True
    columns: ClassVar[Sequence[str]] = COLUMNS
    sample: ClassVar[Sequence[Row]] = ROWS
    told: ClassVar[RecordingProgress] = RecordingProgress()

    @classmethod
    def registered(cls, context: Context) -> Any:
        """The adapter as the plugin registers it, with a `progress` that keeps what it is told."""
        return super().registered(evolve(context, progress=cls.told))

    @pytest.fixture(autouse=True)
    def _told_anew(self) -> None:
        type(self).told = RecordingProgress()

    def make(self, folder: Path, columns: Sequence[str], rows: Sequence[Row]) -> Source:
        """A source in the empty `folder` that has just these rows."""
        raise NotImplementedError

    def append(self, folder: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Give the source in `folder` more rows; where it has files, in a file of their own."""
        raise NotImplementedError

    def change(self, folder: Path) -> None:
        """Change what the source has, in a way that its bounds tell. For sources that set `files`."""
        raise NotImplementedError

    def read(self, file: Path) -> Sequence[Mapping[str, object]]:
        """The rows of a Parquet file, in order."""
        raise NotImplementedError

    @pytest.fixture
    def origin(self, tmp_path: Path) -> Path:
        (tmp_path / "origin").mkdir()
        return tmp_path / "origin"

    @pytest.fixture
    def landing(self, tmp_path: Path) -> Path:
        (tmp_path / "landing").mkdir()
        return tmp_path / "landing"

    def rows(self, folder: Path, parts: Sequence[Part]) -> list[Row]:
        """The landed rows as texts, by the order of `columns`."""
        told = [row for part in parts for row in self.read(folder / part.path)]
        return [tuple(str(row[name]) for name in self.columns) for row in told]

    def days(self, source: Source, low: str | None, high: str | None, landing: Path) -> list[str]:
        """The ids landed by an increment along `day`."""
        marks = [Watermark("date", end) if end else None for end in (low, high)]
        bounds = source.bounds(Mode.CURSOR, marks[0], marks[1], frozenset())
        assert bounds is not None
        parts = source.extract(CONTRACT, "day", bounds, landing)
        return sorted(row[0] for row in self.rows(landing, parts))

    def test_a_full_load_lands_every_row_with_its_values_unchanged(self, origin: Path, landing: Path) -> None:
        source = self.make(origin, self.columns, self.sample)
        parts = source.extract(CONTRACT, None, _bounds(source), landing)
        assert sorted(self.rows(landing, parts)) == sorted(self.sample)

    def test_parts_tell_their_rows_and_sizes_and_nothing_else_is_left(self, origin: Path, landing: Path) -> None:
        source = self.make(origin, self.columns, self.sample)
        parts = source.extract(CONTRACT, None, _bounds(source), landing)
        assert sum(part.rows for part in parts) == len(self.sample)
        assert [part.rows for part in parts] == [len(self.read(landing / part.path)) for part in parts]
        assert [part.size for part in parts] == [(landing / part.path).stat().st_size for part in parts]
        assert sorted(path.name for path in landing.rglob("*")) == sorted(part.path for part in parts)

    def test_what_is_told_of_progress_adds_up(self, origin: Path, landing: Path) -> None:
        source = self.make(origin, self.columns, self.sample)
        bounds = _bounds(source)
        parts = source.extract(CONTRACT, None, bounds, landing)
        self._adds_up(bounds, parts)

    def test_what_is_told_of_the_progress_of_an_increment_adds_up(self, origin: Path, landing: Path) -> None:
        self._needs_cursor()
        source = self.make(origin, COLUMNS, ROWS)
        bounds = source.bounds(Mode.CURSOR, Watermark("date", "2024-01-02"), None, frozenset())
        assert bounds is not None
        self._adds_up(bounds, source.extract(CONTRACT, "day", bounds, landing))

    def _adds_up(self, bounds: Bounds, parts: Sequence[Part]) -> None:
        """No sum is ever below nothing, no more bytes are told than there are, and all rows or none."""
        assert (self.told.fewest_rows, self.told.fewest_bytes) == (0, 0)
        if bounds.files:
            assert self.told.most_bytes <= sum(file.size for file in bounds.files)
        assert self.told.rows in {0, sum(part.rows for part in parts)}

    def test_a_source_without_rows_lands_none(self, origin: Path, landing: Path) -> None:
        self._needs_given()
        source = self.make(origin, self.columns, ())
        parts = source.extract(CONTRACT, None, _bounds(source), landing)
        assert sum(part.rows for part in parts) == 0

    def test_two_extractions_of_the_same_bounds_land_the_same_rows(self, origin: Path, landing: Path) -> None:
        source = self.make(origin, self.columns, self.sample)
        bounds = _bounds(source)
        landed = []
        for attempt in ("a", "b"):
            folder = landing / attempt
            folder.mkdir()
            landed.append(self.rows(folder, source.extract(CONTRACT, None, bounds, folder)))
        assert sorted(landed[0]) == sorted(landed[1])

    def test_an_increment_holds_its_bounds_and_what_has_no_place_on_the_axis(self, origin: Path, landing: Path) -> None:
        self._needs_cursor()
        source = self.make(origin, COLUMNS, ROWS)
        assert self.days(source, "2024-01-02", "2024-01-03", landing) == ["2", "3", "5", "6", "7", "7", "8"]

    @pytest.mark.parametrize(
        ("low", "high", "ids"),
        [
            (None, "2024-01-01", ["1", "5", "6", "8"]),
            ("2024-01-04", None, ["4", "5", "6", "8"]),
            ("2025-01-01", None, ["5", "6", "8"]),
            (None, None, ["1", "2", "3", "4", "5", "6", "7", "7", "8"]),
        ],
    )
    def test_an_end_that_is_none_is_open(
        self, origin: Path, landing: Path, low: str | None, high: str | None, ids: list[str]
    ) -> None:
        self._needs_cursor()
        source = self.make(origin, COLUMNS, ROWS)
        assert self.days(source, low, high, landing) == ids

    def test_bounds_of_an_increment_carry_what_was_asked_for(self, origin: Path) -> None:
        self._needs_cursor()
        source = self.make(origin, COLUMNS, ROWS)
        low, high = Watermark("date", "2024-01-02"), Watermark("date", "2024-01-03")
        bounds = source.bounds(Mode.CURSOR, low, high, frozenset())
        assert bounds is not None
        assert (bounds.low, bounds.high) == (low, high)

    def test_files_that_were_seen_are_not_read_again(self, origin: Path, landing: Path) -> None:
        self._needs_files()
        source = self.make(origin, COLUMNS, ROWS[:3])
        first = source.bounds(Mode.FILES, None, None, frozenset())
        assert first is not None
        seen = frozenset(first.files)
        assert source.bounds(Mode.FILES, None, None, seen) is None
        self.append(origin, COLUMNS, ROWS[3:5])
        second = source.bounds(Mode.FILES, None, None, seen)
        assert second is not None
        assert seen.isdisjoint(second.files)
        parts = source.extract(CONTRACT, None, second, landing)
        assert self.rows(landing, parts) == list(ROWS[3:5])

    def test_files_that_appear_after_the_bounds_were_fixed_are_not_read(self, origin: Path, landing: Path) -> None:
        self._needs_files()
        source = self.make(origin, COLUMNS, ROWS[:3])
        bounds = _bounds(source)
        self.append(origin, COLUMNS, ROWS[3:5])
        assert self.rows(landing, source.extract(CONTRACT, None, bounds, landing)) == list(ROWS[:3])

    def test_a_file_that_changed_after_the_bounds_were_fixed_is_an_error(self, origin: Path, landing: Path) -> None:
        self._needs_files()
        source = self.make(origin, COLUMNS, ROWS)
        bounds = _bounds(source)
        self.change(origin)
        with pytest.raises(SourceError):
            source.extract(CONTRACT, None, bounds, landing)

    def test_a_file_that_changed_is_new(self, origin: Path) -> None:
        self._needs_files()
        source = self.make(origin, COLUMNS, ROWS)
        seen = frozenset(_bounds(source).files)
        self.change(origin)
        again = source.bounds(Mode.FILES, None, None, seen)
        assert again is not None
        assert seen.isdisjoint(again.files)

    def _needs_cursor(self) -> None:
        if not self.cursor:
            pytest.skip("this source has no columns to read along")

    def _needs_given(self) -> None:
        if not self.given:
            pytest.skip("this source makes its rows itself")

    def _needs_files(self) -> None:
        if not self.files:
            pytest.skip("this source does not tell files apart")


def _bounds(source: Source) -> Bounds:
    bounds = source.bounds(Mode.FULL, None, None, frozenset())
    assert bounds is not None
    return bounds
