"""A batch: the unit of ingestion, and the life that the ledger records of it."""

from __future__ import annotations

import enum

from attrs import field, frozen

from lakekit.domain.drift import NO_DRIFT, Drift
from lakekit.domain.schema import TableColumn
from lakekit.domain.suite import Verdict
from lakekit.domain.watermark import Watermark


class Mode(enum.Enum):
    """How a batch chooses its rows, and what publishing it does to the table."""

    FULL = "full"  # all of the source; replaces the table
    CURSOR = "cursor"  # rows whose watermark column lies in the bounds; appends
    FILES = "files"  # files not read before; appends


class Status(enum.Enum):
    """The last finished step. `EMPTY` and `PUBLISHED` end a batch; `HELD` waits for a person, by a gate's
    verdict or because the contract stops at what has landed."""

    OPENED = "opened"
    EXTRACTED = "extracted"
    HELD = "held"
    SEALED = "sealed"
    PUBLISHED = "published"
    EMPTY = "empty"


@frozen
class FileMark:
    """A source file as it was when the batch was opened. `path` is relative to the project when it lies inside it.

    `digest` is the same for the same content: the ETag of an object in a bucket, SHA-256 of a file of this host where
    files are read once, empty elsewhere. `again` says that the content was read before, under another name or time.
    """

    path: str
    size: int
    modified_ns: int
    digest: str = ""
    again: bool = False

    @property
    def content(self) -> tuple[int, str] | None:
        """What two marks of the same content share; None where nobody can tell."""
        return (self.size, self.digest) if self.digest else None

    def is_same(self, other: FileMark) -> bool:
        """Whether both are of one file that nobody has touched."""
        digests = {self.digest, other.digest} - {""}
        return (self.path, self.size, self.modified_ns) == (other.path, other.size, other.modified_ns) and len(
            digests
        ) < 2


@frozen
class Bounds:
    """What a batch reads, fixed when it is opened: the files, and for `CURSOR` the closed interval [low, high] of
    the watermark column, each end None while it is open. `low` has the lookback taken off already."""

    files: tuple[FileMark, ...] = ()
    low: Watermark | None = None
    high: Watermark | None = None


@frozen
class Counts:
    """The books of a batch, in rows."""

    read: int = 0
    published: int = 0
    quarantined: int = 0
    duplicates: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every row that was read is accounted for."""
        return self.read == self.published + self.quarantined + self.duplicates


@frozen
class ColumnStats:
    """Bounds of one column in one file: minimum and maximum as canonical texts, None where unknown or inexact."""

    nulls: int | None = None
    minimum: str | None = None
    maximum: str | None = None


@frozen
class StagedFile:
    """A Parquet file waiting to be published. `path` is relative to its table's folder, `/`-separated; `size` is in
    bytes. Personal columns have no entry in `stats`. `partition` has the value, as a canonical text, that all its rows
    have in each column by which the table is partitioned; the file holds these columns too."""

    path: str
    size: int
    rows: int
    stats: dict[str, ColumnStats] = field(factory=dict)
    partition: dict[str, str | None] = field(factory=dict)


@frozen
class ReasonCount:
    """How many rejected rows of a batch failed one rule. A row that failed two counts for both."""

    code: str
    column: str
    rows: int


@frozen
class Seal:
    """All that publishing a batch needs; nothing is evaluated again after it is written.

    `ingest_ts` is an ISO timestamp in UTC. `watermark` is the progress of the stream once this batch is published, and
    `highest` the greatest value of the watermark column that the table has then: it may lie in the future, where a
    watermark never does. `columns` are those of the bronze files, `partitions` those by whose values they are split.
    """

    bronze: tuple[StagedFile, ...]
    quarantine: tuple[StagedFile, ...]
    counts: Counts
    reasons: tuple[ReasonCount, ...]
    watermark: Watermark | None
    ingest_ts: str
    run_date: str
    run_id: str
    contract_version: str
    verdict: Verdict
    columns: tuple[TableColumn, ...] = ()
    highest: Watermark | None = None
    partitions: tuple[str, ...] = ()


@frozen
class Batch:
    """One entry of the ledger. `uid` names the attempt until the seal; `token` is the fencing token of its holder;
    `cursor` is the watermark column where there is one, `drift` how the source's columns differ from the contract."""

    dataset: str
    stream: str
    generation: int
    number: int
    uid: str
    token: int
    status: Status
    mode: Mode
    bounds: Bounds
    contract_version: str
    opened_at: str
    cursor: str | None = None
    seal: Seal | None = None
    verdict: Verdict | None = None
    published_version: int | None = None
    table_id: str | None = None
    drift: Drift = NO_DRIFT

    @property
    def app_id(self) -> str:
        """The application id under which the tables remember this stream's batches."""
        return app_id(self.dataset, self.stream, self.generation)


def app_id(dataset: str, stream: str, generation: int) -> str:
    """The Delta application id of one generation of a stream."""
    return f"lakekit/{dataset}/{stream}/{generation}"
