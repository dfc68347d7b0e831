"""The Source port over a calendar."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from lakekit.domain.batch import Bounds, FileMark, Mode
from lakekit.domain.contract import Contract
from lakekit.domain.errors import SourceError
from lakekit.domain.landing import Part
from lakekit.domain.watermark import Watermark
from lakekit.plugin.disk import sync
from lakekit.ports.progress import NOBODY, Progress
from lakekit_calendar.content import COLUMNS, NAME, Calendar, tally

_WORK = "work"
_TEXT = "calendar.csv"
_MEMORY = "256MB"


@frozen
class CalendarSource:
    """All days of a calendar, in one part and in order. Its bounds are its content, so that the same days are nothing
    new, and `progress` is told while it is written."""

    calendar: Calendar
    progress: Progress = NOBODY

    def bounds(
        self, mode: Mode, low: Watermark | None, high: Watermark | None, seen: frozenset[FileMark]  # noqa: ARG002
    ) -> Bounds:  # fmt: skip
        """The calendar as it is now. Raises SourceError `source.calendar_whole` for anything but a full load."""
        if mode is not Mode.FULL:
            raise SourceError(
                "source.calendar_whole",
                "a calendar is loaded whole",
                why="it has no rows that come later: other options make another calendar",
                next="set load_type: full, without a watermark_column",
            )
        return Bounds((tally(self.calendar.chunks()).mark,))

    def extract(self, contract: Contract, cursor: str | None, bounds: Bounds, folder: Path) -> tuple[Part, ...]:  # noqa: ARG002
        """Land every day as texts. Raises SourceError `source.calendar_changed` where it is not what the bounds say by
        now, and `source.count_mismatch`."""
        work, target = folder / _WORK, folder / "part-00000.parquet"
        work.mkdir(mode=0o700)
        try:
            with _fence():
                made = tally(self._written(work / _TEXT))
                if (made.mark,) != bounds.files:
                    raise _changed()
                rows = _parquet(work, target)
        finally:
            shutil.rmtree(work)
        if not self.calendar.rows == made.rows == rows:
            raise _miscounted(self.calendar.rows, rows)
        sync(folder)
        return (Part(target.name, rows, target.stat().st_size, NAME),)

    def _written(self, path: Path) -> Iterator[tuple[int, bytes]]:
        with path.open("xb") as file:
            for rows, text in self.calendar.chunks():
                file.write(text)
                self.progress.advance(rows, len(text))
                yield rows, text


def _parquet(work: Path, target: Path) -> int:
    """Write the records of the text in `work` to `target`, all columns as texts; return how many rows it has."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "temp_directory": str(work / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(config=config) as connection:
        rows = connection.read_csv(
            str(work / _TEXT),
            header=False,
            auto_detect=False,
            columns=dict.fromkeys(COLUMNS, "VARCHAR"),
            delimiter=",",
            quotechar='"',
            escapechar='"',
        )
        rows.write_parquet(str(target))
        ((count,),) = connection.read_parquet(str(target)).count("*").fetchall()
    sync(target)
    return int(count)


@contextmanager
def _fence() -> Iterator[None]:
    """A failure of the disk or of DuckDB leaves as SourceError."""
    import duckdb

    try:
        yield
    except RuntimeError:
        raise KeyboardInterrupt from None  # what DuckDB makes of Ctrl-C
    except (duckdb.Error, OSError) as error:
        raise SourceError(
            "source.failed",
            "the calendar cannot be written",
            why=type(error).__name__,
            next="see whether the disk has space where the lake lies, and run again",
        ) from error


def _changed() -> SourceError:
    return SourceError(
        "source.calendar_changed",
        "the calendar is not what it was when the batch began",
        why="its options or the version of the package holidays changed meanwhile",
        next="run again",
    )


def _miscounted(days: int, rows: int) -> SourceError:
    return SourceError(
        "source.count_mismatch", f"the calendar has {days} days, and {rows} rows were written", next="report it"
    )
