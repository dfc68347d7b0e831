"""Progress: what the commit that publishes a batch says about it, so that data and watermark move together."""

from __future__ import annotations

import enum

from attrs import frozen

from lakekit.domain.batch import Batch
from lakekit.domain.stream import StreamHead


class Lane(enum.Enum):
    """What a commit published: accepted rows, rejected rows, or nothing but the beginning of a generation."""

    BRONZE = "bronze"
    QUARANTINE = "quarantine"
    GENERATION = "generation"


@frozen
class Note:
    """The record that lakekit puts into a commit.

    The quarantine's commit comes first and its note carries the whole seal: a ledger that is lost between the two
    commits is rebuilt from the tables alone. `head` stands in a generation's note, `batch` in the others.
    """

    lane: Lane
    dataset: str
    stream: str
    generation: int
    number: int
    batch: Batch | None = None
    head: StreamHead | None = None


@frozen
class TableState:
    """What one snapshot of a table, and the log behind it, tell about one stream.

    `number` is the transaction version of the generation in question, None before its first commit. `notes` are the
    stream's readable notes that still hold, newest first: those of versions that a RESTORE undid are left out.
    `generations` is the highest generation that any readable note names, undone ones included. `restored_at` is
    the version of the newest RESTORE commit, `restored_to` the version it put back. `complete` says that the log
    reaches back to version 0.
    """

    table_id: str
    version: int
    number: int | None
    notes: tuple[tuple[int, Note], ...] = ()
    generations: int = 0
    restored_at: int = -1
    restored_to: int = -1
    complete: bool = True

    @property
    def newest(self) -> Note | None:
        """The newest note that holds."""
        return self.notes[0][1] if self.notes else None
