"""How a CSV file begins: with a record that names its columns, or without."""

from __future__ import annotations

import re
from collections import Counter
from typing import BinaryIO

from attrs import frozen

from lakekit.domain.errors import SourceError
from lakekit_files.dialect import Dialect, Shape, header_record, split
from lakekit_files.tally import BOM

POSITION = "__lakekit_row"
"""The column of a landed part that holds a row's position where rows were left out."""

_HEAD = 1 << 20
_OTHER_ENCODING = "set `encoding` to what the file is written in, such as latin-1, cp1252 or utf-16"
_OWN_NAMES = "leave the header out by `skip_lines: 1`, and name the columns by `columns`"


@frozen
class Header:
    """`names` are the columns in order; `record` is the header's own bytes, `size` those before the first record, which
    begins on `line`."""

    names: tuple[str, ...]
    record: bytes
    line_end: bytes
    size: int
    line: int

    def shape(self, dialect: Dialect) -> Shape:
        """What the file's records have to look like."""
        return Shape(dialect, len(self.names), self.line_end)


def begin(file: BinaryIO, dialect: Dialect, where: str, columns: tuple[str, ...] = ()) -> Header:
    """The header of `file`, whose position is moved, or `columns` where they are given: then the file has none.

    Raises SourceError: `source.no_header` for a file that is empty or begins with an empty line, `source.bad_header`
    for one that is no well-formed UTF-8 record, has a column without a name or a null byte in one, and
    `source.duplicate_columns` for names that differ in nothing but case.
    """
    file.seek(0)
    head = file.read(_HEAD)
    start = len(BOM) if head.startswith(BOM) else 0
    if columns:
        return Header(columns, b"", _first_line_end(head), start, 1)
    match = header_record(dialect).match(head, start)
    if match is None or (match.end() == _HEAD and not match[2]):
        raise _bad(where, "a quote stays open, or text follows a closing quote")
    if not match[1]:
        raise SourceError(
            "source.no_header",
            "the file does not begin with a header",
            where=where,
            next="write the columns' names on line 1, or set `skip_lines` to how many lines come before them",
        )
    try:
        names = tuple(field.decode() for field in split(match[1], dialect))
    except UnicodeDecodeError:
        raise _bad(where, "it is not valid UTF-8", _OTHER_ENCODING) from None
    if any("\0" in name for name in names):
        raise _bad(where, "a name has a null byte: it is no text, or one in UTF-16 without its mark", _OTHER_ENCODING)
    refuse_bad_names(names, where)
    line_end = match[2] or b"\n"
    return Header(names, match[1], line_end, match.end(), 1 + head.count(line_end[-1:], 0, match.end()))


def refuse_bad_names(names: tuple[str, ...], where: str) -> None:
    """Raises SourceError for columns without a name, and as `refuse_duplicates` does."""
    blank = [str(place) for place, name in enumerate(names, 1) if not name.strip()]
    if blank:
        raise _bad(where, f"no name for column {', '.join(blank[:10])} of {len(names)}", _OWN_NAMES)
    refuse_duplicates((*names, POSITION), where)


def refuse_duplicates(names: tuple[str, ...], where: str) -> None:
    """Engines and tables do not tell names apart by case."""
    counts = Counter(name.casefold() for name in names)
    twice = [name for name in names if counts[name.casefold()] > 1]
    if twice:
        raise SourceError(
            "source.duplicate_columns",
            f"more than one column is called {twice[0]!r}",
            where=where,
            why="names are told apart without regard to case",
            next=f"rename one of them, or {_OWN_NAMES}",
        )


def _first_line_end(head: bytes) -> bytes:
    found = re.search(b"\r\n|\n|\r", head)
    return found[0] if found else b"\n"


def _bad(where: str, why: str, next_: str = "") -> SourceError:
    return SourceError("source.bad_header", "the first record is no header", where=where, why=why, next=next_)
