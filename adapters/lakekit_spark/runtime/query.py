"""A user's query: its tables by the views that stand for them, every other character as it was written."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

from attrs import frozen
from sqlglot import exp, parse
from sqlglot.errors import ParseError, TokenError

from lakekit.domain.errors import EngineError

_LINE = re.compile(r"\bline (\d+),? pos (\d+)")
"""As Spark tells a place: lines from 1, columns from 0."""
UNREAD = re.compile(r"\bfound .{0,80}? at (\d+):\d+ expected", re.DOTALL)
"""As Sail does: characters from 0."""

_HINT = "correct the query; it is one SELECT in Spark SQL"


@frozen
class Query:
    """`text` is what the user wrote, `tree` what it means, for finding places in it."""

    text: str
    tree: exp.Query

    def named(self, views: Mapping[str, str]) -> Named:
        """The text for Spark, tables called by their views. Raises EngineError for a table that is no input."""
        told, ends, end = "", [(0, 0)], 0
        for table, name in sorted(self._tables(), key=lambda found: int(found[0].parts[0].meta["start"])):
            if name not in views:
                raise self._missing(table, name, views)
            start = int(table.parts[0].meta["start"])
            # After TABLESAMPLE there is no place for it here.
            alias = "" if table.alias or table.args.get("sample") else f" AS `{table.name}`"
            told += f"{self.text[end:start]}`{views[name]}`{alias}"
            end = int(table.parts[-1].meta["end"]) + 1
            ends.append((len(told), end))
        return Named(told + self.text[end:], tuple(ends), self)

    def place(self, name: str) -> str:
        """`line:column` of the first column, table or function called so; empty where there is none."""
        for found in self.tree.find_all(exp.Identifier, bfs=False):
            if found.name.lower() == name.lower() and "start" in found.meta:
                return self.position(int(found.meta["start"]))
        called = re.search(rf"\b{re.escape(name)}\s*\(", self.text, re.IGNORECASE)
        return self.position(called.start()) if called else ""

    def position(self, offset: int) -> str:
        """`line:column` of a character, both from 1."""
        before = self.text[:offset]
        return f"{before.count(chr(10)) + 1}:{offset - before.rfind(chr(10))}"

    def _tables(self) -> Iterator[tuple[exp.Table, str]]:
        """What the query reads, but for what it defines itself."""
        for table in self.tree.find_all(exp.Table):
            if isinstance(table.this, exp.Identifier):
                name = ".".join(part.name for part in table.parts)
                if len(table.parts) > 1 or not _defined(table):
                    yield table, name

    def _missing(self, table: exp.Table, name: str, inputs: Mapping[str, str]) -> EngineError:
        return EngineError(
            "runtime.missing_input",
            f"the query reads {name}, which is none of its inputs",
            where=self.position(int(table.parts[0].meta["start"])),
            next=f"its inputs are {', '.join(sorted(inputs)) or 'none'}",
        )


@frozen
class Named:
    """What Spark is given for a query. `ends` has where each table ends, here and in the query."""

    text: str
    ends: tuple[tuple[int, int], ...]
    query: Query

    def place(self, error: BaseException) -> str:
        """`line:column` in the query of what an error points at here."""
        told = str(error)
        if found := _LINE.search(told):
            line, column = int(found[1]), int(found[2])
            return self._position(sum(map(len, self.text.splitlines(keepends=True)[: line - 1])) + column)
        found = UNREAD.search(told)
        return self._position(int(found[1])) if found else ""

    def _position(self, offset: int) -> str:
        here, there = max(end for end in self.ends if end[0] <= offset)
        return self.query.position(there + offset - here)


def read_query(text: str) -> Query:
    """The query that a text is. Raises EngineError, with line and column, for one that is not exactly one query."""
    try:
        trees = [tree for tree in parse(text, read="spark") if tree is not None]
    except ParseError as error:
        told = error.errors[0]
        place = f"{told['line']}:{told['col']}"
        raise syntax_error(place, f"near {told['highlight']!r}" if told["highlight"] else "") from None
    except TokenError:
        raise syntax_error("", "a text, a name or a comment has no end") from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise syntax_error("", "it is not exactly one query")
    if dynamic := next((f for f in trees[0].find_all(exp.Anonymous) if f.name.lower() == "identifier"), None):
        raise syntax_error("", f"{dynamic.name} names a table that cannot be told from the text")
    return Query(text, trees[0])


def syntax_error(place: str, why: str) -> EngineError:
    return EngineError("runtime.syntax", "the query cannot be read", where=place, why=why, next=_HINT)


def _defined(table: exp.Table) -> bool:
    """Whether the name is one of a WITH clause around it."""
    scopes: list[exp.Expr] = []
    parent = table.parent
    while parent is not None:
        scopes.append(parent)
        parent = parent.parent
    withs = (scope.args.get("with_") for scope in scopes)
    ctes = itertools.chain.from_iterable(w.expressions for w in withs if w is not None)
    return any(cte.alias.lower() == table.name.lower() for cte in ctes)
