"""What DuckDB is asked: rows of one open file, as query trees. Names that the file chose are always quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import BinaryIO

from sqlglot import exp

from lakekit.sql.tree import column, name, named, text
from lakekit_files.dialect import MAX_RECORD, Dialect
from lakekit_files.header import POSITION
from lakekit_files.window import Window

_DDL = {
    "BOOLEAN": "boolean",
    "TINYINT": "byte",
    "SMALLINT": "short",
    "INTEGER": "int",
    "BIGINT": "long",
    "FLOAT": "float",
    "DOUBLE": "double",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "VARCHAR": "string",
}


def csv_reader(file: BinaryIO, columns: int, dialect: Dialect, *, header: bool, parallel: bool) -> exp.Table:
    """The records, after the header if there is one, as texts `c0`, `c1`, …; empty fields are empty texts, never
    NULL."""
    names = [f"c{i}" for i in range(columns)]
    types = [exp.PropertyEQ(this=name(n), expression=text("VARCHAR")) for n in names]
    return _reader(
        "read_csv",
        file,
        auto_detect=exp.false(),
        header=exp.Boolean(this=header),
        columns=exp.Struct(expressions=types),
        force_not_null=exp.Array(expressions=[text(n) for n in names]),
        delim=text(dialect.delimiter),
        quote=text(dialect.quote),
        escape=text(dialect.escape),
        strict_mode=exp.true(),
        null_padding=exp.false(),
        # A few more than we allow: it counts line ends in, some of the time.
        max_line_size=exp.Literal.number(MAX_RECORD + 64),
        parallel=exp.Boolean(this=parallel),
        compression=text("none"),
        hive_partitioning=exp.false(),
    )


def json_reader(file: BinaryIO, columns: int, longest: int) -> exp.Table:
    """The lines as texts `c0`, `c1`, …; NULL where a line has `null` or lacks the name."""
    types = [exp.PropertyEQ(this=name(f"c{i}"), expression=text("VARCHAR")) for i in range(columns)]
    return _reader(
        "read_json",
        file,
        format=text("newline_delimited"),
        columns=exp.Struct(expressions=types),
        compression=text("uncompressed"),
        maximum_object_size=exp.Literal.number(longest + 64),
        hive_partitioning=exp.false(),
    )


def text_rows(reader: exp.Table, names: Sequence[str], window: Window | None) -> exp.Select:
    """All rows under the file's column names, or those of the window with their position from 1."""
    columns = [named(column(f"c{i}"), n) for i, n in enumerate(names)]
    if window is None:
        return exp.select(*columns).from_(reader)
    position = named(exp.Window(this=exp.RowNumber()), POSITION)
    every = exp.select(*columns, position).from_(reader)
    return exp.select("*").from_(every.subquery("rows")).where(window.condition("string"))


def parquet_reader(file: BinaryIO) -> exp.Table:
    """All rows of the file."""
    return _reader("read_parquet", file, hive_partitioning=exp.false())


def parquet_rows(file: BinaryIO, types: Mapping[str, str], window: Window) -> exp.Select:
    """The rows of the window with their position from 1. `types` are the file's columns and their DuckDB types."""
    reader = _reader("read_parquet", file, hive_partitioning=exp.false(), file_row_number=exp.true())
    place = exp.Add(this=column("file_row_number"), expression=exp.Literal.number(1))
    condition = window.condition(ddl(types[window.cursor.name]))
    return exp.select(*map(column, types), named(place, POSITION)).from_(reader).where(condition)


def parquet_file(file: BinaryIO) -> exp.Select:
    """The number of rows that the footer tells."""
    return exp.select(column("num_rows")).from_(_reader("parquet_file_metadata", file))


def parquet_groups(file: BinaryIO) -> exp.Select:
    """The number of each row group, and of the rows in it."""
    columns = map(column, ("row_group_id", "row_group_num_rows"))
    return exp.select(*columns).distinct().from_(_reader("parquet_metadata", file))


def parquet_nodes(file: BinaryIO) -> exp.Select:
    """The names in the file's schema, nested ones among them."""
    return exp.select(column("name")).from_(_reader("parquet_schema", file))


def whole(reader: exp.Table) -> exp.Select:
    """All columns and rows."""
    return exp.select("*").from_(reader)


def ddl(type_: str) -> str | None:
    """A DuckDB type as Spark DDL; None for one that a contract cannot name."""
    return type_.lower() if type_.startswith("DECIMAL(") else _DDL.get(type_)


def _reader(function: str, file: BinaryIO, **options: exp.Expression) -> exp.Table:
    # By its number the very file is read whose mark was compared, whatever its name has in it (quotes, *, =).
    path = text(f"/dev/fd/{file.fileno()}")
    arguments = [exp.EQ(this=name(key), expression=value) for key, value in options.items()]
    read = exp.Anonymous(this=function, expressions=[path, *arguments])
    return exp.Table(this=read, alias=exp.TableAlias(this=name("file")))
