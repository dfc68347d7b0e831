"""What a table was at its versions, for people: what a restore moves, and what two versions differ in."""

from __future__ import annotations

from attrs import evolve, frozen

from lakekit.domain.batch import Mode
from lakekit.domain.build import Pin
from lakekit.domain.report import BuildPlan
from lakekit.domain.schema import ColumnChange
from lakekit.domain.watermark import Watermark


@frozen
class Milestone:
    """A version, and how far the stream had come with it, or which build of a transform it holds: None where nothing
    was published by then."""

    version: int
    batch: int | None = None
    watermark: Watermark | None = None
    build: int | None = None


@frozen
class Files:
    """A number of files, their bytes, and their rows where the log tells all of them."""

    count: int
    size: int
    rows: int | None


@frozen
class Onward:
    """What the next ingest does: with `again` it begins a new generation and reads again what came after the restored
    version: from `low` (None: from the beginning), or `files` of those that it has read; a full load reads all."""

    mode: Mode
    again: bool = False
    low: Watermark | None = None
    files: int = 0


@frozen
class OnwardBuild:
    """What the next build does with the table as it was, by its `plan`; `since` are the versions of the inputs that it
    was made from, none where no build had made it. Where the table keeps what builds have made of inputs as they once
    were, it `forgets` what these no longer tell, and `adopted` events, which no build tells again. `events` is the
    dataset of which alone the table is made, "" where it is no dimension's, and `readers` are those that are made from
    the table."""

    plan: BuildPlan
    since: tuple[Pin, ...] = ()
    forgets: bool = False
    adopted: int = 0
    events: str = ""
    readers: tuple[str, ...] = ()


@frozen
class Restoring:
    """What a restore does, or has done: `gone` are the files that leave the table, `back` those that return to it.

    `made` is the version that it made, None before it and where there was `nothing` to do. `onward` is None for a
    quarantine, by which no ingest goes on.
    """

    dataset: str
    table: str
    now: Milestone
    then: Milestone
    gone: Files
    back: Files
    columns: tuple[ColumnChange, ...]
    onward: Onward | OnwardBuild | None
    made: int | None = None

    @property
    def nothing(self) -> bool:
        """Whether the table is what it was at that version, rows, columns and progress."""
        same = evolve(self.now, version=self.then.version) == self.then
        return same and not (self.gone.count or self.back.count or self.columns)


@frozen
class BatchRows:
    """Rows of one batch that came and went; `batch` is None for rows that name none."""

    batch: int | None
    added: int
    removed: int


@frozen
class Difference:
    """What became of version `before` until version `after`. Rows count as often as they stand there: a row that was
    only written anew, as by OPTIMIZE, is neither added nor removed. `batches` are those with a difference."""

    table: str
    before: int
    after: int
    columns: tuple[ColumnChange, ...]
    gone: Files
    come: Files
    batches: tuple[BatchRows, ...]

    @property
    def added(self) -> int:
        """Rows that `after` has and `before` has not."""
        return sum(b.added for b in self.batches)

    @property
    def removed(self) -> int:
        """Rows that `before` has and `after` has not."""
        return sum(b.removed for b in self.batches)
