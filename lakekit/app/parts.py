"""The partitions of a table: by which columns a batch is split, and what each of its files holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import ColumnStats, Seal
from lakekit.domain.bounds import Values, combination
from lakekit.domain.errors import GateError
from lakekit.domain.names import Dataset
from lakekit.domain.schema import TableColumn, bronze_columns
from lakekit.domain.values import Value, format_value
from lakekit.ports.engine import Engine, Input, Written
from lakekit.ports.table_store import Snapshot
from lakekit.sql.partitions import parts_query, split_query

_TABLE = "accepted"
_LONGEST = 180


def partitions(tools: Tools, job: Job) -> tuple[str, ...]:
    """The columns by which the table is partitioned; where there is none yet, those that the settings name."""
    snapshot = tools.tables.snapshot(job.dataset.table)
    return snapshot.definition.partitions if snapshot else job.options.partition_by or ()


def parts(
    engine: Engine, dataset: Dataset, columns: Sequence[str], written: Sequence[Written], by: Sequence[str]
) -> Mapping[Path, dict[str, str | None]]:
    """The values of the columns `by`, some of `columns`, which the files have, in each file: one of each. Raises
    GateError for a text that is empty, or too long to name a folder."""
    return _told(dataset, by, written, _held(engine, columns, written, by)) if by and written else {}


def split(
    engine: Engine, dataset: Dataset, columns: Sequence[TableColumn], written: tuple[Written, ...], by: Sequence[str],
    folder: Path,
) -> tuple[tuple[Written, ...], Mapping[Path, dict[str, str | None]]]:  # fmt: skip
    """Files that hold one combination of values in the columns `by` each, with what they hold, as `parts` tells it:
    those of which that is true already, and the rows of the others in new ones, in `folder`."""
    if not by or not written:
        return written, {}
    names = [c.name for c in columns]
    held = _held(engine, names, written, by)
    mixed = [w for w in written if w.path not in held]
    if mixed:
        rows = {_TABLE: Input(tuple(str(w.path) for w in mixed), columns=tuple(columns))}
        fresh = engine.write(split_query(_TABLE, columns, by), rows, folder)
        held |= _held(engine, names, fresh, by)
        written = (*(w for w in written if w.path in held), *fresh)
    return written, _told(dataset, by, written, held)


def _held(engine: Engine, columns: Sequence[str], written: Sequence[Written], by: Sequence[str]) -> dict[Path, Values]:
    """The combination of values that each file has, without files that have several: by bounds, else by the rows."""
    bounds = {w.path: combination([w.stats.get(name, ColumnStats()) for name in by], w.rows) for w in written}
    told = {path: values for path, values in bounds.items() if isinstance(values, tuple)}
    unsure = [w for w in written if bounds[w.path] is None]
    return told | _read(engine, columns, unsure, by) if unsure else told


def _read(engine: Engine, columns: Sequence[str], files: Sequence[Written], by: Sequence[str]) -> dict[Path, Values]:
    numbers = {name: f"c{i}" for i, name in enumerate(columns)}
    table = {_TABLE: Input(tuple(str(w.path) for w in files), positions=True)}
    found: dict[Path, list[Values]] = {}
    for file, *values in engine.rows(parts_query([numbers[name] for name in by], _TABLE), table):
        found.setdefault(Path(str(file)), []).append(tuple(map(_text, values)))
    return {path: values[0] for path, values in found.items() if len(values) == 1}


def _told(
    dataset: Dataset, by: Sequence[str], written: Sequence[Written], held: Mapping[Path, Values]
) -> Mapping[Path, dict[str, str | None]]:
    told = {w.path: dict(zip(by, held[w.path], strict=True)) for w in written}
    texts = [text for values in told.values() for text in values.values()]
    if "" in texts:
        raise _empty(dataset)
    if any(len(quote(text, safe="")) > _LONGEST for text in texts if text):
        raise _long(dataset)
    return told


def _empty(dataset: Dataset) -> GateError:
    return GateError(
        "gate.empty_partition",
        "rows have the empty text in a column by which the table is partitioned",
        where=str(dataset),
        why="readers of Delta take it for no value there",
        next='let the column\'s `null_markers` have "", which makes it no value',
    )


def _long(dataset: Dataset) -> GateError:
    return GateError(
        "gate.long_partition",
        "rows have a long text in a column by which the table is partitioned",
        where=str(dataset),
        why=f"it would name a folder, and takes more than {_LONGEST} bytes there",
        next="give the column a `pattern` or `allowed` values, or load into a dataset that is partitioned otherwise",
    )


def resplit(tools: Tools, job: Job, seal: Seal) -> tuple[str, ...]:
    """The sealed files, where the table is partitioned by other columns than they are: it was made anew since."""
    snapshot = tools.tables.snapshot(job.dataset.table)
    if snapshot is None or snapshot.definition.partitions == seal.partitions:
        return ()
    return tuple(f"{job.dataset.table}/{file.path}" for file in seal.bronze)


def published(
    tools: Tools,
    job: Job,
    snapshot: Snapshot,
    column: str | None = None,
    low: str | None = None,
    *,
    nulls: bool = False,
) -> Input | None:
    """The rows of bronze at a version, at least those with a value of `column` from `low` and, with `nulls`, those
    without one; None when it has no file."""
    table = job.dataset.table
    files = tools.tables.files(table, snapshot.version, column, low, nulls=nulls)
    if not files:
        return None
    split = tools.tables.content(table, snapshot.version).files if snapshot.definition.partitions else ()
    told = {file.address: file.partition for file in split}
    return Input(files, columns=bronze_columns(job.contract), partitions=told)


def _text(value: object) -> str | None:
    known: Value | None = value  # type: ignore[assignment]  # of a column by which a table may be partitioned
    return None if known is None else format_value(known)
