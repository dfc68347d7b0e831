"""The landing zone's record of one batch: immutable Parquet files as they were extracted."""

from __future__ import annotations

from attrs import frozen


@frozen
class Part:
    """One Parquet file of a landing folder.

    `path` is relative to the folder. `source` is what `_source` says of its rows. A row's position in the source is
    its value of `position_column`, or, where that is None, its place in the file, counted from 1. In a `malformed` part
    each row is a record that could not be parsed, with the columns `_row` (its line, from 1) and `_raw` (its text). The
    rows of one that came `again` were all read before: they count as duplicates.
    """

    path: str
    rows: int
    size: int
    source: str
    position_column: str | None = None
    malformed: bool = False
    again: bool = False


@frozen
class Manifest:
    """All parts of a landing folder; written last, so a folder that has one is complete."""

    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """The rows that the batch read."""
        return sum(part.rows for part in self.parts)

    @property
    def repeated(self) -> int:
        """The rows among them that are known to be duplicates before anything is compared."""
        return sum(part.rows for part in self.parts if part.again)
