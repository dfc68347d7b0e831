"""One CSV file into the landing zone: every record, and each of them counted twice."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from lakekit.domain.errors import SourceError
from lakekit_files.database import Database, Refused, group_for
from lakekit_files.dialect import Dialect, Shape
from lakekit_files.encoding import UTF8
from lakekit_files.header import Header
from lakekit_files.keeper import Keeper
from lakekit_files.queries import csv_reader, text_rows
from lakekit_files.records import WellFormed, separate
from lakekit_files.stretch import UNSEEN, Metered, Stretch, Tell
from lakekit_files.tally import Tally, tally
from lakekit_files.window import Window

_COUNTING = (1, 15)
_SEPARATING = (1, 1)
"""How long the passes take, about, relative to each other: counting lines to all else, and within that telling records
apart to parsing them."""


@frozen
class Landed:
    """How many rows and how many malformed records were written."""

    rows: int
    malformed: int = 0


@frozen
class Parsed:
    """How many records DuckDB parsed, and how many of their rows lie in the window and were written."""

    records: int
    rows: int


@frozen
class CsvFile:
    """An open, plain CSV file; `where` is how errors name it, `private` a folder for what is not kept,
    `encoding` that which the file had, `stretch` the way from here on."""

    file: BinaryIO
    header: Header
    dialect: Dialect
    where: str
    private: Path
    encoding: str = UTF8
    stretch: Stretch = UNSEEN

    def land(self, database: Database, window: Window | None, target: Path, malformed: Path) -> Landed:
        """Write the parsed rows of `window` to `target` and the malformed records, if there are any, to `malformed`.

        Where each line is a record, DuckDB reads the file as it is: as it can only join lines or leave some out, as
        many records as lines are all of them. Else, and when it finds fault or another number, the records are told
        apart one by one, and it reads the well-formed ones alone, unless it has read just as many already. Raises
        SourceError `source.count_mismatch` when it parses another number of them.
        """
        counting, rest = self.stretch.split(*_COUNTING)
        self.file.seek(self.header.size)
        lines = tally(self._metered(counting.at), self.dialect, self.header.line_end)
        tell = rest.at if window else rest.rows_of(lines.records)
        parsed = self._parse(database, self.file, window, target, lines, tell) if lines.one_per_line else None
        if parsed is not None and parsed.records == lines.records:
            return Landed(parsed.rows)
        separating, parsing = rest.split(*_SEPARATING)
        keeper = Keeper(database, self.encoding)
        with (self.private / "well_formed.csv").open("wb+") as clean:
            told = self._separate(clean, keeper, separating, counted=window is None)
            if parsed is None or keeper.count or parsed.records != told.records:
                parsed = self._parse(database, clean, window, target, told, parsing.at)
        if parsed is None or parsed.records != told.records:
            raise self._mismatch(parsed, told)
        if keeper.count:
            keeper.write(malformed)
        return Landed(parsed.rows, keeper.count)

    def _metered(self, tell: Tell) -> Metered:
        return Metered(self.file, os.fstat(self.file.fileno()).st_size, tell)

    def _parse(
        self,
        database: Database,
        file: BinaryIO,
        window: Window | None,
        target: Path,
        counted: Tally,
        tell: Tell,
    ) -> Parsed | None:
        """Parse `file` into `target`; None when DuckDB finds fault with it.

        Its threads begin anywhere in a file and take lines within a quoted field for records. So a file in which a
        record may have more than one line is read by one thread.
        """
        header, parallel = bool(self.header.record), counted.one_per_line
        reader = csv_reader(file, len(self.header.names), self.dialect, header=header, parallel=parallel)
        try:
            group = group_for(os.fstat(file.fileno()).st_size, counted.records)
            rows = database.copy(text_rows(reader, self.header.names, window), target, group, tell)
            return Parsed(database.count(reader) if window else rows, rows)
        except Refused:
            return None

    def _separate(self, clean: BinaryIO, keeper: Keeper, stretch: Stretch, *, counted: bool) -> Tally:
        """Copy the well-formed records to `clean`, and give the others to `keeper`; tell of rows where they are
        `counted` as landed."""

        def tell(share: float) -> None:
            stretch.at(share, records + keeper.count if counted else None)

        shape = self.header.shape(self.dialect)
        self.file.seek(self.header.size)
        clean.write(self.header.record and self.header.record + shape.line_end)
        records, one_per_line = 0, True
        for found in separate(self._metered(tell), shape, self.header.line):
            if isinstance(found, WellFormed):
                clean.write(found.data)
                records += found.records
                one_per_line &= _one_per_line(found, shape)
            else:
                keeper.add(found)
        clean.flush()
        return Tally(records, one_per_line)

    def _mismatch(self, parsed: Parsed | None, told: Tally) -> SourceError:
        found = "cannot read them" if parsed is None else f"finds {parsed.records}"
        return SourceError(
            "source.count_mismatch",
            f"{told.records} well-formed records were counted, and DuckDB {found}",
            where=self.where,
            why="two ways of counting must agree before rows are taken",
            next="check `delimiter`, `quote` and `escape`; if they are right, report the file's shape as a bug",
        )


def _one_per_line(found: WellFormed, shape: Shape) -> bool:
    ends = found.data.count(b"\n") + found.data.count(b"\r")
    return ends == found.records * len(shape.line_end)
