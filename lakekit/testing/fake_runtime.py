"""A runtime for tests of what stands on one: queries are run by an engine, after translation."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

from sqlglot import exp

from lakekit.domain.lineage import Flow
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine, Input, Written
from lakekit.ports.runtime import Body, Capability, Function
from lakekit.sql.query.parsed import read_query
from lakekit.sql.tree import name, subquery

_NO_FUNCTIONS = "a function of PySpark needs a runtime of its own"


class EngineRuntime:
    """SQL bodies as an engine understands them: no function of PySpark, and none of Spark's own meanings. What a query
    means on Spark or Sail, it does not show."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder
        self._asked = itertools.count()

    @property
    def capabilities(self) -> frozenset[Capability]:
        """None."""
        return frozenset()

    def analyse(self, body: Body, inputs: Mapping[str, Input]) -> tuple[TableColumn, ...]:
        """By one row without values, as a file without rows tells no types."""
        one = exp.Subquery(this=exp.select(exp.convert(1).as_("one")), alias=exp.TableAlias(this=name("o")))
        rows = exp.Select(expressions=[exp.Column(this=exp.Star(), table=name("r"))]).from_(one, copy=False)
        rows.join(subquery(_tree(body), "r"), on=exp.false(), join_type="left", copy=False)
        (written,) = self._engine.write(rows, inputs, self._folder / f"analysed-{next(self._asked)}")
        return self._engine.columns(str(written.path))

    def lineage(self, function: Function, inputs: Mapping[str, Input]) -> Mapping[str, Flow]:
        """Never: it has no functions."""
        del function, inputs
        raise TypeError(_NO_FUNCTIONS)

    def write(self, body: Body, inputs: Mapping[str, Input], folder: Path) -> tuple[Written, ...]:
        """One evaluation by the engine."""
        return self._engine.write(_tree(body), inputs, folder)

    def close(self) -> None:
        """The engine is its maker's."""


def _tree(body: Body) -> exp.Query:
    """The query, each table called by the one name that an input has."""
    if not isinstance(body, str):
        raise TypeError(_NO_FUNCTIONS)
    query = read_query(body)
    for table, called in query.tables():
        # An alias keeps what the query calls its columns by.
        alias = table.args.get("alias") or exp.TableAlias(this=name(table.name))
        named = exp.Table(this=name(called.lower()), alias=alias)
        named.set("joins", table.args.get("joins"))
        table.replace(named)
    return query.tree
