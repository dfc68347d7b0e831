"""A user's query: its tables by the views that stand for them, every other character as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen
from sqlglot import exp

from lakekit.domain.errors import EngineError
from lakekit.sql.query.parsed import Query, definition
from lakekit.sql.query.spliced import Spliced

_LINE = re.compile(r"\bline (\d+),? pos (\d+)")
"""As Spark tells a place: lines from 1, columns from 0."""
UNREAD = re.compile(r"\bfound .{0,80}? at (\d+):\d+ expected", re.DOTALL)
"""As Sail does: characters from 0."""


@frozen
class Named:
    """What Spark is given for a query. `ends` has where each table ends, here and in the query; where the text was
    spliced after that, in its original."""

    text: str
    ends: tuple[tuple[int, int], ...]
    query: Query
    spliced: Spliced | None = None

    def place(self, error: BaseException) -> str:
        """`line:column` in the query of what an error points at here."""
        told = str(error)
        if found := _LINE.search(told):
            line, column = int(found[1]), int(found[2])
            return self._written(sum(map(len, self.text.splitlines(keepends=True)[: line - 1])) + column)
        found = UNREAD.search(told)
        return self._written(int(found[1])) if found else ""

    def _written(self, offset: int) -> str:
        return self.position(self.spliced.origin(offset) if self.spliced else offset)

    def position(self, offset: int) -> str:
        """`line:column` in the query of a character of the text, as it was before it was spliced."""
        here, there = max(end for end in self.ends if end[0] <= offset)
        return self.query.position(there + offset - here)


def named(query: Query, views: Mapping[str, str]) -> Named:
    """The text for Spark, tables called by their views. Raises EngineError for a table that is no input."""
    told, ends, end = "", [(0, 0)], 0
    for start, stop, text in sorted([*_tables(query, views), *_columns(query, views)]):
        told += f"{query.text[end:start]}{text}"
        end = stop
        ends.append((len(told), end))
    return Named(told + query.text[end:], tuple(ends), query)


def _tables(query: Query, views: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Where each mention of a table begins and ends, and what stands in its place."""
    known = {name.lower(): view for name, view in views.items()}
    for table, name in query.tables():
        if name.lower() not in known:
            raise _missing(query, table, name, views)
        # After TABLESAMPLE there is no place for it here.
        alias = "" if table.alias or table.args.get("sample") else f" AS `{table.name}`"
        yield *_span(table.parts), f"`{known[name.lower()]}`{alias}"
    for table in query.tree.find_all(exp.Table):
        # Sail tells names of WITH apart by upper and lower case.
        if (cte := definition(table)) is not None and cte.alias != table.name:
            alias = "" if table.alias else f" AS `{table.name}`"
            yield *_span(table.parts), f"`{cte.alias}`{alias}"


def _columns(query: Query, views: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """`bronze.orders.id`: a view is called `orders` alone. Where the layer stands, nothing does."""
    known = {name.lower() for name in views}
    for column in query.tree.find_all(exp.Column):
        layer, table = column.args.get("db"), column.args.get("table")
        if layer and table and f"{layer.name}.{table.name}".lower() in known and "start" in layer.meta:
            start, _ = _span([layer])
            yield start, _span([table])[0], ""


def _span(parts: Sequence[exp.Expr]) -> tuple[int, int]:
    return int(parts[0].meta["start"]), int(parts[-1].meta["end"]) + 1


def place_of(query: Query, name: str) -> str:
    """`line:column` of the first column, table or function called so; empty where there is none."""
    for found in query.tree.find_all(exp.Identifier, bfs=False):
        if found.name.lower() == name.lower() and "start" in found.meta:
            return query.position(int(found.meta["start"]))
    called = re.search(rf"\b{re.escape(name)}\s*\(", query.text, re.IGNORECASE)
    return query.position(called.start()) if called else ""


def _missing(query: Query, table: exp.Table, name: str, inputs: Mapping[str, str]) -> EngineError:
    return EngineError(
        "runtime.missing_input",
        f"the query reads {name}, which is none of its inputs",
        where=query.place_of(table),
        next=f"its inputs are {', '.join(sorted(inputs)) or 'none'}",
    )
