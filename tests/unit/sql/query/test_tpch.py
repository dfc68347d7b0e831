"""The lineage of TPC-H's queries is what a reader of them would write down."""

from __future__ import annotations

import re

import pytest

from lakekit.domain.schema import TableColumn
from lakekit.sql.query.parsed import read_query
from tests.unit.sql.query.lineages import columns, made_of
from tests.unit.sql.query.tpch import QUERIES, TABLES

INPUTS = {table: [TableColumn(name, "string") for name in names.split()] for table, names in TABLES.items()}
TABLE_OF = {name: table for table, names in TABLES.items() for name in names.split()}


def full(told: str) -> str:
    """`A:l_tax` as `A:lineitem.l_tax`."""
    return re.sub(r"(\w):(\w+)", lambda found: f"{found[1]}:{TABLE_OF[found[2]]}.{found[2]}", told)


@pytest.mark.parametrize("number", QUERIES)
def test_lineage_of_a_query_of_tpch(number: int) -> None:
    text, told, everywhere = QUERIES[number]
    expected = columns({name: full(own) for name, own in told.items()}, full(everywhere), layer="")
    assert made_of(read_query(text), INPUTS) == expected
