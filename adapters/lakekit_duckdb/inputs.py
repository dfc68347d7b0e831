"""A query's inputs as views over Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit.sql.tree import sql_type, union_all
from lakekit_duckdb.types import ddl, differs

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from duckdb.sqltypes import DuckDBPyType

# Plain columns of a file hide virtual ones of the same name; these two are asked for where no plain one has a name.
_FILE, _PLACE = "filename", "file_row_number"

_NUMBERS = frozenset({"byte", "short", "int", "long", "float", "double"})


def sql(tree: exp.Expr) -> str:
    """The text of a tree for DuckDB. It may change the tree: nothing reads one after it was told."""
    return tree.sql("duckdb", identify=True, comments=False, copy=False)


def literal_path(path: str) -> str:
    """The path as a pattern that matches nothing else."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)


def create_views(cursor: DuckDBPyConnection, inputs: Mapping[str, Input]) -> None:
    """Make each input a view of this connection."""
    for name, input_ in inputs.items():
        kind = exp.Properties(expressions=[exp.TemporaryProperty()])
        view = exp.Create(this=_table(name), kind="VIEW", expression=_select(cursor, input_), properties=kind)
        cursor.execute(sql(view))


def physical_columns(cursor: DuckDBPyConnection, file: str) -> tuple[TableColumn, ...]:
    """The columns of a Parquet file under their own names, which DuckDB changes where they are empty, or differ in
    case only."""
    names, types = _shape(cursor, file)
    return tuple(TableColumn(name, ddl(type_)) for name, type_ in zip(names, types, strict=True))


def _shape(cursor: DuckDBPyConnection, file: str) -> tuple[list[str], list[DuckDBPyType]]:
    nodes = cursor.execute("SELECT name, num_children FROM parquet_schema(?)", [literal_path(file)]).fetchall()
    names = list(_top_level(nodes))
    return names, cursor.sql(sql(exp.select("*").from_(_files([file], _numbers(names))))).types


def _top_level(nodes: Sequence[tuple[str, int | None]]) -> Iterator[str]:
    """The children of the first node, in a schema told depth first."""
    at = 1
    while at < len(nodes):
        yield nodes[at][0]
        open_ = 1
        while open_:
            open_ += (nodes[at][1] or 0) - 1
            at += 1


def _select(cursor: DuckDBPyConnection, input_: Input) -> exp.Query:
    if input_.columns is not None:
        return _conformed(cursor, input_, input_.columns)
    if input_.positions:
        return _numbered(cursor, input_.files)
    return exp.select("*").from_(_files(input_.files))


def _numbered(cursor: DuckDBPyConnection, files: Sequence[str]) -> exp.Select:
    """Columns by number, of the types that `physical_columns` tells, with the file and the place of each row."""
    types = _shape(cursor, files[0])[1]
    names = _numbers(types)
    columns = [_as(_plain(n, t), n) for n, t in zip(names, types, strict=True)]
    positions = [_as(exp.column(_FILE, quoted=True), "_file"), _as(exp.column(_PLACE, quoted=True), "_place")]
    return exp.select(*columns, *positions).from_(_files(files, names))


def _plain(name: str, type_: DuckDBPyType) -> exp.Expr:
    column = exp.column(name, quoted=True)
    return exp.cast(column, sql_type(ddl(type_))) if differs(type_) else column


def _numbers(columns: Sequence[object]) -> list[str]:
    return [f"c{i}" for i, _ in enumerate(columns)]


def _conformed(cursor: DuckDBPyConnection, input_: Input, columns: Sequence[TableColumn]) -> exp.Query:
    """The columns, of the partition's value or else NULL in the rows of a file that lacks one."""
    if not input_.files:
        typed = [*columns, *([TableColumn("_file", "string")] if input_.positions else [])]
        return exp.select(*[_as(_constant(None, c.type), c.name) for c in typed]).where(exp.false())
    parts = input_.by_partition().items()
    return union_all([_partition(cursor, fs, columns, dict(told), place=input_.positions) for told, fs in parts])


def _partition(
    cursor: DuckDBPyConnection,
    files: Sequence[str],
    columns: Sequence[TableColumn],
    values: Mapping[str, str | None],
    *,
    place: bool,
) -> exp.Select:
    # Under a name that no column of a table has: one called `filename` would hide the virtual one.
    every = _files(files, by_name=True, filename="_file" if place else None)
    there = cursor.sql(sql(exp.select("*").from_(every)))
    types = {name.lower(): ddl(type_) for name, type_ in zip(there.columns, there.types, strict=True)}
    known = types.keys() - {name.lower() for name in values}
    told = [
        _of_type(c, types[c.name.lower()]) if c.name.lower() in known else _constant(values.get(c.name), c.type)
        for c in columns
    ]
    named = [_as(value, c.name) for value, c in zip(told, columns, strict=True)]
    return exp.select(*named, *([exp.column("_file", quoted=True)] if place else [])).from_(every)


def _of_type(wanted: TableColumn, physical: str) -> exp.Expr:
    """A number in a file may be of a narrower type than its column. Other types are near enough to be read as one."""
    told = exp.column(wanted.name, quoted=True)
    is_number = wanted.type in _NUMBERS or wanted.type.startswith("decimal(")
    return exp.cast(told, sql_type(wanted.type)) if is_number and physical != wanted.type else told


def _constant(value: str | None, ddl: str) -> exp.Expr:
    return exp.cast(exp.null() if value is None else exp.Literal.string(value), sql_type(ddl))


def _files(
    files: Sequence[str], names: Sequence[str] = (), *, by_name: bool = False, filename: str | None = None
) -> exp.Table:
    listed = exp.Array(expressions=[exp.Literal.string(literal_path(f)) for f in files])
    options: dict[str, object] = {"hive_partitioning": False, "union_by_name": by_name}
    options |= {"filename": filename} if filename else {}
    arguments = [exp.EQ(this=exp.to_identifier(o), expression=exp.convert(v)) for o, v in options.items()]
    read = exp.Anonymous(this="read_parquet", expressions=[listed, *arguments])
    columns = [exp.to_identifier(n, quoted=True) for n in names]
    return exp.Table(this=read, alias=exp.TableAlias(this=exp.to_identifier("f"), columns=columns))


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _as(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name, quoted=True)
