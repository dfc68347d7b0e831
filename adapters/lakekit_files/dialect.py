"""How a CSV file writes fields and records: the one definition that everything here follows.

A field may be quoted; a quote inside is written as escape and quote. Quoted fields may hold delimiters and line ends.
One blank before the opening quote and blanks after the closing one do not count; where the escape is the quote, a field
may go on after blanks with another quoted piece. In an unquoted field a quote is a character like any other.

A record ends with LF or CRLF, or, in files whose header ends so, with a lone CR. It is well formed when it has as many
fields as the header (empty ones beyond that are ignored), is valid UTF-8, and has at most MAX_RECORD bytes. Lines with
nothing on them are no records, except in files of one column, where each is an empty field.

A quote that opens a field is taken for a slip when it stays open for more than `cell_lines` line ends or to the end of
the file, when on a later line the closing one is followed by other text, and when the record gets longer than
MAX_RECORD: then its line alone is a record, a malformed one, and the next line begins another.

All else are the rules of DuckDB's reader in its strict mode, and tests compare the two.
"""

from __future__ import annotations

import re
from functools import cached_property

from attrs import frozen

MAX_RECORD = 2_000_000
"""Bytes of the longest well-formed record, its line end aside."""

CELL_LINES = 1_000
"""Line ends that a field may hold unless told otherwise."""


@frozen
class Dialect:
    """Delimiter, quote and escape, each one ASCII character; `cell_lines` is how many line ends a quoted field may
    hold."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    cell_lines: int = CELL_LINES


@frozen(slots=False)
class Shape:
    """A file's records as patterns over bytes. `line_end` is LF, CRLF or CR."""

    dialect: Dialect
    columns: int
    line_end: bytes

    @property
    def newline(self) -> bytes:
        """The byte that ends every record."""
        return self.line_end[-1:]

    def without_line_end(self, record: bytes) -> bytes:
        """The record's own bytes; LF and CRLF may stand in one file."""
        content = record.removesuffix(self.newline)
        returns = self.newline == b"\n" and (content != record or self.line_end == b"\r\n")
        return content.removesuffix(b"\r") if returns else content

    @cached_property
    def run(self) -> re.Pattern[bytes]:
        """Well-formed records in a row, ended by `line_end`, with quotes only around fields: most of most files."""
        field = b"(?:%b|%b)" % (_quoted(self.dialect), _many_but(self.dialect, b"\r\n", quote=True))
        return re.compile(b"(?:%b%b)*+" % (self._joined(field), self.line_end), re.DOTALL)

    @cached_property
    def record(self) -> re.Pattern[bytes]:
        """A record, well formed or not, with its line end unless the file ends first. No match: a quote stays open, or
        for too many lines."""
        return re.compile(b"%b(?:%b|\\Z)" % (_series(self.dialect, self._any_field), self.newline), re.DOTALL)

    @cached_property
    def unfinished(self) -> re.Pattern[bytes]:
        """A record that ends within quotes which would, closed by what follows, go on with the field before them."""
        if self.dialect.escape != self.dialect.quote:
            return re.compile(b"(?!)")
        told = self._any_field, _escaped(self.dialect.delimiter), _quoted(self.dialect), _open(self.dialect)
        return re.compile(b"(?:%b%b)* ?%b ++%b\\Z" % told, re.DOTALL)

    @cached_property
    def sound(self) -> re.Pattern[bytes]:
        """A record without its line end whose closing quotes end their fields, well formed in all else or not."""
        return re.compile(_series(self.dialect, _field(self.dialect, self.newline)), re.DOTALL)

    @cached_property
    def well_formed(self) -> re.Pattern[bytes]:
        """A record without its line end, when its fields are as many and as they should be."""
        delimiter, quote = _escaped(self.dialect.delimiter), _escaped(self.dialect.quote)
        beyond = b"(?:%b(?: ?%b%b *)?)*" % (delimiter, quote, quote)
        return re.compile(self._joined(_field(self.dialect)) + beyond, re.DOTALL)

    @property
    def _any_field(self) -> bytes:
        rest, quote = _many_but(self.dialect, self.newline), _escaped(self.dialect.quote)
        return b"(?: ?%b%b|(?! ?%b)%b)" % (_quoted(self.dialect), rest, quote, rest)

    def _joined(self, field: bytes) -> bytes:
        return b"%b(?:%b%b){%d}" % (field, _escaped(self.dialect.delimiter), field, self.columns - 1)


def header_record(dialect: Dialect) -> re.Pattern[bytes]:
    """A well-formed record of any number of fields as group 1, its line end as group 2."""
    return re.compile(b"(%b)(\r\n|\n|\r|\\Z)" % _series(dialect, _field(dialect)), re.DOTALL)


def split(record: bytes, dialect: Dialect) -> list[bytes]:
    """The fields of a well-formed record, unquoted."""
    pattern = re.compile(b"(%b)(?:%b|\\Z)" % (_field(dialect), _escaped(dialect.delimiter)), re.DOTALL)
    fields, at, ended = [], 0, False
    while not ended:
        match = pattern.match(record, at)
        assert match is not None, "the record is well formed"  # noqa: S101
        fields.append(_unquoted(match[1], dialect))
        at, ended = match.end(), match.end(1) == len(record)
    return fields


def _unquoted(field: bytes, dialect: Dialect) -> bytes:
    quoted = re.fullmatch(b" ?(%b) *" % _quoted(dialect), field, re.DOTALL)
    if quoted is None:
        return field
    escaped = re.compile(_escaped(dialect.escape) + b"(.)", re.DOTALL)
    return re.sub(_piece(dialect), lambda piece: escaped.sub(rb"\1", piece[0][1:-1]), quoted[1], flags=re.DOTALL)


def _series(dialect: Dialect, field: bytes) -> bytes:
    return b"%b(?:%b%b)*+" % (field, _escaped(dialect.delimiter), field)


def _field(dialect: Dialect, ends: bytes = b"\r\n") -> bytes:
    return b"(?: ?%b *|(?! ?%b)%b)" % (_quoted(dialect), _escaped(dialect.quote), _many_but(dialect, ends))


def _quoted(dialect: Dialect) -> bytes:
    piece = _piece(dialect)
    return b"%b(?: ++%b)*+" % (piece, piece) if dialect.escape == dialect.quote else piece


def _piece(dialect: Dialect) -> bytes:
    return _open(dialect) + _escaped(dialect.quote)


def _open(dialect: Dialect) -> bytes:
    """A piece up to its closing quote."""
    quote, escape = _escaped(dialect.quote), _escaped(dialect.escape)
    pair = quote + quote if dialect.escape == dialect.quote else escape + b"."
    others = b"[^%b%b\r\n]*+" % (quote, escape)
    line = b"%b(?:%b%b)*+" % (others, pair, others)
    return b"%b(?:%b(?:\r\n|\n|\r)){0,%d}+%b" % (quote, line, dialect.cell_lines, line)


def _many_but(dialect: Dialect, ends: bytes, *, quote: bool = False) -> bytes:
    return b"[^%b%b%b]*+" % (_escaped(dialect.delimiter), ends, _escaped(dialect.quote) if quote else b"")


def _escaped(character: str) -> bytes:
    return re.escape(character.encode())
