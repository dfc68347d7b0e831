"""When the type of a nested column is another than the contract's."""

from __future__ import annotations

import pytest

from lakekit.domain.contract import Column, Contract
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import parse_type
from lakekit.sql.drift import drift


@pytest.mark.parametrize(
    ("found", "wanted", "differs"),
    [
        ("array<int>", "array<int>", False),
        ("array<int>", "array<long>", False),
        ("string", "array<int>", False),
        ("map<string,array<float>>", "map<string,array<double>>", False),
        ("struct<a:int>", "struct<b:string,a:decimal(12,2)>", False),
        ("array<struct<A b:int>>", "string", False),
        ("array<long>", "array<int>", True),
        ("array<int>", "map<string,int>", True),
        ("map<int,int>", "map<string,int>", True),
        ("struct<a:int,z:int>", "struct<a:int>", True),
        ("struct<a:array<double>>", "struct<a:array<int>>", True),
        ("int", "array<int>", True),
        ("array<int>", "int", True),
        ("int", "binary", True),
        ("binary", "binary", False),
    ],
)
def test_a_column_whose_parts_all_fit_is_no_change(found: str, wanted: str, differs: bool) -> None:
    contract = Contract("c", (Column("x", parse_type(wanted)),))
    changed = drift(contract, [TableColumn("x", found)]).changed
    assert [(c.found, c.wanted) for c in changed] == ([(found, wanted)] if differs else [])
