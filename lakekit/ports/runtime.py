"""What runs the Spark SQL and the PySpark functions that users write."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from lakekit.domain.lineage import Flow
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input, Written

Function = Callable[[Mapping[str, Any]], Any]
"""Given the inputs as DataFrames, by name, it returns one. It may be called more than once: it plans, and reads no
rows."""
Body = str | Function
"""One query of Spark SQL, whose tables are inputs by their names (`bronze.orders`); or a function of PySpark."""


class Capability(enum.Enum):
    """What a body may use on one runtime and not on another."""

    INPUT_FILE_NAME = "input_file_name"
    OBSERVE = "observe"
    CORRUPT_RECORDS = "corrupt_records"
    """What `from_json` and `from_csv` make of a text that is neither: `mode`, and a column that keeps it."""
    RDD = "rdd"


class SparkRuntime(Protocol):
    """Runs bodies over pinned inputs: time is UTC, ANSI mode is on. It writes plain Parquet and no table.

    Raises UnsupportedCapability for what it lacks, before anything has run. Every other failure raises EngineError,
    `runtime.died` when the process that does the work is gone: the next call works again. No error quotes a row. Safe
    for threads.
    """

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What bodies may use here, known without starting anything."""
        ...

    def analyse(self, body: Body, inputs: Mapping[str, Input]) -> tuple[TableColumn, ...]:
        """The columns that `body` makes, types in Spark DDL; nothing has run.

        `where` of an error is `line:column` in a query, `file:line` in a function, as far as the place is known.
        """
        ...

    def lineage(self, function: Function, inputs: Mapping[str, Input]) -> Mapping[str, Flow]:
        """Of which columns of its inputs each column is made that `function` makes, as its plan tells; nothing has run.

        None of a column where the plan does not tell: of rows that come out of Python, or from elsewhere.
        """
        ...

    def write(self, body: Body, inputs: Mapping[str, Input], folder: Path) -> tuple[Written, ...]:
        """Evaluate `body` once and write its rows as Parquet files of lane "" into the new folder `folder`.

        The files are safe on the disk. Without rows there are none.
        """
        ...

    def close(self) -> None:
        """Free memory, processes and temporary files. What is called afterwards starts anew."""
        ...
