"""Lineage as the tests write it: `I:o.id f:o.day` is the dataset b.o's column id as it is, where its day filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from lakekit.domain.lineage import ColumnSource
from lakekit.domain.schema import TableColumn
from lakekit.sql.query.columns import OutputColumn, analyse
from lakekit.sql.query.parsed import Query

DIRECT = {"I": "IDENTITY", "T": "TRANSFORMATION", "A": "AGGREGATION"}
INDIRECT = {"j": "JOIN", "g": "GROUP_BY", "f": "FILTER", "s": "SORT", "w": "WINDOW", "c": "CONDITIONAL"}
UNKNOWN = "?"

INPUTS = {
    "b.o": [
        TableColumn("id", "long"),
        TableColumn("customer", "long"),
        TableColumn("amount", "decimal(10,2)"),
        TableColumn("day", "date"),
        TableColumn("Note", "string"),
        TableColumn("tags", "array<string>"),
        TableColumn("props", "map<string,string>"),
        TableColumn("address", "struct<city:string,geo:struct<lat:double,lon:double>>"),
        TableColumn("items", "array<struct<sku:string,n:int>>"),
    ],
    "b.c": [TableColumn("id", "long"), TableColumn("name", "string"), TableColumn("country", "string")],
    "b.e": [TableColumn("k", "string"), TableColumn("v", "double"), TableColumn("ts", "timestamp")],
}


def lineage(told: str, layer: str = "b.") -> tuple[ColumnSource, ...] | None:
    """As `analyse` gives it."""
    return None if told == UNKNOWN else tuple(sorted({_source(word, layer) for word in told.split()}))


def columns(told: dict[str, str], everywhere: str = "", layer: str = "b.") -> tuple[OutputColumn, ...]:
    """Of each column; `everywhere` steers them all."""
    return tuple(OutputColumn(name, lineage(f"{own} {everywhere}".strip(), layer)) for name, own in told.items())


def made_of(query: Query, inputs: Mapping[str, Sequence[TableColumn]]) -> tuple[OutputColumn, ...]:
    """What `analyse` gives, of which types are no part here."""
    return tuple(evolve(column, type="") for column in analyse(query, inputs))


def _source(word: str, layer: str) -> ColumnSource:
    how, _, name = word.partition(":")
    dataset, _, column = name.partition(".")
    return ColumnSource(f"{layer}{dataset}", column, how in DIRECT, {**DIRECT, **INDIRECT}[how])
