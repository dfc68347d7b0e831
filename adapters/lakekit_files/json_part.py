"""One JSON Lines file into the landing zone: every line, and each of them counted twice."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from lakekit.domain.errors import SourceError
from lakekit_files.csv_part import Landed
from lakekit_files.database import Database, Refused, group_for
from lakekit_files.encoding import UTF8
from lakekit_files.header import refuse_bad_names
from lakekit_files.json_line import row
from lakekit_files.keeper import Keeper
from lakekit_files.queries import json_reader, text_rows
from lakekit_files.records import LONGEST, Malformed
from lakekit_files.stretch import UNSEEN, Metered, Stretch, Tell
from lakekit_files.tally import BOM, filled_lines
from lakekit_files.window import Window, refuse_without_cursor

_SEPARATING = (3, 1)
"""How long the passes take, about, relative to each other: looking at each line, and parsing them all."""
MOST_COLUMNS = 2_000
LONGEST_CLEAN = 16_000_000
"""Bytes of a line as DuckDB is given it: its buffers grow with the longest that it may meet."""


@frozen
class JsonFile:
    """An open, plain JSON Lines file; `where` is how errors name it, `private` a folder for what is not kept,
    `encoding` that which the file had, `stretch` the way from here on.

    Its columns are the names of all lines, in the order in which they appear; a line that lacks one has no value there.
    Blank lines are no records.
    """

    file: BinaryIO
    where: str
    private: Path
    encoding: str = UTF8
    stretch: Stretch = UNSEEN

    def land(self, database: Database, window: Window | None, target: Path, malformed: Path) -> Landed:
        """Write the rows of `window` to `target` and the malformed lines, if there are any, to `malformed`. A file
        without a well-formed line has no columns, and nothing is written to `target`.

        Raises SourceError: `source.duplicate_columns`, `source.no_watermark_column`, `source.record_too_long`, and
        `source.count_mismatch` when DuckDB finds another number of records, or the file has another number of lines.
        """
        separating, parsing = self.stretch.split(*_SEPARATING)
        keeper, columns = Keeper(database, self.encoding), dict[str, int]()
        with (self.private / "clean.jsonl").open("wb+") as clean:
            records = self._separate(clean, columns, keeper, separating, counted=window is None)
            if columns:
                refuse_bad_names(tuple(columns), self.where)
                refuse_without_cursor(window, list(columns), self.where)
            parsed = self._parse(database, clean, list(columns), window, target, records, parsing.at) if columns else 0
        lines = filled_lines(self.file)
        if lines != records + keeper.count or parsed is None:
            raise self._mismatch(lines, records + keeper.count)
        if keeper.count:
            keeper.write(malformed)
        return Landed(parsed, keeper.count)

    def _separate(
        self, clean: BinaryIO, columns: dict[str, int], keeper: Keeper, stretch: Stretch, *, counted: bool
    ) -> int:
        """Copy the well-formed lines to `clean` with names `c0`, `c1`, …, and give the others to `keeper`; tell of rows
        where they are `counted` as landed."""

        def tell(share: float) -> None:
            stretch.at(share, records + keeper.count if counted else None)

        records = 0
        for number, line in self._lines(tell):
            found = row(line)
            told = None if found is None else _renamed(found, columns)
            if told is None or len(told) > LONGEST_CLEAN:
                keeper.add(Malformed(line.rstrip(b"\r\n"), number))
            elif len(columns) > MOST_COLUMNS:
                raise self._too_wide(number)
            else:
                clean.write(told)
                records += 1
        clean.flush()
        return records

    def _lines(self, tell: Tell) -> Iterator[tuple[int, bytes]]:
        """The lines that are not blank, each with its number from 1."""
        self.file.seek(0)
        file, number = Metered(self.file, os.fstat(self.file.fileno()).st_size, tell), 0
        while line := file.readline(LONGEST + 1):
            number += 1
            if len(line) > LONGEST:
                raise self._too_long(number)
            line = line.removeprefix(BOM) if number == 1 else line
            if line.strip():
                yield number, line

    def _parse(
        self,
        database: Database,
        clean: BinaryIO,
        names: list[str],
        window: Window | None,
        target: Path,
        records: int,
        tell: Tell,
    ) -> int | None:
        """How many rows were written; None when DuckDB finds fault, or another number of records."""
        reader = json_reader(clean, len(names), LONGEST_CLEAN)
        try:
            rows = database.copy(text_rows(reader, names, window), target, group_for(clean.tell(), records), tell)
            return rows if (database.count(reader) if window else rows) == records else None
        except Refused:
            return None

    def _mismatch(self, lines: int, told: int) -> SourceError:
        return SourceError(
            "source.count_mismatch",
            f"{told} records were read of a file of {lines} lines",
            where=self.where,
            why="two ways of counting must agree before rows are taken",
            next="report the file's shape as a bug",
        )

    def _too_wide(self, number: int) -> SourceError:
        return SourceError(
            "source.too_many_columns",
            f"by line {number} the file has more than {MOST_COLUMNS:,} names",
            where=self.where,
            why="each name is a column; names that hold values, such as ids or dates, make one for each",
            next="put such values into an object or a list",
        )

    def _too_long(self, number: int) -> SourceError:
        return SourceError(
            "source.record_too_long",
            f"line {number} has more than {LONGEST:,} bytes",
            where=self.where,
            why="each line is one JSON object; a file that is one large array is none of that kind",
            next="write a line per record",
        )


def _renamed(found: dict[str, str | None], columns: dict[str, int]) -> bytes:
    told = {f"c{columns.setdefault(name, len(columns))}": value for name, value in found.items()}
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"
