"""Upkeep of a table: what its files are like, and what is worth doing about them. No step changes a row."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import timedelta

from attrs import frozen

from lakekit.domain.errors import ConfigError
from lakekit.domain.layout import Partition, mergeable, share_clustered, share_now
from lakekit.domain.nearest import did_you_mean, nearest

LARGEST_TARGET, SMALLEST_TARGET = 128 * 2**20, 16 * 2**20
"""Bytes of the files that a rewrite makes: as large as readers like them, and not so small that each costs more than it
holds."""

PIECES = 16
"""Of so many files a look-up can leave most unread: between the two bounds a table is cut into about as many."""

MANY_SMALL = 8
"""So many files below half the target are worth a rewrite that nobody asked for."""

MANY_FILES = 4
"""A table of fewer files of the target's size is read about as fast in any order."""

WORTH = 2.0
"""A clustering is worth its rewrite when a look-up reads so many times less after it."""

SETTLED = 0.75
"""Where so much of a table was written by the last clustering along the same columns, another finds little to do."""

SKEWED = 0.5
"""A partition with more of the bytes than this, among several, is told."""

CHECKPOINT_EVERY = 10
"""Commits after which readers are better off with a checkpoint; Delta's own default."""

SAFE_HOURS = 168.0
"""Delta's default retention: readers and batches that take longer than a week lose their files."""


class Step(enum.Enum):
    """`COMPACT` small files into large ones; `CLUSTER` all rows along columns (Z-order); `CHECKPOINT` the log; `VACUUM`
    files that no recent version needs; `CLEAN_LOG` of commits that are older than the table's log retention."""

    COMPACT = "compact"
    CLUSTER = "cluster"
    CHECKPOINT = "checkpoint"
    VACUUM = "vacuum"
    CLEAN_LOG = "clean log"


@frozen
class TableShape:
    """A table's newest version: the sizes of its files in bytes, and the commits since the last checkpoint.

    `partitions` are the columns by which it is partitioned, `layout` its files by partition, () where nobody asked.
    `clustered` are the bytes of files that the last clustering along the columns in question wrote.
    """

    version: int
    files: tuple[int, ...]
    since_checkpoint: int
    partitions: tuple[str, ...] = ()
    layout: tuple[Partition, ...] = ()
    clustered: int = 0

    @property
    def target(self) -> int:
        """About how large files should be, in bytes. It grows with the table, so that none is rewritten often."""
        return max(SMALLEST_TARGET, min(LARGEST_TARGET, sum(self.files) // PIECES))

    @property
    def small(self) -> int:
        """How many files are below half the target."""
        return sum(size < self.target // 2 for size in self.files)

    @property
    def parts(self) -> tuple[Partition, ...]:
        """The files by partition; all in one where nothing is known of partitions."""
        return self.layout or (Partition(self.files),)

    def tells(self, column: str) -> bool:
        """Whether any file has a range of the column: without, an order by it saves nobody anything."""
        return any(any(p.ranges.get(column, ())) for p in self.parts)


@frozen
class Leftover:
    """A file in a table's folder that no version within the retention needs: its path there, and its bytes."""

    path: str
    size: int


@frozen
class Wishes:
    """What was asked for. `auto` leaves a table alone where little is to be gained. `hours` is None for the table's own
    retention."""

    cluster_by: tuple[str, ...] = ()
    vacuum: bool = False
    hours: float | None = None
    auto: bool = False
    force: bool = False


@frozen
class Action:
    """A step, why it is taken, and for a clustering along which columns."""

    step: Step
    why: str
    columns: tuple[str, ...] = ()


@frozen
class UpkeepReport:
    """What was done, or with `--dry-run` would be, to one table; sizes in bytes. `advice` is what a person could do."""

    dataset: str
    table: str
    actions: tuple[Action, ...]
    before: TableShape
    after: TableShape
    leftovers: tuple[Leftover, ...] = ()
    advice: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """What is done, in order, without the reasons."""
        return tuple(action.step for action in self.actions)


def plan(shape: TableShape, wishes: Wishes, filters: Sequence[str] = ()) -> tuple[Action, ...]:
    """The steps for a table, in the order in which they are taken. `filters` are the columns that queries filter on, as
    far as they are known: `auto` clusters along them where that saves reading."""
    rewrite = _cluster(shape, wishes, filters) or _compact(shape, wishes)
    actions = [rewrite] if rewrite else []
    if rewrite:
        actions.append(Action(Step.CHECKPOINT, "the log is long after a rewrite"))
    elif shape.since_checkpoint >= CHECKPOINT_EVERY:
        actions.append(Action(Step.CHECKPOINT, f"{shape.since_checkpoint} commits since the last one"))
    if wishes.vacuum:
        actions += [Action(Step.VACUUM, "asked for"), Action(Step.CLEAN_LOG, "asked for")]
    return tuple(actions)


def _cluster(shape: TableShape, wishes: Wishes, filters: Sequence[str]) -> Action | None:
    if wishes.cluster_by and shape.files:
        columns = tuple(c for c in wishes.cluster_by if c not in shape.partitions)
        left = [c for c in wishes.cluster_by if c in shape.partitions]
        why = f"asked for; not by {', '.join(left)}, of which a partition has one value" if left else "asked for"
        return Action(Step.CLUSTER, why, columns) if columns else None
    columns = tuple(c for c in filters if c not in shape.partitions and shape.tells(c))
    total = sum(shape.files)
    if not wishes.auto or not columns or total < MANY_FILES * shape.target or shape.clustered >= SETTLED * total:
        return None
    now = {c: share_now(shape.parts, c) for c in columns}
    worst = max(columns, key=lambda c: now[c])
    pieces = max(shape.target, total // len(shape.files))  # what finer files alone would save is no reason
    then = share_clustered(shape.parts, len(columns), pieces)
    if now[worst] < WORTH * then:
        return None
    why = f"a look-up by {worst} reads {now[worst]:.0%} of the table, and about {then:.0%} of it then"
    return Action(Step.CLUSTER, why, columns)


def _compact(shape: TableShape, wishes: Wishes) -> Action | None:
    small = mergeable(shape.parts, shape.target // 2)
    if small < (MANY_SMALL if wishes.auto else 2):
        return None
    where = f" in {len(shape.parts)} partitions" if shape.partitions else ""
    return Action(Step.COMPACT, f"{small} files are below {shape.target // 2**21} MiB{where}")


def advice(shape: TableShape, wishes: Wishes, leftovers: Sequence[Leftover]) -> tuple[str, ...]:
    """What `auto` sees and leaves to a person: it removes nothing that nobody asked it to, and parts nothing anew."""
    told = []
    if leftovers and not wishes.vacuum:
        freed = sum(leftover.size for leftover in leftovers)
        told.append(f"{len(leftovers)} files of {freed:,} bytes are needed by no recent version: add --vacuum")
    parts, total = shape.parts, sum(shape.files)
    if len(parts) > 1 and (most := max(p.size for p in parts)) > SKEWED * total:
        told.append(
            f"one of {len(parts)} partitions holds {most / total:.0%} of the bytes: partition by another column"
        )
    stuck = shape.small - mergeable(parts, shape.target // 2)
    if len(parts) > 1 and stuck >= MANY_SMALL:
        told.append(f"{stuck} partitions have one small file each, which no rewrite joins: partition by fewer values")
    return tuple(told)


def retention(wishes: Wishes, kept: timedelta | None) -> float:
    """For how many hours files of older versions are kept: as it was asked for, else as long as the settings say that
    the table keeps them, and a week at least."""
    if wishes.hours is not None:
        return wishes.hours
    return max(SAFE_HOURS, kept.total_seconds() / 3600 if kept else 0.0)


def check_retention(wishes: Wishes) -> None:
    """Raises ConfigError for a retention that could take files from under readers and batches, unless forced."""
    if wishes.vacuum and wishes.hours is not None and wishes.hours < SAFE_HOURS and not wishes.force:
        raise ConfigError(
            "optimize.retention_too_short",
            f"a vacuum that keeps {wishes.hours:g} hours can remove files that are still read",
            why=f"queries and restores need the versions of the last days; Delta's default is {SAFE_HOURS:g} hours",
            next="leave --retain away, or add --force when nobody reads or restores older versions",
        )


def check_columns(cluster_by: Sequence[str], known: Sequence[str], partitions: Sequence[str]) -> None:
    """Raises ConfigError for a column that the table lacks, and when it is partitioned by all of them: within a
    partition such a column has one value, so there is nothing to order by it. Others are clustered by the rest."""
    for column in cluster_by:
        if column not in known:
            raise ConfigError(
                "optimize.unknown_column",
                f"there is no column {column} to cluster by",
                why=f"the table has {', '.join(known)}",
                next=did_you_mean(nearest(column, known)) or "name one of these",
            )
    if cluster_by and all(column in partitions for column in cluster_by):
        raise ConfigError(
            "optimize.partition_column",
            f"the table is partitioned by {', '.join(cluster_by)}, and cannot be clustered by that too",
            why="all rows of a partition have the same value there",
            next="name another column that queries filter on, or leave --zorder away",
        )
