"""What a run, a plan, and a look at the lake tell: values for people and documents."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from attrs import field, frozen

from lakekit.domain.batch import Bounds, Counts, Mode, ReasonCount, Status
from lakekit.domain.build import NO_ROWS, Books, Pin, Scope
from lakekit.domain.drift import NO_DRIFT, Drift
from lakekit.domain.errors import LakekitError
from lakekit.domain.planning import InputState, Loss, Reason
from lakekit.domain.schema import ColumnChange, TableColumn
from lakekit.domain.suite import Verdict
from lakekit.domain.table_options import Change, Definition
from lakekit.domain.upkeep import TableShape
from lakekit.domain.watermark import Watermark
from lakekit.domain.widening import Widening


class Ending(enum.Enum):
    """How a dataset's part of a run ended; `NOT_RUN` where another's failure came before it began."""

    PUBLISHED = "published"
    NOTHING_NEW = "nothing_new"
    HELD = "held"
    FAILED = "failed"
    NOT_RUN = "not_run"

    @property
    def well(self) -> bool:
        """Whether the dataset is up to date, and what is made from it can be made."""
        return self in (Ending.PUBLISHED, Ending.NOTHING_NEW)


@frozen
class Failure:
    """An error as a report shows it: the code and the lines of LakekitError."""

    code: str
    lines: tuple[str, ...]
    exit_code: int


def failure_of(error: LakekitError) -> Failure:
    """The error as a report shows it."""
    return Failure(error.code, tuple(error.lines()), error.exit_code)


@frozen
class BatchReport:
    """One dataset's batch. `number` is None when no batch was opened. `resumed` says that an earlier run had begun it.
    `seconds` is wall time, for people, and so is that of each of the `steps` (`lakekit.domain.events.STEPS`); nothing
    is decided by it. `files` and `size`, in bytes, are what was published to bronze, at `published_at`, an ISO
    timestamp: where nothing is new, that of the batch before. `drift` is how the source differs from its contract,
    None where that is as it was with the batch before. `widened` are the columns of the table that the publish gave a
    wider type."""

    dataset: str
    ending: Ending
    number: int | None = None
    counts: Counts = Counts()
    reasons: tuple[ReasonCount, ...] = ()
    watermark: Watermark | None = None
    table_version: int | None = None
    verdict: Verdict | None = None
    resumed: bool = False
    seconds: float = 0.0
    failure: Failure | None = None
    drift: Drift | None = None
    widened: tuple[Widening, ...] = ()
    files: int = 0
    size: int = 0
    published_at: str | None = None
    steps: Mapping[str, float] = field(factory=dict, hash=False)


@frozen
class BuildReport:
    """One transform's build: what was decided, its books, and how it ended. `skipped` names the dataset whose failure
    kept this one from being run. `published_at` is an ISO timestamp: where nothing is new, of the build before.
    `quarantined` counts events that count for nothing, by reason."""

    dataset: str
    ending: Ending
    number: int | None = None
    scope: Scope | None = None
    reasons: tuple[Reason, ...] = ()
    instead: str = ""
    books: Books = NO_ROWS
    inputs: tuple[Pin, ...] = ()
    table_version: int | None = None
    verdict: Verdict | None = None
    failure: Failure | None = None
    skipped: str = ""
    seconds: float = 0.0
    published_at: str | None = None
    quarantined: tuple[ReasonCount, ...] = ()


@frozen
class BuildPlan:
    """What a run would do with a transform. `scope`, `rebuild` and `instead` are those of the decision, as far as it is
    known before what is upstream has been made; `inputs` are as they are now, and `whole` has (files, rows, bytes) of
    each where all of it is read. `columns` are those in which the table would differ, None where that is not known
    before the build; `replaced` has (files, rows, bytes) of the table where all of it gives way, and `losses` what of
    it nobody may be able to make again. `table_version` and `build`, of the moment `built_at`, are what the table
    holds, `code` and `contract` what the transform is."""

    dataset: str
    scope: Scope | None = None
    rebuild: bool = False
    reasons: tuple[Reason, ...] = ()
    instead: str = ""
    inputs: tuple[InputState, ...] = ()
    whole: tuple[tuple[int, int | None, int], ...] = ()
    columns: tuple[ColumnChange, ...] | None = None
    replaced: tuple[int, int | None, int] | None = None
    losses: tuple[Loss, ...] = ()
    table_version: int | None = None
    build: int | None = None
    built_at: str | None = None
    code: str = ""
    contract: str = ""
    failure: Failure | None = None

    @property
    def builds(self) -> bool:
        """Whether it would be evaluated."""
        return bool(self.reasons) and self.failure is None


@frozen
class DatasetPlan:
    """What a run would do for a dataset: `batch` is the one that an earlier run began and this would go on with, in
    `status`; `bounds` what a new one would read in `mode`, None for nothing, or where `failure` says why not."""

    dataset: str
    mode: Mode
    batch: int | None = None
    status: Status | None = None
    bounds: Bounds | None = None
    failure: Failure | None = None


@frozen
class RunPlan:
    """What a run would do: datasets to read, then transforms to build, in order; with `refresh` all of it anew."""

    datasets: tuple[DatasetPlan, ...]
    builds: tuple[BuildPlan, ...]
    refresh: bool = False

    @property
    def exit_code(self) -> int:
        """The least of the failures' codes, 0 without one."""
        failures = [*(d.failure for d in self.datasets), *(b.failure for b in self.builds)]
        return min((failure.exit_code for failure in failures if failure), default=0)


@frozen
class RunReport:
    """All of one invocation: batches in the order of the selection, builds in that of their inputs."""

    run_id: str
    batches: tuple[BatchReport, ...] = ()
    builds: tuple[BuildReport, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when everything ended well; else the code of what a person must act on first: failed (1), usage (2),
        gate (3), lease (4), in that order."""
        failures = [*(b.failure for b in self.batches), *(b.failure for b in self.builds)]
        endings = [*(b.ending for b in self.batches), *(b.ending for b in self.builds)]
        codes = {failure.exit_code for failure in failures if failure}
        return min(codes | {3 for ending in endings if ending is Ending.HELD}, default=0)


@frozen
class DatasetStatus:
    """Where a dataset stands: its newest batch, its progress, the rows of its quarantine, and how its source differed
    from the contract when it was last read."""

    dataset: str
    load_type: str
    batch: int | None
    batch_status: str | None
    watermark: Watermark | None
    files_read: int
    table_version: int | None
    quarantined: int
    published_at: str | None
    held: Verdict | None = None
    drift: Drift = NO_DRIFT


@frozen
class StreamState:
    """What the ledger knows of one stream: its generation, its newest batch, how far it has been read."""

    dataset: str
    stream: str
    generation: int
    batch: int | None
    batch_status: str | None
    watermark: Watermark | None
    files_read: int


@frozen
class TableDetail:
    """A table at its newest version: where it lies, relative to the lake, and what it is made of."""

    table: str
    columns: tuple[TableColumn, ...]
    shape: TableShape
    definition: Definition


@frozen
class OptionsReport:
    """What differs between a table at `version` and the settings; done when `applied`. Without a table, `version` is
    None: it is made as the settings say."""

    dataset: str
    table: str
    version: int | None
    changes: tuple[Change, ...]
    applied: bool


@frozen
class TableVersion:
    """One commit of a table. `operation` and `at` are its writer's words. `batch`, or the number of a transform's
    build, and `watermark` are how far the table has come with it, None where the commit is not lakekit's; upkeep
    repeats those of the batch before it."""

    version: int
    at: str | None
    operation: str | None
    batch: int | None = None
    watermark: Watermark | None = None
    run_id: str | None = None


@frozen
class QuarantinedRow:
    """One row of a quarantine as shown to a person; the values of personal columns are hashed. An event of a dimension
    has neither batch nor place in a file."""

    batch: int | None
    source: str
    row: int | None
    reasons: tuple[tuple[str, str, str], ...]
    values: dict[str, str | None]


@frozen
class Finding:
    """One thing that `lakekit doctor` looked at; `next` mends what is not in order."""

    name: str
    ok: bool
    detail: str
    next: str = ""
