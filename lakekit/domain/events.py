"""What happens to a batch, as told to lineage, metrics and people."""

from __future__ import annotations

import enum

from attrs import frozen

from lakekit.domain.batch import Counts, ReasonCount
from lakekit.domain.build import Books, Pin
from lakekit.domain.lineage import Edge
from lakekit.domain.schema import TableColumn
from lakekit.domain.suite import Verdict

INGEST = "ingest"
"""The command of a run that reads sources and nothing else."""

STEPS = ("open", "extract", "validate", "audit", "seal", "publish", "close")


class EventKind(enum.Enum):
    START = "START"
    COMPLETE = "COMPLETE"
    FAIL = "FAIL"


@frozen
class BatchEvent:
    """One event in the life of a batch. `at` is an ISO timestamp in UTC; `run_id` and `parent_run_id` are 32 hex
    digits; `error` is a code, never a driver's text. `reasons` are those for which rows were rejected; `drift` tells
    how the source differs from the contract where that is new, a line for each column; `files` and `size`, in bytes,
    are what was published. Nothing here holds a value of a row."""

    kind: EventKind
    at: str
    run_id: str
    parent_run_id: str
    dataset: str
    source: str
    batch: int
    columns: tuple[TableColumn, ...] = ()
    counts: Counts | None = None
    reasons: tuple[ReasonCount, ...] = ()
    verdict: Verdict | None = None
    table_version: int | None = None
    error: str | None = None
    drift: tuple[str, ...] = ()
    files: int | None = None
    size: int | None = None
    command: str = INGEST


@frozen
class BuildEvent:
    """One event in the life of a transform's build; `run_id` is of the attempt, `edges` say what its columns are made
    of. Otherwise as `BatchEvent`, and like it without a value of a row."""

    kind: EventKind
    at: str
    run_id: str
    parent_run_id: str
    command: str
    dataset: str
    inputs: tuple[Pin, ...]
    columns: tuple[TableColumn, ...] = ()
    edges: tuple[Edge, ...] = ()
    books: Books | None = None
    verdict: Verdict | None = None
    table_version: int | None = None
    error: str | None = None


@frozen
class InvocationEvent:
    """One event in the life of a run of lakekit, the parent of the runs of its batches and builds. `command` is the one
    that was called."""

    kind: EventKind
    at: str
    run_id: str
    error: str | None = None
    command: str = INGEST


Event = BatchEvent | BuildEvent | InvocationEvent
