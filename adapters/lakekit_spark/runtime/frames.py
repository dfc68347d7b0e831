"""The SparkRuntime port over DataFrames, on whichever Spark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input, Written
from lakekit.ports.runtime import Body, Capability
from lakekit.sql.query.parsed import Query, read_query
from lakekit_spark.inputs import frame, views
from lakekit_spark.runtime.backend import Backend
from lakekit_spark.runtime.failures import Place, planning, running
from lakekit_spark.runtime.function import Function
from lakekit_spark.runtime.query import named, place_of
from lakekit_spark.runtime.schema import table_columns
from lakekit_spark.writing import WRITER, tasks

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

T = TypeVar("T")
Work: TypeAlias = "Callable[[DataFrame, tuple[TableColumn, ...]], T]"


class FrameRuntime:
    """One session for all bodies, one body at a time, whichever threads ask: all of the machine works on it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._at_work = RLock()

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._backend.capabilities

    def analyse(self, body: Body, inputs: Mapping[str, Input]) -> tuple[TableColumn, ...]:
        return self._with(body, inputs, lambda _, columns: columns)

    def write(self, body: Body, inputs: Mapping[str, Input], folder: Path) -> tuple[Written, ...]:
        def work(rows: DataFrame, _: tuple[TableColumn, ...]) -> tuple[Written, ...]:
            with running(self._backend):
                # Made here: that it is new is then certain, and there is only to add to it.
                folder.mkdir(parents=True)
                place = self._backend.place()
                writer = rows.coalesce(tasks(inputs, place.files)).write.mode("append").options(**WRITER)
                writer.parquet(place.target(folder))
                place.fetch(folder)
                return self._backend.files(folder)

        return self._with(body, inputs, work)

    def close(self) -> None:
        self._backend.close()

    def _with(self, body: Body, inputs: Mapping[str, Input], work: Work[T]) -> T:
        """What `work` makes of the rows of `body`, which are not evaluated yet, and of their columns."""
        with self._at_work:
            if not isinstance(body, str):
                return self._called(Function(body), inputs, work)
            query = read_query(body)
            named(query, dict.fromkeys(inputs, ""))  # a table that is missing is told before anything is started
            return self._queried(query, inputs, work)

    def _queried(self, query: Query, inputs: Mapping[str, Input], work: Work[T]) -> T:
        found = partial(place_of, query)
        with planning(self._backend, Place(found, lambda _: "")):
            session = self._backend.session()
            with views(session, inputs, self._backend.place()) as made:
                told = self._backend.mended(named(query, made), made.values())
                with planning(self._backend, Place(found, told.place)):
                    planned = self._planned(session.sql(told.text))
                return work(*planned)

    def _called(self, function: Function, inputs: Mapping[str, Input], work: Work[T]) -> T:
        with planning(self._backend, Place(lambda _: "", function.line)):
            session = self._backend.session()
            place = self._backend.place()
            given = {name: frame(session, input_, place) for name, input_ in inputs.items()}
            planned = self._planned(self._backend.mended_frame(function.planned(given)))
        return work(*planned)

    def _planned(self, rows: DataFrame) -> tuple[DataFrame, tuple[TableColumn, ...]]:
        return rows, table_columns(self._backend.schema(rows))
