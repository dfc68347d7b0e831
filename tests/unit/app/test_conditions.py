"""The columns that a condition beside a query names are known before anything runs."""

from __future__ import annotations

import pytest
from attrs import evolve

from lakekit.app.transform.analysis import outputs_of
from lakekit.app.transform.compiling import compiled
from lakekit.app.transform.job import TransformJob
from lakekit.domain.dimension import Dimension
from lakekit.domain.errors import ConfigError
from lakekit.domain.names import parse_dataset
from lakekit.domain.schema import TableColumn
from lakekit.domain.transform import Language, Materialization, Transform

ORDERS = {"bronze.orders": (TableColumn("id", "long"), TableColumn("status", "string"), TableColumn("x", "long"))}
PLACE = "transforms/silver/orders.sql"


def job(condition: str, query: str = "SELECT id, status AS Step FROM bronze.orders") -> TransformJob:
    merge = Transform(
        parse_dataset("silver.orders"),
        Language.SQL,
        (),
        "",
        PLACE,
        materialization=Materialization.MERGE,
        keys=("id",),
        delete_when=condition,
        places={("delete_when", condition): f"{PLACE}:4:14"},
    )
    return compiled([(merge, query)], ["bronze.orders"])[0]


@pytest.mark.parametrize("condition", ["status = 'gone'", "x > 1", "orders.id = 1"])
def test_a_column_that_the_query_does_not_make_is_told_where_the_option_stands(condition: str) -> None:
    with pytest.raises(ConfigError, match="`delete_when`") as caught:
        outputs_of(job(condition), ORDERS)
    assert (caught.value.code, caught.value.where) == ("transform.unknown_column", f"{PLACE}:4:14")
    assert "id, Step" in caught.value.why


@pytest.mark.parametrize(
    "condition",
    ["step = 'gone' OR `ID` IS NULL", "exists(array(id), i -> i = id)", "current_date > DATE '2026-01-01'"],
)
def test_columns_that_it_makes_are_found_in_any_case(condition: str) -> None:
    assert [column.name for column in outputs_of(job(condition), ORDERS)] == ["id", "Step"]


def test_so_are_those_of_a_dimension() -> None:
    dimension = Dimension(("id",), sequence_by=("id",), delete_when="status = 'gone'")
    merge = job("id = 1")
    events = evolve(merge.transform, dimension=dimension, materialization=Materialization.EVENTS)
    with pytest.raises(ConfigError, match="'status'"):
        outputs_of(evolve(merge, transform=events), ORDERS)
