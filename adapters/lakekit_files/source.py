"""The Source port over files."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from attrs import evolve, frozen

from lakekit.domain.batch import Bounds, FileMark, Mode
from lakekit.domain.contract import Contract
from lakekit.domain.errors import SourceError
from lakekit.domain.landing import Part
from lakekit.domain.reading import unread
from lakekit.domain.watermark import Watermark
from lakekit.plugin.disk import sync
from lakekit.ports.progress import NOBODY, Progress
from lakekit_files.csv_part import CsvFile
from lakekit_files.database import Database, Refused, disk_full
from lakekit_files.header import POSITION, begin
from lakekit_files.json_part import JsonFile
from lakekit_files.listing import format_of, unreadable
from lakekit_files.options import FileOptions, Format
from lakekit_files.origin import Origin
from lakekit_files.parquet_part import ParquetFile
from lakekit_files.plain import Spelling, is_plain, plain
from lakekit_files.stretch import Stretch, whole
from lakekit_files.window import Window, refuse_without_cursor, window

_WORK = "work"
_UNPACKING = 0.3
"""How long it takes to make a text plain, about, relative to all that follows."""


@frozen
class FileSource:
    """The files of `origin` that the options name. Each becomes one landed part, in which a row's place is its position
    among the file's parsed records. `progress` is told while they are read."""

    origin: Origin
    options: FileOptions
    progress: Progress = NOBODY

    def bounds(
        self, mode: Mode, low: Watermark | None, high: Watermark | None, seen: frozenset[FileMark]
    ) -> Bounds | None:
        """All files, or in `Mode.FILES` those not seen. Raises SourceError `source.no_files` when there is none."""
        marks = self.origin.find(self.options)
        if mode is Mode.FILES:
            new = unread(marks, seen, self.origin.digested)
            return Bounds(new) if new else None
        return Bounds(marks, low, high)

    def extract(self, contract: Contract, cursor: str | None, bounds: Bounds, folder: Path) -> tuple[Part, ...]:
        """Land the marked files. Raises SourceError `source.file_changed` for one that is another by now."""
        opened = window(contract, cursor, bounds)
        work = folder / _WORK
        work.mkdir(mode=0o700)
        try:
            with Database(work) as database:
                landings = [_Landing(self.options, database, opened, folder, i) for i in range(len(bounds.files))]
                parts = [
                    evolve(part, again=mark.again)
                    for landing, mark in zip(landings, bounds.files, strict=True)
                    for part in landing.parts(self.origin, mark, whole(self.progress, mark.size))
                ]
        finally:
            shutil.rmtree(work)
        sync(folder)
        return tuple(parts)


@frozen
class _Landing:
    """The landing of one file, the `number`-th of its batch."""

    options: FileOptions
    database: Database
    window: Window | None
    folder: Path
    number: int

    def parts(self, origin: Origin, mark: FileMark, way: Stretch) -> list[Part]:
        fetching, rest = way.split(*origin.fetching)
        with _fence(mark), origin.unchanged(mark, self.folder / _WORK, fetching.at) as file:
            parts = list(self._landed(file, mark, rest))
        way.at(1, sum(part.rows for part in parts))
        return parts

    def _landed(self, file: BinaryIO, mark: FileMark, way: Stretch) -> Iterator[Part]:
        format_ = format_of(mark, self.options)
        if format_ is Format.PARQUET:
            rows = ParquetFile(file, mark.path, way).land(self.database, self.window, self.folder / self._rows)
            yield self._part(rows, mark.path)
            return
        spelling = self._spelling(format_)
        unpacking, rest = way.split(0 if is_plain(mark.path, spelling) else _UNPACKING, 1)
        with plain(file, mark.path, spelling, self.folder / _WORK, unpacking.at) as text:
            yield from self._texts(self._text_file(format_, text, mark.path, rest), mark.path)

    def _spelling(self, format_: Format) -> Spelling:
        """Every line of a JSON file is one of its records."""
        told = self.options.spelling
        return told if format_ is Format.CSV else evolve(told, skip_lines=0)

    def _text_file(self, format_: Format, file: BinaryIO, where: str, way: Stretch) -> CsvFile | JsonFile:
        work, spelling, dialect = self.folder / _WORK, self.options.spelling, self.options.dialect
        if format_ is Format.JSON:
            return JsonFile(file, where, work, spelling.encoding, way)
        header = begin(file, dialect, where, self.options.columns)
        header = evolve(header, line=header.line + spelling.skip_lines)
        refuse_without_cursor(self.window, header.names, where)
        return CsvFile(file, header, dialect, where, work, spelling.encoding, way)

    def _texts(self, file: CsvFile | JsonFile, where: str) -> Iterator[Part]:
        landed = file.land(self.database, self.window, self.folder / self._rows, self.folder / self._malformed)
        if (self.folder / self._rows).exists():
            yield self._part(landed.rows, where)
        if landed.malformed:
            size = (self.folder / self._malformed).stat().st_size
            yield Part(self._malformed, landed.malformed, size, where, malformed=True)

    def _part(self, rows: int, where: str) -> Part:
        position = POSITION if self.window else None
        return Part(self._rows, rows, (self.folder / self._rows).stat().st_size, where, position)

    @property
    def _rows(self) -> str:
        return f"part-{self.number:05}.parquet"

    @property
    def _malformed(self) -> str:
        return f"malformed-{self.number:05}.parquet"


@contextmanager
def _fence(mark: FileMark) -> Iterator[None]:
    """What is left of the system's and DuckDB's failures leaves as SourceError, naming the file."""
    try:
        yield
    except Refused:
        raise SourceError(
            "source.failed", "DuckDB cannot write what it read", where=mark.path, why="its own text may quote rows"
        ) from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise disk_full() from None
        raise unreadable(mark.path, error) from None
