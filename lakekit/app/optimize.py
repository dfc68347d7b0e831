"""Optimize: keep a dataset's tables fast and small, without changing a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from attrs import evolve, frozen

from lakekit.app.leases import lease
from lakekit.app.tended import Kept, Tended
from lakekit.app.tools import Tools
from lakekit.domain.upkeep import (
    Action,
    Leftover,
    Step,
    TableShape,
    UpkeepReport,
    Wishes,
    advice,
    check_columns,
    check_retention,
    plan,
    retention,
)
from lakekit.ports.upkeep import Upkeep

Announce = Callable[[PurePosixPath, Sequence[Leftover]], None]
"""Told of the files of a table that are removed next."""


def optimize(
    tools: Tools, upkeep: Upkeep, kept: Kept, wishes: Wishes, announce: Announce, *, dry_run: bool
) -> Iterator[UpkeepReport]:
    """A report for each table of the dataset that is there.

    The lease is held: nothing is on its way while files are looked for that nobody needs. Raises LeaseError while an
    ingest or a build runs, ConfigError for wishes that cannot be.
    """
    check_retention(wishes)
    hours = retention(wishes, kept.retention)
    with lease(tools, kept.lease):
        for table in kept.tables:
            before = upkeep.measure(table.path, table.filters)
            if before is not None:
                yield _Upkeep(tools, upkeep, table, hours, announce).tend(before, wishes, dry_run=dry_run)


@frozen
class _Upkeep:
    """One table, and how it is tended."""

    tools: Tools
    upkeep: Upkeep
    table: Tended
    hours: float
    announce: Announce

    def tend(self, before: TableShape, wishes: Wishes, *, dry_run: bool) -> UpkeepReport:
        table = self.table
        wishes = wishes if table.ordered else evolve(wishes, cluster_by=())
        check_columns(wishes.cluster_by, [c.name for c in table.columns], before.partitions)
        actions = plan(before, wishes, table.filters)
        vacuums = any(action.step is Step.VACUUM for action in actions)
        found = self._leftovers() if wishes.auto or vacuums else ()
        told = advice(before, wishes, found) if wishes.auto else ()
        report = UpkeepReport(table.dataset, str(table.path), actions, before, before, (), told)
        if dry_run:
            leftovers = found if vacuums else ()
            self.announce(table.path, leftovers)
            return evolve(report, leftovers=leftovers)
        removed = tuple(file for action in actions for file in self._take(action, before.target))
        return evolve(report, after=self.upkeep.measure(table.path) or before, leftovers=removed)

    def _take(self, action: Action, target: int) -> tuple[Leftover, ...]:
        """Take one step; the files that it removed."""
        path, public = self.table.path, self.table.public
        leftovers: tuple[Leftover, ...] = ()
        if action.step is Step.COMPACT:
            self.upkeep.compact(path, target, public, self.table.note())
        elif action.step is Step.CLUSTER:
            self.upkeep.cluster(path, action.columns, target, public, self.table.note())
        elif action.step is Step.CHECKPOINT:
            self.upkeep.checkpoint(path)
        elif action.step is Step.VACUUM:
            leftovers = self._leftovers()
            self.announce(path, leftovers)
            self.upkeep.remove(path, leftovers)
        else:
            self.table.carry()
            self.upkeep.clean_log(path)
        self.tools.log.event("upkeep", dataset=self.table.dataset, table=str(path), step=action.step.value)
        return leftovers

    def _leftovers(self) -> tuple[Leftover, ...]:
        """What may go: nothing of what waits to be published."""
        staged = tuple(f"{folder}/" for folder in self.table.staged())
        found = self.upkeep.leftovers(self.table.path, self.hours)
        return tuple(f for f in found if not f.path.startswith(staged))
