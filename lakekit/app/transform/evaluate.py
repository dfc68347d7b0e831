"""Evaluation: a transform's rows as Parquet files of this host, made by the runtime from pinned inputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lakekit.app.transform.deciding import Task, not_incremental
from lakekit.app.transform.dimensions import check_events
from lakekit.app.transform.events import events
from lakekit.app.transform.inputs import Reading
from lakekit.app.transform.job import TransformJob, Workshop, evaluating
from lakekit.app.transform.keys import affected_keys
from lakekit.app.transform.made import Made, as_input
from lakekit.app.transform.versions import versions
from lakekit.domain.build import Scope
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit.sql.dimension.events import event_columns
from lakekit.sql.dimension.versions import dimension_columns
from lakekit.sql.merging import KEYS, matching_query


def columns_of(workshop: Workshop, job: TransformJob, task: Task) -> tuple[TableColumn, ...]:
    """The columns that the transform makes; nothing has run. What is wrong with it is told now."""
    if made_of := job.transform.made_of_events:
        return dimension_columns(made_of, task.readings[0].content.snapshot.columns)
    dimension = job.transform.dimension
    with evaluating(job):
        made = workshop.runtime().analyse(job.body, inputs_of(job, task))
    there = task.stand.snapshot.columns if task.stand.snapshot else ()
    check_events(job, [column.name for column in made], [column.name for column in there])
    return event_columns(dimension, made, there) if dimension else made


def evaluate(workshop: Workshop, job: TransformJob, task: Task, columns: tuple[TableColumn, ...], folder: Path) -> Made:
    """Evaluate the body once, over everything, over the rows that are new, or over those whose keys are affected."""
    if made_of := job.transform.made_of_events:
        return versions(workshop, job, made_of, task, columns, folder)
    dimension = job.transform.dimension
    if task.decision.scope is Scope.KEYS:
        return _by_keys(workshop, job, task, columns, folder)
    with evaluating(job):
        made = workshop.runtime().write(job.body, inputs_of(job, task), folder / "made")
    return events(workshop, job, dimension, task, columns, made, folder) if dimension else Made(columns, made)


def inputs_of(job: TransformJob, task: Task) -> dict[str, Input]:
    """What its body reads: all of each input, or what is new of one."""
    incremental = job.transform.incremental if task.decision.scope is Scope.NEW_ROWS else ()
    return {r.name: r.added if r.name in incremental else r.everything for r in task.readings}


def _by_keys(workshop: Workshop, job: TransformJob, task: Task, columns: tuple[TableColumn, ...], folder: Path) -> Made:
    """Of the incremental inputs only the rows with an affected key are read; of what comes out, only such rows count:
    others may come of inputs that are read in full."""
    engine, affected = workshop.tools.engine, job.transform.affected_by
    incremental = [r for r in task.readings if r.name in job.transform.incremental]
    _check_types(job, incremental)
    keys = affected_keys(workshop, job.transform, task.readings, folder)
    key_columns = [c for c in columns if c.name in affected]
    asked = as_input(keys, key_columns)
    inputs = inputs_of(job, task)
    for number, reading in enumerate(incremental):
        told = reading.content.snapshot.columns
        query = matching_query(reading.name, [c.name for c in told], affected)
        written = engine.write(query, {reading.name: reading.everything, KEYS: asked}, folder / f"affected-{number}")
        inputs[reading.name] = as_input(written, told)
    with evaluating(job):
        made = workshop.runtime().write(job.body, inputs, folder / "evaluated")
    query = matching_query("made", [c.name for c in columns], affected)
    files = engine.write(query, {"made": as_input(made, columns), KEYS: asked}, folder / "made")
    return Made(columns, files, keys)


def _check_types(job: TransformJob, readings: Sequence[Reading]) -> None:
    """Values that are equal are one key only where they are of one type."""
    for key in job.transform.affected_by:
        types = {c.type for reading in readings for c in reading.content.snapshot.columns if c.name == key}
        if len(types) > 1:
            raise not_incremental(job, f"{key} is not of one type in all the inputs")
