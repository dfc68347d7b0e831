"""Feeds that are written down: rows of few columns, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from lakekit.domain.dimension import (
    DELETE,
    GENERATION,
    OPERATION,
    READ_AT,
    REASON,
    SNAPSHOT,
    TRUNCATE,
    UPSERT,
    Dimension,
)
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine
from lakekit.sql.dimension.events import EVENTS
from lakekit.sql.dimension.versions import dimension_columns, dimension_query
from tests.conformance.engine.dimension.feeds import Feed, Land, comparable, landed
from tests.conformance.engine.dimension.oracle import Row

KINDS = {"D": DELETE, "T": TRUNCATE, "S": SNAPSHOT}
"""What an event says, as written; an upsert where nothing is."""


def feed(dimension: Dimension, columns: str, *rows: Sequence[object]) -> Feed:
    """A feed of columns as `id int, name string`, and rows of their values and, last, what they say."""
    made = tuple(TableColumn(*told.split(" ", 1)) for told in columns.split(", "))
    return evolve(Feed(dimension, made), events=tuple(_event([c.name for c in made], row) for row in rows))


def _event(names: Sequence[str], row: Sequence[object]) -> Row:
    said = KINDS[str(row[-1])] if len(row) > len(names) else UPSERT
    values = dict(zip(names, row, strict=False))
    return {READ_AT: None, **values, OPERATION: said, GENERATION: 1, REASON: None}


def versions(engine: Engine, land: Land, told: Feed) -> list[tuple[object, ...]]:
    """The rows of the dimension, without whether they are current and their keys, in a form that can be compared."""
    names = [c.name for c in dimension_columns(told.dimension, told.columns)]
    own = told.dimension.names
    wanted = [n for n in names if n not in (own.is_current, own.version_key)]
    query = dimension_query(told.dimension, told.columns)
    found = engine.rows(query, {EVENTS: landed(land, told.columns, told.events)})
    rows = [dict(zip(names, row, strict=True)) for row in found]
    return comparable([[row[n] for n in wanted] for row in rows])
