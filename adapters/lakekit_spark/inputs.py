"""A query's inputs as views over Parquet files."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial, reduce
from typing import TYPE_CHECKING

from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit_spark.files import AT_ONCE, Files
from lakekit_spark.footer import read_footer
from lakekit_spark.mends import mended
from lakekit_spark.place import Place, s3a
from lakekit_spark.types import Column, column

if TYPE_CHECKING:
    from pyspark.sql import Column as Value
    from pyspark.sql import DataFrame, SparkSession

Read = Callable[[Sequence[str], Sequence[Column]], "DataFrame"]

_NUMBER = itertools.count()


def physical_columns(file: str, files: Files) -> tuple[Column, ...]:
    """The columns of a Parquet file, in order."""
    return tuple(column(node) for node in read_footer(file, files).columns)


def columns_of(input_: Input, files: Files) -> dict[str, str]:
    """The names and types of what `frame` makes of an input that has no positions."""
    told = physical_columns(input_.files[0], files) if input_.columns is None else input_.columns
    return {c.name: c.type for c in told}


@contextmanager
def views(session: SparkSession, inputs: Mapping[str, Input], place: Place) -> Iterator[dict[str, str]]:
    """Each input as a view with a name that no other call has: what the query calls a table may be any text."""
    made: dict[str, str] = {}
    try:
        for name, input_ in inputs.items():
            view = f"lakekit_{next(_NUMBER)}"
            frame(session, input_, place).createTempView(view)
            made[name] = view
        yield made
    finally:
        for view in made.values():
            session.catalog.dropTempView(view)


def frame(session: SparkSession, input_: Input, place: Place) -> DataFrame:
    """An input's rows, from where `place` says that Spark finds its files."""
    read = partial(_read, session, place)
    if input_.columns is not None:
        return _conformed(read, input_, input_.columns, place) if input_.files else _nothing(session, input_)
    if input_.positions:
        return _numbered(read, input_.files, place)
    columns = physical_columns(input_.files[0], place.files)
    return _select(read(input_.files, columns), columns, [c.name for c in columns])


def _numbered(read: Read, files: Sequence[str], place: Place) -> DataFrame:
    """Columns by number, of the types that `physical_columns` tells, with the file and the place of each row."""
    columns = physical_columns(files[0], place.files)
    rows = read(files, columns)
    return _select(rows, columns, [f"c{i}" for i, _ in enumerate(columns)], _positions(rows, files, place))


def _positions(rows: DataFrame, files: Sequence[str], place: Place) -> list[Value]:
    about = rows.metadataColumn("_metadata")
    return [
        _file(about.getField("file_path"), {place.seen(f): f for f in files}).alias("_file"),
        about.getField("row_index").alias("_place"),
    ]


def _conformed(read: Read, input_: Input, wanted: Sequence[TableColumn], place: Place) -> DataFrame:
    """The columns, of the partition's value or else NULL in the rows of a file that lacks one. Files that have the same
    of them are read together."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = pool.map(lambda f: physical_columns(f, place.files), input_.files)
        physical = dict(zip(input_.files, told, strict=True))
    parts = []
    for values, files in input_.by_partition().items():
        names = {c.name.lower() for c in wanted} - {name.lower() for name, _ in values}
        shapes: dict[tuple[Column, ...], list[str]] = {}
        for file in files:
            shapes.setdefault(tuple(c for c in physical[file] if c.name.lower() in names), []).append(file)
        for columns, some in shapes.items():
            rows = read(some, columns)
            positions = _positions(rows, some, place)[:1] if input_.positions else []
            parts.append(_conform(rows, columns, wanted, dict(values), positions))
    return reduce(lambda a, b: a.unionAll(b), parts)


def _nothing(session: SparkSession, input_: Input) -> DataFrame:
    from pyspark.sql import functions as f

    columns = [*(input_.columns or ()), *([TableColumn("_file", "string")] if input_.positions else [])]
    return session.range(0).select(*(f.lit(None).cast(c.type).alias(c.name) for c in columns))


def _conform(
    rows: DataFrame,
    there: Sequence[Column],
    wanted: Sequence[TableColumn],
    values: Mapping[str, str | None],
    positions: Sequence[Value],
) -> DataFrame:
    from pyspark.sql import functions as f

    found = {c.name.lower(): mended(f.col(f"c{i}"), c.mend) for i, c in enumerate(there)}
    told = [found.get(c.name.lower(), f.lit(values.get(c.name))).cast(c.type).alias(c.name) for c in wanted]
    return rows.select(*told, *positions)


def _read(session: SparkSession, place: Place, files: Sequence[str], columns: Sequence[Column]) -> DataFrame:
    """The columns called by number. They are asked for by their own names first, which Spark could not tell apart in a
    query where they are empty or hold a backtick."""
    from pyspark.sql.types import StructType

    fields = [{"name": c.name, "type": c.read, "nullable": True, "metadata": {}} for c in columns]
    schema = StructType.fromJson({"type": "struct", "fields": fields})
    rows = session.read.schema(schema).parquet(*map(place.address, files))
    return rows.toDF(*[f"c{i}" for i, _ in enumerate(columns)])


def _select(rows: DataFrame, columns: Sequence[Column], names: Sequence[str], more: Sequence[Value] = ()) -> DataFrame:
    from pyspark.sql import functions as f

    told = [mended(f.col(f"c{i}"), c.mend).alias(name) for i, (c, name) in enumerate(zip(columns, names, strict=True))]
    return rows.select(*told, *more)


def _file(uri: Value, seen: Mapping[str, str]) -> Value:
    """The file as the input has it, of the address that Spark tells. `seen` are the files, by where Spark sees them."""
    from pyspark.sql import functions as f

    decoded = f.url_decode(f.replace(uri, f.lit("+"), f.lit("%2B")))
    path = f.regexp_replace(decoded, "^file:/+", "/")
    renamed = {s3a(address): file for address, file in seen.items() if s3a(address) != file}
    if not renamed:
        return path
    named = f.create_map(*(f.lit(text) for pair in renamed.items() for text in pair))
    return f.coalesce(f.try_element_at(named, path), path)
