"""The Engine port over Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.plugin.once import once
from lakekit.ports.engine import Input, Written
from lakekit_spark.dialect import sql
from lakekit_spark.fence import fenced
from lakekit_spark.inputs import physical_columns, views
from lakekit_spark.lake import Lake
from lakekit_spark.options import Options
from lakekit_spark.place import Place
from lakekit_spark.results import collected
from lakekit_spark.session import Spark, open_spark
from lakekit_spark.watch import watched
from lakekit_spark.writing import WRITER, tasks
from lakekit_spark.written import LANE, collect_files


class SparkEngine:
    """One session, opened at the first query."""

    def __init__(self, options: Options, lake: Lake | None = None) -> None:
        """`lake` is None for one in a folder, which the driver and all executors see under the same path."""
        self._options = options
        self._lake = lake or Lake()

    def columns(self, file: str) -> tuple[TableColumn, ...]:
        with fenced("reading a file's columns"):
            return tuple(TableColumn(c.name, c.type) for c in physical_columns(file, self._lake.files))

    def write(self, query: exp.Query, inputs: Mapping[str, Input], folder: Path) -> tuple[Written, ...]:
        with fenced("writing rows", self._lake.explain):
            lanes = [LANE] if LANE in query.named_selects else []
            # Made here: that it is new is then certain, and Spark has only to add to it.
            folder.mkdir(parents=True)
            session, place = self._spark.session, self._place
            with watched(session, self._spark.patience), views(session, inputs, place) as named:
                rows = session.sql(sql(query, named)).coalesce(tasks(inputs, place.files))
                writer = rows.write.mode("append").options(**WRITER)
                writer.partitionBy(*lanes).parquet(place.target(folder))
            place.fetch(folder)
            return collect_files(folder)

    def rows(self, query: exp.Query, inputs: Mapping[str, Input]) -> Sequence[tuple[object, ...]]:
        with fenced("answering a query", self._lake.explain):
            session = self._spark.session
            with watched(session, self._spark.patience), views(session, inputs, self._place) as named:
                return collected(session.sql(sql(query, named)))

    def close(self) -> None:
        if "_spark" in self.__dict__:
            self._spark.close()
            del self._spark
        if "_place" in self.__dict__:
            self._place.close()
            del self._place

    @once
    def _spark(self) -> Spark:
        return open_spark(self._options, self._lake.settings())

    @once
    def _place(self) -> Place:
        return self._lake.place(local=self._spark.local)
