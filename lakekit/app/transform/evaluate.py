"""Evaluation: a transform's rows as Parquet files of this host, made by the runtime from pinned inputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from lakekit.app.transform.deciding import Task, not_incremental
from lakekit.app.transform.inputs import Reading
from lakekit.app.transform.job import TransformJob, Workshop, evaluating
from lakekit.domain.build import Scope
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input, Written
from lakekit.sql.merging import CAME, KEYS, WENT, Moved, matching_query, moved_keys_query


@frozen
class Made:
    """What a transform made: its columns, its rows, and of a build by keys the files of the keys in question."""

    columns: tuple[TableColumn, ...]
    files: tuple[Written, ...]
    keys: tuple[Written, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    @property
    def rows(self) -> Input:
        """The rows as an input."""
        return as_input(self.files, self.columns)


def as_input(files: Sequence[Written], columns: Sequence[TableColumn]) -> Input:
    """Files of this host, which may be none, as an input with these columns."""
    return Input(tuple(str(w.path) for w in files), columns=tuple(columns))


def columns_of(workshop: Workshop, job: TransformJob, task: Task) -> tuple[TableColumn, ...]:
    """The columns that the transform makes; nothing has run. What is wrong with it is told now."""
    inputs = {reading.name: reading.everything for reading in task.readings}
    with evaluating(job):
        return workshop.runtime().analyse(job.body, inputs)


def evaluate(workshop: Workshop, job: TransformJob, task: Task, columns: tuple[TableColumn, ...], folder: Path) -> Made:
    """Evaluate the body once, over everything, over the rows that are new, or over those whose keys are affected."""
    if task.decision.scope is Scope.KEYS:
        return _by_keys(workshop, job, task, columns, folder)
    new = task.decision.scope is Scope.NEW_ROWS
    incremental = job.transform.incremental if new else ()
    inputs = {r.name: r.added if r.name in incremental else r.everything for r in task.readings}
    with evaluating(job):
        return Made(columns, workshop.runtime().write(job.body, inputs, folder / "made"))


def _by_keys(workshop: Workshop, job: TransformJob, task: Task, columns: tuple[TableColumn, ...], folder: Path) -> Made:
    """Of the incremental inputs only the rows with an affected key are read; of what comes out, only such rows count:
    others may come of inputs that are read in full."""
    engine, affected = workshop.tools.engine, job.transform.affected_by
    incremental = [r for r in task.readings if r.name in job.transform.incremental]
    _check_types(job, incremental)
    keys = _keys(workshop, incremental, affected, folder)
    key_columns = [c for c in columns if c.name in affected]
    asked = as_input(keys, key_columns)
    inputs: dict[str, Input] = {r.name: r.everything for r in task.readings}
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


def _keys(workshop: Workshop, readings: Sequence[Reading], keys: Sequence[str], folder: Path) -> tuple[Written, ...]:
    """The keys of rows that came or went. A row that was only written anew, with others of its file, did neither."""
    inputs: dict[str, Input] = {}
    told = []
    for number, reading in enumerate(readings):
        sides = {f"{CAME}{number}": reading.added, f"{WENT}{number}": reading.removed}
        inputs |= {name: rows for name, rows in sides.items() if rows.files}
        came, went = (name if name in inputs else "" for name in sides)
        told.append(Moved(came, went, _comparable(reading)))
    return workshop.tools.engine.write(moved_keys_query(told, keys), inputs, folder / "keys")


def _comparable(reading: Reading) -> tuple[str, ...]:
    """The columns, where rows that compare as equal are the same on every engine: maps do not compare, and 0.0 is equal
    to -0.0."""
    columns = reading.content.snapshot.columns
    if any(kind in column.type for column in columns for kind in ("map<", "float", "double")):
        return ()
    return tuple(column.name for column in columns)
