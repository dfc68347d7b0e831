"""A calendar as the text that is landed: one content for the same days, whatever version of a package made it."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import date
from itertools import islice

from attrs import frozen

from lakekit.domain.batch import FileMark
from lakekit_calendar.days import Day, Holidays, days

COLUMNS = Day._fields
NAME = "calendar"
CHUNK = 5_000
"""Rows that are held at once."""


@frozen
class Calendar:
    """The days from `first` to `last`, both included."""

    first: date
    last: date
    fiscal_year_starts: int
    holidays: Holidays

    @property
    def rows(self) -> int:
        """How many days there are, by counting on the calendar."""
        return (self.last - self.first).days + 1

    def chunks(self) -> Iterator[tuple[int, bytes]]:
        """Rows and their text: CSV in UTF-8 without a header, in which no value is no text."""
        every = days(self.first, self.last, self.fiscal_year_starts, self.holidays)
        while chunk := list(islice(every, CHUNK)):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(map(_spelled, chunk))
            yield len(chunk), text.getvalue().encode()


@frozen
class Tally:
    """What a text came to, piece by piece."""

    rows: int = 0
    size: int = 0
    digest: str = ""

    @property
    def mark(self) -> FileMark:
        """The text as a file that nobody touches; another content is another mark under the same name."""
        return FileMark(NAME, self.size, modified_ns=0, digest=self.digest)


def tally(chunks: Iterator[tuple[int, bytes]]) -> Tally:
    """Count, and compare by SHA-256."""
    rows, size, digest = 0, 0, hashlib.sha256()
    for count, text in chunks:
        rows, size = rows + count, size + len(text)
        digest.update(text)
    return Tally(rows, size, digest.hexdigest())


def _spelled(day: Day) -> list[object]:
    return [str(value).lower() if isinstance(value, bool) else value for value in day]
