"""A lake for one case, and what happens in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from attrs import evolve, frozen

from lakekit.app.cases.typed import Prepared, Texts
from lakekit.app.table_files import rows_of
from lakekit.app.tools import Run, Tools
from lakekit.app.transform.build import build
from lakekit.app.transform.job import TransformJob, Wanted, Workshop
from lakekit.domain.batch import StagedFile
from lakekit.domain.names import parse_dataset
from lakekit.domain.report import BuildReport
from lakekit.domain.schema import TableColumn
from lakekit.ports.clock import Clock
from lakekit.ports.engine import Input
from lakekit.ports.runtime import Body
from lakekit.ports.table_store import Commit
from lakekit.sql.query.ordering import MOST, in_order
from lakekit.sql.sample import ROWS, in_order_query, made_query, told_query

_APP = "lakekit/case"


@frozen
class Bench:
    """An empty lake, by its ports, and a private folder for files that are made on the way."""

    workshop: Workshop
    folder: Path

    @property
    def tools(self) -> Tools:
        """The ports."""
        return self.workshop.tools


@frozen
class _Still(Clock):
    moment: datetime

    def now(self) -> datetime:
        return self.moment


def at_moment(bench: Bench, now: datetime | None) -> Bench:
    """The bench at the moment `now`, where one is given: a snapshot without a sequence is of the moment of reading."""
    if now is None:
        return bench
    return evolve(bench, workshop=evolve(bench.workshop, tools=evolve(bench.tools, clock=_Still(now))))


def deliver(bench: Bench, prepared: Prepared, number: int) -> None:
    """Put the rows of delivery `number`, from 0, into the tables of the inputs, which the first one makes."""
    for position, (name, columns) in enumerate(prepared.columns.items()):
        table = parse_dataset(name).table
        if number == 0:
            bench.tools.tables.ensure(table, columns)
        rows = prepared.deliveries[number].get(name, ())
        if rows:
            _append(bench, name, columns, rows, number, bench.folder / f"given-{number}-{position}")


def _append(
    bench: Bench, name: str, columns: tuple[TableColumn, ...], rows: Sequence[Texts], number: int, folder: Path
) -> None:
    tables, table = bench.tools.tables, parse_dataset(name).table
    written = bench.tools.engine.write(made_query(columns, rows), {}, folder)
    snapshot = tables.snapshot(table)
    if snapshot is None:
        return
    paths = tables.stage(table, f"given-{number}", [w.path for w in written])
    files = tuple(StagedFile(path, w.size, w.rows) for path, w in zip(paths, written, strict=True))
    tables.commit(table, snapshot, Commit(files, False, _APP, number + 1, ""))


def build_once(bench: Bench, steps: Sequence[TransformJob]) -> BuildReport:
    """One build of each, as a run would do it: of the last, or of the first that fails."""
    ids = bench.tools.ids
    run = Run(ids.new(), ids.new())
    *before, last = steps
    for job in before:
        report = build(bench.workshop, job, run, Wanted())
        if not report.ending.well:
            return report
    return build(bench.workshop, last, run, Wanted())


def made(bench: Bench, job: TransformJob) -> tuple[tuple[TableColumn, ...], list[Texts]]:
    """The columns of the transform's table, and its rows as texts."""
    tables, table = bench.tools.tables, job.transform.dataset.table
    snapshot = tables.snapshot(table)
    if snapshot is None:
        return (), []
    content = tables.content(table, snapshot.version)
    rows = rows_of(content.files, snapshot.columns)
    return snapshot.columns, _texts(bench.tools.engine.rows(told_query(snapshot.columns), {ROWS: rows}))


def made_in_order(bench: Bench, prepared: Prepared, columns: Sequence[TableColumn]) -> list[Texts]:
    """The rows in the order in which the query gives them, which no table keeps: evaluated once more."""
    tools, inputs = bench.tools, {}
    for name, told in prepared.columns.items():
        table = parse_dataset(name).table
        snapshot = tools.tables.snapshot(table)
        inputs[name] = Input(tools.tables.files(table, snapshot.version) if snapshot else (), columns=told)
    body = prepared.job.body
    sorting: Body = in_order(body) if isinstance(body, str) else lambda frames: body(frames).limit(MOST)
    written = bench.workshop.runtime().write(sorting, inputs, bench.folder / "ordered")
    if not written:
        return []
    files = tuple(str(w.path) for w in written)
    query = in_order_query(tools.engine.columns(files[0]), files)
    order = [c.name for c in tools.engine.columns(files[0])]
    found = _texts(tools.engine.rows(query, {ROWS: Input(files, positions=True)}))
    at = [order.index(column.name) for column in columns]
    return [tuple(row[i] for i in at) for row in found]


def _texts(rows: Sequence[tuple[object, ...]]) -> list[Texts]:
    return [tuple(None if cell is None else str(cell) for cell in row) for row in rows]
