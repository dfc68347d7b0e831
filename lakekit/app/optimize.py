"""Optimize: keep a dataset's tables fast and small, without changing a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from attrs import evolve, frozen

from lakekit.app.codec import encode_note
from lakekit.app.leases import lease
from lakekit.app.ledger import Ledger
from lakekit.app.standing import stage_name
from lakekit.app.table_state import newest_note
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Mode
from lakekit.domain.schema import QUARANTINE_COLUMNS, TableColumn, bronze_columns
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
from lakekit.ports.table_store import Commit
from lakekit.ports.upkeep import Upkeep

Announce = Callable[[PurePosixPath, Sequence[Leftover]], None]
"""Told of the files of a table that are removed next."""


def optimize(
    tools: Tools, upkeep: Upkeep, job: Job, wishes: Wishes, announce: Announce, *, dry_run: bool
) -> Iterator[UpkeepReport]:
    """A report for each table of the dataset, bronze and quarantine, that is there.

    The stream's lease is held: no batch is on its way while files are looked for that nobody needs. Raises LeaseError
    while an ingest runs, ConfigError for wishes that cannot be.
    """
    check_retention(wishes)
    hours = retention(wishes, job.options.file_retention)
    with lease(tools, f"{job.dataset}/{job.stream}"):
        for path in (job.dataset.table, job.dataset.quarantine):
            before = upkeep.measure(path, _filters(job, path))
            if before is not None:
                yield _Table(tools, upkeep, job, path, hours, announce).tend(before, wishes, dry_run=dry_run)


def _filters(job: Job, table: PurePosixPath) -> tuple[str, ...]:
    """The columns that queries of the table filter on, as far as they are known: those that the settings name, or else
    the watermark column, along which each increment reads the table again. A quarantine is read whole."""
    if table != job.dataset.table:
        return ()
    return job.options.cluster_by or ((job.cursor,) if job.cursor else ())


@frozen
class _Table:
    """One table, and how it is tended."""

    tools: Tools
    upkeep: Upkeep
    job: Job
    path: PurePosixPath
    hours: float
    announce: Announce

    def tend(self, before: TableShape, wishes: Wishes, *, dry_run: bool) -> UpkeepReport:
        wishes = wishes if self._is_bronze else evolve(wishes, cluster_by=())
        check_columns(wishes.cluster_by, [c.name for c in self._columns], before.partitions)
        actions = plan(before, wishes, _filters(self.job, self.path))
        vacuums = any(action.step is Step.VACUUM for action in actions)
        found = self._leftovers() if wishes.auto or vacuums else ()
        told = advice(before, wishes, found) if wishes.auto else ()
        report = UpkeepReport(str(self.job.dataset), str(self.path), actions, before, before, (), told)
        if dry_run:
            leftovers = found if vacuums else ()
            self.announce(self.path, leftovers)
            return evolve(report, leftovers=leftovers)
        removed = tuple(file for action in actions for file in self._take(action, before.target))
        return evolve(report, after=self.upkeep.measure(self.path) or before, leftovers=removed)

    def _take(self, action: Action, target: int) -> tuple[Leftover, ...]:
        """Take one step; the files that it removed."""
        leftovers: tuple[Leftover, ...] = ()
        if action.step is Step.COMPACT:
            self.upkeep.compact(self.path, target, self._public, self._note())
        elif action.step is Step.CLUSTER:
            self.upkeep.cluster(self.path, action.columns, target, self._public, self._note())
        elif action.step is Step.CHECKPOINT:
            self.upkeep.checkpoint(self.path)
        elif action.step is Step.VACUUM:
            leftovers = self._leftovers()
            self.announce(self.path, leftovers)
            self.upkeep.remove(self.path, leftovers)
        else:
            _carry(self.tools, self.job, self.path)
            self.upkeep.clean_log(self.path)
        self.tools.log.event("upkeep", dataset=str(self.job.dataset), table=str(self.path), step=action.step.value)
        return leftovers

    @property
    def _is_bronze(self) -> bool:
        return self.path == self.job.dataset.table

    @property
    def _columns(self) -> tuple[TableColumn, ...]:
        return bronze_columns(self.job.contract) if self._is_bronze else QUARANTINE_COLUMNS

    @property
    def _public(self) -> frozenset[str]:
        personal = self.job.contract.personal if self._is_bronze else frozenset()
        return frozenset(c.name for c in self._columns) - personal

    def _note(self) -> str | None:
        newest = newest_note(self.tools.tables, self.path, str(self.job.dataset), self.job.stream)
        return encode_note(newest[1]) if newest else None

    def _leftovers(self) -> tuple[Leftover, ...]:
        """What may go: nothing that the batch which waits to go on has staged."""
        ledger = Ledger(self.tools.state, str(self.job.dataset), self.job.stream)
        head = ledger.head()
        pending = ledger.known(head).pending if head else None
        staged = f"{stage_name(pending)}/" if pending else None
        found = self.upkeep.leftovers(self.path, self.hours)
        return tuple(f for f in found if staged is None or not f.path.startswith(staged))


def _carry(tools: Tools, job: Job, table: PurePosixPath) -> None:
    """Repeat the newest note in a commit of its own before the log's clean-up can take it away: a lost ledger finds
    the progress in the table's log. Along new files only the ledger knows it all: each batch's files count."""
    newest, snapshot = newest_note(tools.tables, table, str(job.dataset), job.stream), tools.tables.snapshot(table)
    if newest is None or snapshot is None or job.mode is Mode.FILES:
        return
    version, note = newest
    if version < snapshot.version and note.batch:
        commit = Commit((), False, note.batch.app_id, note.number, encode_note(note))
        tools.tables.commit(table, snapshot, commit)
