"""A query's inputs as views over Parquet files."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING

from lakekit.domain.errors import EngineError
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit_spark.footer import read_footer
from lakekit_spark.mends import mended
from lakekit_spark.types import Column, column

if TYPE_CHECKING:
    from pyspark.sql import Column as Value
    from pyspark.sql import DataFrame, SparkSession

Address = Callable[[str], str]
Read = Callable[[Sequence[str], Sequence[Column]], "DataFrame"]

_NUMBER = itertools.count()


def physical_columns(file: str) -> tuple[Column, ...]:
    """The columns of a Parquet file, in order."""
    return tuple(column(node) for node in read_footer(file).columns)


@contextmanager
def views(
    session: SparkSession, inputs: Mapping[str, Input], address: Address | None = None
) -> Iterator[dict[str, str]]:
    """Each input as a view with a name that no other call has: what the query calls a table may be any text."""
    made: dict[str, str] = {}
    try:
        for name, input_ in inputs.items():
            view = f"lakekit_{next(_NUMBER)}"
            frame(session, input_, address).createTempView(view)
            made[name] = view
        yield made
    finally:
        for view in made.values():
            session.catalog.dropTempView(view)


def frame(session: SparkSession, input_: Input, address: Address | None = None) -> DataFrame:
    """An input's rows. `address` says how a file's path is written where Spark's own patterns are not known."""
    read = partial(_read, session, address=address or literal_path)
    if input_.positions:
        return _numbered(read, input_.files)
    if input_.columns is not None:
        return _conformed(read, input_, input_.columns)
    columns = physical_columns(input_.files[0])
    return _select(read(input_.files, columns), columns, [c.name for c in columns])


def _numbered(read: Read, files: Sequence[str]) -> DataFrame:
    """Columns by number, of the types that `physical_columns` tells, with the file and the place of each row."""
    columns = physical_columns(files[0])
    rows = read(files, columns)
    about = rows.metadataColumn("_metadata")
    positions = [
        _file(about.getField("file_path"), files).alias("_file"),
        about.getField("row_index").alias("_place"),
    ]
    return _select(rows, columns, [f"c{i}" for i, _ in enumerate(columns)], positions)


def _conformed(read: Read, input_: Input, wanted: Sequence[TableColumn]) -> DataFrame:
    """The columns, of the partition's value or else NULL in the rows of a file that lacks one. Files that have the same
    of them are read together."""
    parts = []
    for values, files in input_.by_partition().items():
        names = {c.name.lower() for c in wanted} - {name.lower() for name, _ in values}
        shapes: dict[tuple[Column, ...], list[str]] = {}
        for file in files:
            there = tuple(c for c in physical_columns(file) if c.name.lower() in names)
            shapes.setdefault(there, []).append(file)
        parts += [_conform(read(some, columns), columns, wanted, dict(values)) for columns, some in shapes.items()]
    return reduce(lambda a, b: a.unionAll(b), parts)


def _conform(
    rows: DataFrame, there: Sequence[Column], wanted: Sequence[TableColumn], values: Mapping[str, str | None]
) -> DataFrame:
    from pyspark.sql import functions as f

    found = {c.name.lower(): mended(f.col(f"c{i}"), c.mend) for i, c in enumerate(there)}
    told = [found.get(c.name.lower(), f.lit(values.get(c.name))).cast(c.type).alias(c.name) for c in wanted]
    return rows.select(*told)


def _read(session: SparkSession, files: Sequence[str], columns: Sequence[Column], address: Address) -> DataFrame:
    """The columns called by number. They are asked for by their own names first, which Spark could not tell apart in a
    query where they are empty or hold a backtick."""
    from pyspark.sql.types import StructType

    fields = [{"name": c.name, "type": c.read, "nullable": True, "metadata": {}} for c in columns]
    schema = StructType.fromJson({"type": "struct", "fields": fields})
    rows = session.read.schema(schema).parquet(*map(address, files))
    return rows.toDF(*[f"c{i}" for i, _ in enumerate(columns)])


def _select(rows: DataFrame, columns: Sequence[Column], names: Sequence[str], more: Sequence[Value] = ()) -> DataFrame:
    from pyspark.sql import functions as f

    told = [mended(f.col(f"c{i}"), c.mend).alias(name) for i, (c, name) in enumerate(zip(columns, names, strict=True))]
    return rows.select(*told, *more)


def literal_path(path: str) -> str:
    """The path as a pattern that matches nothing else. Spark would leave out, without a word, what it takes for
    hidden."""
    name = Path(path).name
    if name.startswith(("_", ".")):
        raise EngineError("engine.failed", "Spark does not read files whose names begin with _ or .", where=path)
    absolute = path if "://" in path else os.path.abspath(path)  # noqa: PTH100  # `..` is taken away as text
    return "".join(f"\\{c}" if c in "\\[]*?{}," else c for c in absolute)


def _file(uri: Value, files: Sequence[str]) -> Value:
    """The file as written in `files`, of the address that Spark tells."""
    from pyspark.sql import functions as f

    decoded = f.url_decode(f.replace(uri, f.lit("+"), f.lit("%2B")))
    path = f.regexp_replace(decoded, "^file:/+", "/")
    for file in files:
        if "://" not in file and (absolute := os.path.abspath(file)) != file:  # noqa: PTH100
            path = f.when(path == absolute, file).otherwise(path)
    return path
