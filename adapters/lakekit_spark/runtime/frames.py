"""The SparkRuntime port over DataFrames, on whichever Spark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from lakekit.domain.lineage import Flow
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input, Written
from lakekit.ports.runtime import Body, Capability
from lakekit.sql.query.parsed import Query, read_query
from lakekit_spark.inputs import columns_of, frame, views
from lakekit_spark.runtime.backend import Backend
from lakekit_spark.runtime.failures import Place, planning, running
from lakekit_spark.runtime.function import Function
from lakekit_spark.runtime.mending.typed import Types
from lakekit_spark.runtime.planned import Planned, Shelf
from lakekit_spark.runtime.query import named, place_of
from lakekit_spark.runtime.schema import table_columns
from lakekit_spark.runtime.tracing.traced import Given, flows, marked
from lakekit_spark.writing import WRITER, tasks

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_NOWHERE = Place(lambda _: "", lambda _: "")


class FrameRuntime:
    """One session for all bodies, one body at a time, whichever threads ask: all of the machine works on it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._shelf = Shelf()
        self._at_work = RLock()

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._backend.capabilities

    def analyse(self, body: Body, inputs: Mapping[str, Input]) -> tuple[TableColumn, ...]:
        with self._at_work:
            return self._kept(body, inputs).columns

    def lineage(self, function: Callable[[Mapping[str, Any]], Any], inputs: Mapping[str, Input]) -> Mapping[str, Flow]:
        with self._at_work:
            planned = self._kept(function, inputs)
            with planning(self._backend, _NOWHERE):
                return planned.flows()

    def write(self, body: Body, inputs: Mapping[str, Input], folder: Path) -> tuple[Written, ...]:
        with self._at_work:
            planned = self._plan(body, inputs)
            with running(self._backend):
                try:
                    return self._written(planned.rows, inputs, folder)
                finally:
                    planned.forget()

    def close(self) -> None:
        self._shelf = Shelf()
        self._backend.close()

    def _written(self, rows: DataFrame, inputs: Mapping[str, Input], folder: Path) -> tuple[Written, ...]:
        # Made here: that it is new is then certain, and there is only to add to it.
        folder.mkdir(parents=True)
        place = self._backend.place()
        writer = rows.coalesce(tasks(inputs, place.files)).write.mode("append").options(**WRITER)
        writer.parquet(place.target(folder))
        place.confirm(file for input_ in inputs.values() for file in input_.files)
        place.fetch(folder)
        return self._backend.files(folder)

    def _kept(self, body: Body, inputs: Mapping[str, Input]) -> Planned:
        """The body, planned, for who asks next."""
        planned = self._plan(body, inputs)
        with planning(self._backend, _NOWHERE):
            self._shelf.put(body, inputs, planned)
        return planned

    def _plan(self, body: Body, inputs: Mapping[str, Input]) -> Planned:
        told = read_query(body) if isinstance(body, str) else Function(body)
        if isinstance(told, Query):
            named(told, dict.fromkeys(inputs, ""))  # a table that is missing is told before anything is started
        with planning(self._backend, _NOWHERE):
            session = self._backend.session()
        if known := self._shelf.take(session, body, inputs):
            return known
        if isinstance(told, Query):
            return self._queried(session, told, inputs)
        return self._called(session, told, inputs)

    def _queried(self, session: SparkSession, query: Query, inputs: Mapping[str, Input]) -> Planned:
        found, place = partial(place_of, query), self._backend.place()

        def types() -> Types:
            return {view: columns_of(inputs[name], place.files) for name, view in made.items()}

        with planning(self._backend, Place(found, lambda _: "")), ExitStack() as views_:
            made = views_.enter_context(views(session, inputs, place))
            told = self._backend.mended(named(query, made), types)
            with planning(self._backend, Place(found, told.place)):
                rows = session.sql(told.text)
                columns = self._columns(rows)
            return Planned(session, rows, columns, views_.pop_all().close)

    def _called(self, session: SparkSession, function: Function, inputs: Mapping[str, Input]) -> Planned:
        with planning(self._backend, Place(lambda _: "", function.line)):
            place = self._backend.place()
            given = [
                Given(name, marked(frame(session, input_, place), number), columns_of(input_, place.files))
                for number, (name, input_) in enumerate(inputs.items())
            ]
            told = function.planned({each.dataset: each.frame for each in given})
            rows = self._backend.mended_frame(told)
            columns = self._columns(rows)
            names = [column.name for column in columns]
            return Planned(session, rows, columns, flows=partial(flows, told, given, names))

    def _columns(self, rows: DataFrame) -> tuple[TableColumn, ...]:
        return table_columns(self._backend.schema(rows))
