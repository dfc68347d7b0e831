"""Telling well-formed records from malformed ones, exactly and in bounded memory.

The slow way, for files in which a record may have several lines, or DuckDB's reader finds fault or another number of
records than lines. That reader keeps kilobytes for each bad field, cuts bad records off at 10,000 characters, and may
drop what follows a quote that stays open. So it only ever gets well-formed records; the others are kept from here,
whole and with their true line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from attrs import frozen

from lakekit.domain.errors import SourceError
from lakekit_files.dialect import MAX_RECORD, Shape
from lakekit_files.tally import CHUNK, LineEnds

LONGEST = 16 * MAX_RECORD
"""Bytes that a malformed record may have: it is held in memory."""


@frozen
class WellFormed:
    """The bytes of one or more well-formed records, each ended by the shape's line end."""

    data: bytes
    records: int


@frozen
class Malformed:
    """A record that is not well formed, without its line end; it begins on `line` of the file, counted from 1."""

    data: bytes
    line: int


def separate(file: BinaryIO, shape: Shape, line: int) -> Iterator[WellFormed | Malformed]:
    """All records from where `file` stands, which is the start of `line`, in their order.

    A quote that is never closed makes one malformed record of the rest of the file; SourceError
    `source.record_too_long` when that is too much to hold.
    """
    buffer, ended = b"", False
    while not ended:
        more = file.read(max(CHUNK, len(buffer)))
        buffer, ended, at = buffer + more, not more, 0
        for end, found in _pieces(buffer, shape, ended):
            if found is not None:
                yield found if isinstance(found, WellFormed) else Malformed(found, line)
            line += buffer.count(shape.newline, at, end)
            at = end
        buffer = buffer[at:]
        if len(buffer) > LONGEST:
            raise _too_long(line)


def _pieces(buffer: bytes, shape: Shape, ended: bool) -> Iterator[tuple[int, WellFormed | bytes | None]]:
    """The complete records of `buffer`: where each piece ends, and what it is; None for lines that are no records."""
    at = 0
    while at < len(buffer):
        run = shape.run.match(buffer, at)
        if run and run.end() > at:
            yield from _run(buffer, at, run.end(), shape)
            at = run.end()
            continue
        match = shape.record.match(buffer, at)
        if not ended and not (match and match[0].endswith(shape.newline)):
            return
        end = match.end() if match else len(buffer)
        yield end, _judged(buffer[at:end], shape)
        at = end


def _run(buffer: bytes, at: int, end: int, shape: Shape) -> Iterator[tuple[int, WellFormed | bytes | None]]:
    data = buffer[at:end]
    if _is_text(data) and len(data) <= MAX_RECORD:
        ends = LineEnds(shape.dialect, shape.newline)
        ends.add(data)
        yield end, WellFormed(data, ends.outside)
        return
    for match in shape.record.finditer(buffer, at, end):
        if match[0]:
            yield match.end(), _judged(match[0], shape)


def _judged(record: bytes, shape: Shape) -> WellFormed | bytes | None:
    content = shape.without_line_end(record)
    if not content and shape.columns > 1:
        return None
    if len(content) <= MAX_RECORD and shape.well_formed.fullmatch(content) and _is_text(content):
        return WellFormed(content + shape.line_end, 1)
    return content


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _too_long(line: int) -> SourceError:
    return SourceError(
        "source.record_too_long",
        f"the record that begins on line {line} has more than {LONGEST:,} bytes",
        why="the usual cause is a quote that is never closed",
        next="mend that line, or set `quote` and `escape` to what the file uses",
    )
