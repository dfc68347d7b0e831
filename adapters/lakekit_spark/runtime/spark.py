"""Spark itself: on this machine, on a cluster, or behind Spark Connect."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lakekit.domain.errors import LakekitError
from lakekit.ports.engine import Written
from lakekit.ports.runtime import Capability
from lakekit_spark.lake import Lake
from lakekit_spark.options import Options
from lakekit_spark.pinned import FOR_BODIES
from lakekit_spark.place import Place
from lakekit_spark.runtime.mending.typed import Types
from lakekit_spark.runtime.query import Named
from lakekit_spark.session import Spark, open_spark
from lakekit_spark.written import collect_files

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


_FUNCTIONS = {
    # In 4.2.0 a function of Python that is fed by columns of Parquet waits for ever.
    "spark.sql.execution.arrow.pythonUDF.columnarInput.enabled": "false",
}


class SparkBackend:
    """A session beside that of the engine, on the same Spark."""

    name = "spark"

    def __init__(self, options: Options, lake: Lake) -> None:
        self._options = options
        self._lake = lake
        self._spark: Spark | None = None
        self._place: Place | None = None

    @property
    def capabilities(self) -> frozenset[Capability]:
        return frozenset(Capability) - ({Capability.RDD} if self._options.remote else set())

    def session(self) -> SparkSession:
        if self._spark is None:
            self._spark = open_spark(self._options, self._lake.settings())
            _silence()
            _run_functions_with_this_python(self._options, self._spark.session)
        for name, value in {**FOR_BODIES, **_FUNCTIONS}.items():
            self._spark.session.conf.set(name, value)
        return self._spark.session

    def place(self) -> Place:
        if self._place is None:
            self._place = self._lake.place(local=self._spark is not None and self._spark.local)
        return self._place

    def mended(self, query: Named, types: Callable[[], Types]) -> Named:  # noqa: ARG002  # of the port
        return query

    def mended_frame(self, frame: DataFrame) -> DataFrame:
        return frame

    def schema(self, frame: DataFrame) -> StructType:
        return frame.schema

    def files(self, folder: Path) -> tuple[Written, ...]:
        return collect_files(folder)

    def death(self, error: Exception) -> LakekitError | None:
        """Of the lake alone: the fence knows the rest."""
        return self._lake.explain(error)

    def close(self) -> None:
        if self._spark is not None:
            self._spark.close()
            self._spark = None
        if self._place is not None:
            self._place.close()
            self._place = None


def _run_functions_with_this_python(options: Options, session: SparkSession) -> None:
    """On this machine: else it would be whichever `python3` is first on PATH, which may lack what functions import."""
    local = not options.remote and session.sparkContext.master.startswith("local")
    if local and "PYSPARK_PYTHON" not in os.environ:
        session.sparkContext.pythonExec = sys.executable


def _silence() -> None:
    """pyspark writes the whole of what a DataFrame's plan raises to stderr."""
    from pyspark.logger import PySparkLogger

    PySparkLogger.getLogger("DataFrameQueryContextLogger").disabled = True
