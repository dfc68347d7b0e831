"""Upkeep of a table: what its files are like, and what is worth doing about them. No step changes a row."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from attrs import frozen

from lakekit.domain.errors import ConfigError

TARGET_BYTES = 128 * 2**20
"""Files are rewritten to about this size."""

MANY_SMALL = 8
"""So many files below half the target are worth a rewrite that nobody asked for."""

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
    """A table's newest version: the sizes of its files in bytes, and the commits since the last checkpoint."""

    version: int
    files: tuple[int, ...]
    since_checkpoint: int

    @property
    def small(self) -> int:
        """How many files are below half the target."""
        return sum(size < TARGET_BYTES // 2 for size in self.files)


@frozen
class Leftover:
    """A file in a table's folder that no version within the retention needs: its path there, and its bytes."""

    path: str
    size: int


@frozen
class Wishes:
    """What was asked for. `auto` leaves a table alone where little is to be gained."""

    cluster_by: tuple[str, ...] = ()
    vacuum: bool = False
    hours: float = SAFE_HOURS
    auto: bool = False
    force: bool = False


@frozen
class UpkeepReport:
    """What was done, or with `--dry-run` would be, to one table; sizes in bytes."""

    dataset: str
    table: str
    steps: tuple[Step, ...]
    before: TableShape
    after: TableShape
    leftovers: tuple[Leftover, ...] = ()


def plan(shape: TableShape, wishes: Wishes) -> tuple[Step, ...]:
    """The steps for a table, in the order in which they are taken."""
    steps = []
    if wishes.cluster_by and shape.files:
        steps.append(Step.CLUSTER)
    elif shape.small >= (MANY_SMALL if wishes.auto else 2):
        steps.append(Step.COMPACT)
    if steps or shape.since_checkpoint >= CHECKPOINT_EVERY:
        steps.append(Step.CHECKPOINT)
    if wishes.vacuum:
        steps += [Step.VACUUM, Step.CLEAN_LOG]
    return tuple(steps)


def check_retention(wishes: Wishes) -> None:
    """Raises ConfigError for a retention that could take files from under readers and batches, unless forced."""
    if wishes.vacuum and wishes.hours < SAFE_HOURS and not wishes.force:
        raise ConfigError(
            "optimize.retention_too_short",
            f"a vacuum that keeps {wishes.hours:g} hours can remove files that are still read",
            why=f"queries and restores need the versions of the last days; Delta's default is {SAFE_HOURS:g} hours",
            next="leave --retain away, or add --force when nobody reads or restores older versions",
        )


def check_columns(cluster_by: Sequence[str], known: Sequence[str], partitions: Sequence[str]) -> None:
    """Raises ConfigError for a column that the table lacks, and for one by which it is partitioned: within a partition
    that column has one value, so there is nothing to order by it."""
    for column in cluster_by:
        if column not in known:
            raise ConfigError(
                "optimize.unknown_column",
                f"there is no column {column} to cluster by",
                next=f"the table has {', '.join(known)}",
            )
        if column in partitions:
            rest = [c for c in cluster_by if c not in partitions]
            raise ConfigError(
                "optimize.partition_column",
                f"the table is partitioned by {column}, which cannot be clustered by too",
                why="all rows of a partition have the same value there",
                next=f"--zorder {','.join(rest)}" if rest else "leave --zorder away",
            )
