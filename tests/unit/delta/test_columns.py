"""Column types in Spark DDL and in Delta's schema are the same types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.errors import TableError
from lakekit.domain.schema import QUARANTINE_COLUMNS, TableColumn
from lakekit_delta.columns import delta_schema, delta_type, spark_type, table_columns

FLAT = st.sampled_from(
    ["string", "boolean", "int", "long", "float", "double", "date", "timestamp", "binary", "decimal(38,10)"]
)
TYPES = st.recursive(
    FLAT,
    lambda inner: st.one_of(
        inner.map("array<{}>".format),
        st.tuples(FLAT, inner).map(lambda pair: f"map<{pair[0]},{pair[1]}>"),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda types: f"struct<{','.join(f'f{n}:{t}' for n, t in enumerate(types))}>"
        ),
    ),
    max_leaves=6,
)


@given(TYPES)
def test_a_type_comes_back_from_delta_as_it_was(ddl: str) -> None:
    assert spark_type(delta_type(ddl)) == ddl


def test_a_table_comes_back_with_its_columns_in_order() -> None:
    assert table_columns(delta_schema(QUARANTINE_COLUMNS)) == QUARANTINE_COLUMNS


def test_nested_types_are_what_delta_calls_them() -> None:
    assert delta_type("map<string,int>") == {
        "type": "map",
        "keyType": "string",
        "valueType": "integer",
        "valueContainsNull": True,
    }
    assert delta_schema([TableColumn("a", "array<long>")])["fields"] == [
        {
            "name": "a",
            "type": {"type": "array", "elementType": "long", "containsNull": True},
            "nullable": True,
            "metadata": {},
        }
    ]


@pytest.mark.parametrize(
    "ddl",
    ["", "text", "integer", "decimal", "array<>", "array<long", "map<string>", "struct<a>", "long>", "varchar(3)"],
)
def test_what_is_no_type_is_refused(ddl: str) -> None:
    with pytest.raises(TableError):
        delta_type(ddl)


@pytest.mark.parametrize("delta", ["variant", "interval day", {"type": "udt"}, 7, None])
def test_a_type_that_lakekit_has_no_word_for_is_refused(delta: object) -> None:
    with pytest.raises(TableError):
        spark_type(delta)
