"""Telling well-formed records from malformed ones, exactly and in bounded memory.

The slow way, for files in which a record may have several lines, or DuckDB's reader finds fault or another number of
records than lines. That reader keeps kilobytes for each bad field, cuts bad records off at 10,000 characters, and may
drop what follows a quote that stays open. So it only ever gets well-formed records; the others are kept from here,
whole and with their true line.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from lakekit.domain.errors import SourceError
from lakekit_files.dialect import MAX_RECORD, Shape
from lakekit_files.tally import CHUNK, LineEnds, Readable

LONGEST = 16 * MAX_RECORD
"""Bytes that a line may have: it is held in memory."""


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


def separate(file: Readable, shape: Shape, line: int) -> Iterator[WellFormed | Malformed]:
    """All records from where `file` stands, which is the start of `line`, in their order. Raises SourceError
    `source.record_too_long` for a line that is too much to hold."""
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
    at = one_by_one = 0
    while at < len(buffer):
        if at >= one_by_one:
            one_by_one = max(at, _run_end(buffer, at, shape))
            if run := _run(buffer[at:one_by_one], shape):
                yield one_by_one, run
                at = one_by_one
                continue
        end = _record_end(buffer, at, shape, ended)
        if end is None:
            return
        yield end, _judged(buffer[at:end], shape)
        at = end


def _run_end(buffer: bytes, at: int, shape: Shape) -> int:
    run = shape.run.match(buffer, at)
    return run.end() if run else at


def _run(data: bytes, shape: Shape) -> WellFormed | None:
    """The records together; None when they have to be looked at one by one."""
    if not data or len(data) > MAX_RECORD or not _is_text(data):
        return None
    ends = LineEnds(shape.dialect, shape.newline)
    ends.add(data)
    return WellFormed(data, ends.outside)


def _record_end(buffer: bytes, at: int, shape: Shape, ended: bool) -> int | None:
    """Where the record at `at` ends: after its first line when its quote is a slip. None when the rest has to be read
    first; a record that turns out too long is that whatever follows, so that chunks make no difference."""
    line = buffer.find(shape.newline, at) + 1
    match = shape.record.match(buffer, at)
    if match and (ended or (match[0].endswith(shape.newline) and not _may_go_on(match[0], buffer, at, shape))):
        return line if 0 < line < match.end() and _slipped(match[0], shape) else match.end()
    if ended:
        return line or len(buffer)
    return line or None if _is_too_long(buffer, at, shape) else None


def _may_go_on(record: bytes, buffer: bytes, at: int, shape: Shape) -> bool:
    """Whether what seems to be the record may turn out to have more lines: quotes behind closed ones are still open."""
    if shape.dialect.quote.encode() + b" " not in record or _is_too_long(buffer, at, shape):
        return False
    return shape.unfinished.match(buffer, at) is not None


def _is_too_long(buffer: bytes, at: int, shape: Shape) -> bool:
    return len(buffer) - at > MAX_RECORD + len(shape.line_end)


def _slipped(record: bytes, shape: Shape) -> bool:
    content = shape.without_line_end(record)
    return len(content) > MAX_RECORD or not shape.sound.fullmatch(content)


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
        f"line {line} has more than {LONGEST:,} bytes",
        why="a file without line ends is likely no CSV file, or in another encoding",
        next="mend that line, or set `encoding` to what the file is written in",
    )
