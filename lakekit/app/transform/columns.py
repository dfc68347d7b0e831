"""The columns that a transform makes, next to those that its table has."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from lakekit.app.transform.deciding import Task
from lakekit.app.transform.job import TransformJob
from lakekit.domain.contract import Contract
from lakekit.domain.errors import TableError
from lakekit.domain.evolution import TypeChange
from lakekit.domain.schema import ColumnChange, TableColumn, column_changes
from lakekit.domain.table_options import APPEND_ONLY, CHANGE_DATA_FEED
from lakekit.domain.types import parse_type
from lakekit.domain.widening import wider
from lakekit.ports.table_store import Snapshot

UNKNOWN = "?"
"""The type of a column that only the runtime tells."""


def agreed(job: TransformJob, columns: Sequence[TableColumn]) -> Contract | None:
    """The contract that the rows keep, with the types of these columns where it lets them be wider than its own; None
    without one."""
    contract = job.transform.own_contract
    if contract is None or not _may_widen(job):
        return contract
    made = {column.name: column.type for column in columns if column.type}
    wide = {c.name: made[c.name] for c in contract.columns if c.name in made and wider(str(c.type), made[c.name])}
    named = (evolve(c, type=parse_type(wide[c.name])) if c.name in wide else c for c in contract.columns)
    return evolve(contract, columns=tuple(named))


def foreseen(job: TransformJob, task: Task) -> tuple[TableColumn, ...] | None:
    """The columns that the transform makes, as far as its query tells them before it runs; None where it does not. A
    type is that of its contract or its query, else that which the table has, else UNKNOWN."""
    if not job.made or any(column.name == "*" for column in job.made):
        return None
    contract = agreed(job, [TableColumn(column.name, column.type) for column in job.made])
    there = {c.name.lower(): c for c in task.stand.snapshot.columns} if task.stand.snapshot else {}
    types = {c.name.lower(): str(c.type) for c in contract.columns} if contract else {}

    def foresee(name: str, told: str) -> TableColumn:
        # Whether a column keeps the case in which its table has it, the runtime tells.
        before = there.get(name.lower(), TableColumn(name, UNKNOWN))
        return TableColumn(before.name, types.get(name.lower()) or told or before.type)

    return tuple(foresee(column.name, column.type) for column in job.made)


def redefined(job: TransformJob, task: Task, columns: tuple[TableColumn, ...]) -> bool:
    """Whether the table gets other columns than it has, beyond new ones. Raises TableError where nobody asked for
    that: readers may rely on those that it has."""
    snapshot = task.stand.snapshot
    changed = [c for c in column_changes(snapshot.columns, columns) if c.before is not None] if snapshot else []
    if events := job.transform.dimension if job.transform.keeps_events else None:
        changed = [c for c in changed if c.after or c.name not in events.drop]
    if snapshot is None or not changed:
        return False
    if events:
        raise _other_events(job, changed[0])
    if task.decision.refresh:
        return True
    if not _may_widen(job) or not all(map(_is_wider, changed)):
        raise _changed(job, changed[0])
    if not task.decision.rebuild and (told := _kept_from_rewriting(snapshot)):
        raise _not_rewritten(job, changed[0], told)
    return True


def _may_widen(job: TransformJob) -> bool:
    contract = job.transform.own_contract
    return contract is not None and contract.evolution.type_change is TypeChange.WIDEN


def _is_wider(change: ColumnChange) -> bool:
    return change.before is not None and change.after is not None and wider(change.before, change.after)


def _kept_from_rewriting(snapshot: Snapshot) -> str:
    """The property of a table that does not let its files be written anew; "" where none is set."""
    properties = snapshot.definition.properties
    return next((name for name in (CHANGE_DATA_FEED, APPEND_ONLY) if properties.get(name) == "true"), "")


def _changed(job: TransformJob, first: ColumnChange) -> TableError:
    name = job.transform.name
    told = f"makes {first.name} as {first.after}" if first.after else f"no longer makes the column {first.name}"
    return TableError(
        "transform.column_changed",
        f"{name} {told}",
        where=job.transform.place,
        why=f"its table has it as {first.before}, and readers may rely on that",
        next=f"mend the query, or give the table the new columns: lakekit transform {name} --full-refresh",
    )


def _not_rewritten(job: TransformJob, first: ColumnChange, told: str) -> TableError:
    name = job.transform.name
    return TableError(
        "transform.column_not_widened",
        f"the column {first.name} of {name} cannot be widened to {first.after}",
        where=job.transform.place,
        why=f"all files would be written anew, and the table has {told} set",
        next=f"take the property from the table, or make all anew: lakekit transform {name} --full-refresh",
    )


def _other_events(job: TransformJob, changed: ColumnChange) -> TableError:
    told = f"makes {changed.name} as {changed.after}" if changed.after else f"no longer makes {changed.name}"
    return TableError(
        "dimension.column_changed",
        f"the query of {job.transform.name} {told}",
        where=job.transform.place,
        why=f"events that are kept have it as {changed.before}, and are never changed",
        next="make it as it was; to leave a column out of the dimension, list it under `except`",
    )
