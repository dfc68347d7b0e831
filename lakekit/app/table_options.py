"""Table options: what the settings wish of a dataset's table, shown before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from lakekit.app.codec import encode_note
from lakekit.app.constraints import count_broken
from lakekit.app.drift import as_the_table
from lakekit.app.leases import lease
from lakekit.app.ledger import Ledger
from lakekit.app.parts import published
from lakekit.app.table_state import newest_note
from lakekit.app.tools import Job, Tools
from lakekit.domain.errors import ConfigError, StateError, TableError
from lakekit.domain.report import OptionsReport
from lakekit.domain.table_options import OURS, PARTITIONING, Change, changes
from lakekit.ports.table_store import Snapshot
from lakekit.ports.upkeep import Upkeep
from lakekit.sql.constraints import constraints


def table_options(tools: Tools, upkeep: Upkeep, job: Job, *, apply: bool) -> OptionsReport:
    """What differs between the table and the settings; with `apply` it is done, and then no more.

    Raises ConfigError for another partitioning, which no commit can make; TableError when rows that are there break a
    new constraint; StateError while a sealed batch waits, whose rows nobody would ask again. Nothing is done then.
    """
    job = as_the_table(tools, job)
    with _held(tools, job) if apply else nullcontext():
        table = job.dataset.table
        snapshot = tools.tables.snapshot(table)
        if snapshot is None:
            return OptionsReport(str(job.dataset), str(table), None, (), applied=False)
        found = changes(job.options, constraints(job.contract, job.cursor), snapshot.definition)
        if apply and found:
            _check(tools, job, snapshot, found)
            _apply(tools, upkeep, job, found)
            tools.log.event("table.altered", dataset=str(job.dataset), changes=[change.what for change in found])
        return OptionsReport(str(job.dataset), str(table), snapshot.version, found, applied=apply and bool(found))


@contextmanager
def _held(tools: Tools, job: Job) -> Iterator[None]:
    with lease(tools, job.lease):
        ledger = Ledger(tools.state, str(job.dataset), job.stream)
        head = ledger.head()
        pending = ledger.known(head).pending if head else None
        if pending and pending.seal:
            raise StateError(
                "table.batch_waits",
                f"batch {pending.number} of {job.dataset} is sealed and not published yet",
                next=f"lakekit ingest {job.dataset.name}",
            )
        yield


def _check(tools: Tools, job: Job, snapshot: Snapshot, found: tuple[Change, ...]) -> None:
    if any(change.what == PARTITIONING for change in found):
        told = ", ".join(snapshot.definition.partitions) or "nothing"
        raise ConfigError(
            "table.partitioning_fixed",
            f"the table {job.dataset} is partitioned by {told}, which cannot be changed",
            why="each file would have to be written anew, and each version kept apart",
            next="put `partition_by` back, or load into a dataset of another name",
        )
    added = {change.what: change.new for change in found if change.what.startswith(OURS) and change.new}
    rows = published(tools, job, snapshot)
    broken = count_broken(tools, added, rows) if added and rows else {}
    if broken:
        told = ", ".join(f"{name} by {count}" for name, count in broken.items())
        raise TableError(
            "table.constraint_broken",
            f"rows of {job.dataset} break constraints that it should get",
            why=told,
            next="correct or remove these rows, or set `constraints: false`",
        )


def _apply(tools: Tools, upkeep: Upkeep, job: Job, found: tuple[Change, ...]) -> None:
    """Constraints that change go first: between the commits a table has fewer of them, never one that is not kept."""
    note = newest_note(tools.tables, job.dataset.table, str(job.dataset), job.stream)
    dropped = [change.what for change in found if change.what.startswith(OURS) and change.old is not None]
    properties = {change.what: change.new for change in found if not change.what.startswith(OURS) and change.new}
    added = {change.what: change.new for change in found if change.what.startswith(OURS) and change.new}
    upkeep.alter(job.dataset.table, properties, added, dropped, encode_note(note[1]) if note else None)
