"""Restore: put a dataset's table back to an older version, and its progress with it.

One table moves, in one commit, so there is no moment at which a kill leaves half of it: what is there is what was or
what is wanted, and running again completes it. What comes next is asked of the code that will decide it, before
anything moves.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import PurePosixPath

from attrs import evolve, frozen

from lakekit.app.leases import lease
from lakekit.app.tools import Tools
from lakekit.app.versions import check_there, newest, only_in, summed
from lakekit.domain.errors import TableError
from lakekit.domain.schema import column_changes
from lakekit.domain.versions import Milestone, Onward, OnwardBuild, Restoring
from lakekit.ports.table_store import CommitConflict, Snapshot

Announce = Callable[[Restoring], None]
"""Told what is done next."""


@frozen
class Prospect:
    """How far a dataset has come with its table, and had come with an older version; the note that the commit which
    goes back to it carries, None for none; and what comes next then, None where nothing does."""

    now: Milestone
    then: Milestone
    note: str | None
    onward: Onward | OnwardBuild | None


@frozen
class Restorable:
    """A table that can be put back. Whoever works on it holds one of the `leases`. `ahead` looks at the newest version
    and at the one to go back to, and raises where that would lose rows; `settle` is what follows the commit, and finds
    nothing to do where it was done."""

    dataset: str
    path: PurePosixPath
    leases: tuple[str, ...]
    ahead: Callable[[Snapshot, Snapshot], Prospect]
    settle: Callable[[], None]


@frozen
class _Plan:
    """What is to be done on top of `snapshot`, and the note that the commit carries."""

    report: Restoring
    snapshot: Snapshot
    note: str | None


def restore(tools: Tools, table: Restorable, version: int, announce: Announce, *, dry_run: bool) -> Restoring:
    """Put the table back to `version`, and tell what that moved; where there is nothing to move, no version is made.

    Its leases are held. Raises, before anything is written: TableError for a version that is unknown or lacks files,
    what the table's `ahead` does, LeaseError while somebody works on it.
    """
    with ExitStack() as held:
        for name in table.leases:
            held.enter_context(lease(tools, name))
        plan = _plan(tools, table, version)
        announce(plan.report)
        if dry_run:
            return plan.report
        report = plan.report if plan.report.nothing else _commit(tools, table, version, plan)
        table.settle()
    return report


def _plan(tools: Tools, table: Restorable, version: int) -> _Plan:
    snapshot = newest(tools, table.path)
    now, then = tools.tables.content(table.path, snapshot.version), tools.tables.content(table.path, version)
    if then.snapshot.table_id != snapshot.table_id:
        raise TableError(
            "table.other_table",
            f"version {version} is of another table, which this one has replaced",
            where=str(table.path),
            next="name a version since then; lakekit table history lists them",
        )
    back = only_in(then, now)
    check_there(tools, table.path, version, back)
    prospect = table.ahead(snapshot, then.snapshot)
    report = Restoring(
        dataset=table.dataset,
        table=str(table.path),
        now=prospect.now,
        then=prospect.then,
        gone=summed(only_in(now, then)),
        back=summed(back),
        columns=column_changes(now.snapshot.columns, then.snapshot.columns),
        onward=prospect.onward,
    )
    return _Plan(report, snapshot, prospect.note)


def _commit(tools: Tools, table: Restorable, version: int, plan: _Plan) -> Restoring:
    try:
        made = tools.tables.restore(table.path, plan.snapshot, version, plan.note)
    except CommitConflict as conflict:
        raise TableError(
            "table.moved",
            f"{table.path} was not restored: another writer has just committed to it",
            next="look at lakekit table history, and run again",
        ) from conflict
    tools.log.event("restored", dataset=table.dataset, table=str(table.path), version=made, to=version)
    return evolve(plan.report, made=made)
