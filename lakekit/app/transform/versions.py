"""The rows of a dimension, made of its events: of those of the keys that something new was said of, or of all."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve

from lakekit.app.transform.deciding import Task
from lakekit.app.transform.job import TransformJob, Workshop
from lakekit.app.transform.keys import moved_keys
from lakekit.app.transform.made import Made, as_input
from lakekit.app.transform.ties import check_ties
from lakekit.domain.build import Scope
from lakekit.domain.dimension import Dimension
from lakekit.domain.errors import GateError
from lakekit.domain.planning import Decision
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input, Written
from lakekit.sql.dimension.checks import broken_query, kinds_query
from lakekit.sql.dimension.events import EVENTS, of_keys_query
from lakekit.sql.dimension.versions import dimension_query
from lakekit.sql.merging import KEYS, MADE


def settled(workshop: Workshop, job: TransformJob, task: Task) -> Task:
    """The task, or one for all keys, where something was said of all."""
    dimension = job.transform.made_of_events
    if dimension is None or task.decision.scope is not Scope.KEYS or not dimension.marks:
        return task
    (reading,) = task.readings
    for moved in (reading.added, reading.removed):
        if moved.files and _kinds(workshop, moved)[1]:
            told = f"{reading.name} has events of all keys"
            return evolve(task, decision=Decision(Scope.FULL, True, task.decision.reasons, told))
    return task


def versions(
    workshop: Workshop,
    job: TransformJob,
    dimension: Dimension,
    task: Task,
    columns: tuple[TableColumn, ...],
    folder: Path,
) -> Made:
    """Raises TableError `dimension.tie` where events of a key are in no order and differ."""
    (reading,) = task.readings
    told = reading.content.snapshot.columns
    rows = reading.everything
    keys: tuple[Written, ...] = ()
    if task.decision.scope is Scope.KEYS:
        # Rows without a key are the members of a dimension; an event without one counts for nothing.
        keys = moved_keys(workshop, [reading], dimension.keys, folder, known=True)
        asked = as_input(keys, [c for c in told if c.name in dimension.keys])
        query = of_keys_query(dimension, told)
        found = workshop.tools.engine.write(query, {EVENTS: rows, KEYS: asked}, folder / "events")
        rows = as_input(found, told)
    if not rows.files:
        return Made(columns, (), keys)
    several, markers = _kinds(workshop, rows)
    mend = "name further columns under `sequence_by` or `tie_break`, or delete the events that are wrong"
    check_ties(workshop, job, dimension, rows, told, reading.name, mend, generations=several)
    query = dimension_query(dimension, told, generations=several, markers=markers)
    made = Made(columns, workshop.tools.engine.write(query, {EVENTS: rows}, folder / "made"), keys)
    _check_intervals(workshop, dimension, reading.name, made)
    return made


def _kinds(workshop: Workshop, rows: Input) -> tuple[bool, bool]:
    """Whether events are of several generations, and whether some are of all keys."""
    ((several, markers),) = workshop.tools.engine.rows(kinds_query(), {EVENTS: rows})
    return bool(several), bool(markers)


def _check_intervals(workshop: Workshop, dimension: Dimension, name: str, made: Made) -> None:
    if not dimension.history or not made.files:
        return
    (counts,) = workshop.tools.engine.rows(broken_query(dimension), {MADE: made.rows})
    if any(int(str(count)) for count in counts):
        raise GateError(
            "dimension.broken",
            f"the versions made of {name} are not in order",
            why="empty, overlapping, open twice, same version key: " + ", ".join(map(str, counts)),
            next="report it with the table of events; nothing was published",
        )
