"""What the columns of a function are made of, told from its plan, on Sail and on Spark: as answers by hand have it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from lakekit.domain.lineage import Flow
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit.ports.runtime import Function, SparkRuntime
from lakekit.sql.query.columns import analyse
from lakekit.sql.query.parsed import read_query
from lakekit.testing.runtime import OfRuntime
from tests.conformance.runtime.functions import CASES, Case, Tables
from tests.conformance.runtime.parquet import empty_tables, empty_tables_of_tpch
from tests.conformance.runtime.sails import Sail
from tests.conformance.runtime.test_spark import NOT_RUN
from tests.conformance.sparks import Connect, Local, OnAMaster
from tests.unit.sql.query.lineages import INPUTS, lineage
from tests.unit.sql.query.test_columns import CASES as QUERIES
from tests.unit.sql.query.tpch import QUERIES as TPCH
from tests.unit.sql.query.tpch import TABLES

BEYOND = ("ROLLUP", "LATERAL (", ", LATERAL explode", "RECURSIVE", "UNPIVOT", "|>")
"""Of these Spark's plan, as it is read, tells nothing."""
IN_STEPS = ("b.e PIVOT",)
"""Spark groups by what it spreads values along before it does, so that this steers all columns."""
HELD = [case[0] for case in QUERIES if not any(word in case[0] for word in (*NOT_RUN, *IN_STEPS))]


class Lineage(OfRuntime):
    provider = "spark"

    @pytest.fixture(scope="class")
    @classmethod
    def inputs(cls, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Input]:
        return empty_tables(tmp_path_factory.mktemp("inputs"))

    @pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
    def test_what_a_function_makes_its_columns_of_is_told(
        self, runtime: SparkRuntime, inputs: Mapping[str, Input], case: Case
    ) -> None:
        def function(given: Mapping[str, Any]) -> Any:
            from pyspark.sql import functions as f

            return case.make(Tables(given["b.o"], given["b.c"], f))

        assert runtime.lineage(function, inputs) == _expected(case)


def _expected(case: Case) -> Mapping[str, Flow]:
    flows = {name: lineage(f"{told} {case.everywhere}".strip()) for name, told in case.told.items()}
    return {name: None if flow is None else frozenset(flow) for name, flow in flows.items()}


class TestSail(Sail, Lineage):
    pass


class TestSpark(Local, Lineage):
    @pytest.mark.parametrize("text", HELD)
    def test_spark_makes_the_columns_of_a_query_of_what_was_told_before(
        self, runtime: SparkRuntime, inputs: Mapping[str, Input], text: str
    ) -> None:
        found = runtime.lineage(_queried(text), inputs)
        beyond = any(word in text for word in BEYOND)
        assert found == (dict.fromkeys(found) if beyond else _told(text, INPUTS))

    @pytest.mark.parametrize("number", TPCH)
    def test_spark_makes_the_columns_of_tpch_of_what_was_told_before(
        self, runtime: SparkRuntime, tables: Mapping[str, Input], number: int
    ) -> None:
        text = TPCH[number][0]
        columns = {name: [TableColumn(column, "") for column in told.split()] for name, told in TABLES.items()}
        assert runtime.lineage(_queried(text), tables) == _told(text, columns)

    @pytest.fixture(scope="class")
    @classmethod
    def tables(cls, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Input]:
        return empty_tables_of_tpch(tmp_path_factory.mktemp("tables"))


def _told(text: str, inputs: Mapping[str, Sequence[TableColumn]]) -> Mapping[str, Flow]:
    outputs = analyse(read_query(text), inputs)
    return {o.name: None if o.sources is None else frozenset(o.sources) for o in outputs}


def _queried(text: str) -> Function:
    """A function that has the query run by Spark, which knows nothing of datasets."""

    def function(inputs: Mapping[str, Any]) -> Any:
        for name, frame in inputs.items():
            frame.createOrReplaceTempView(name.removeprefix("b."))
        (session,) = {frame.sparkSession for frame in inputs.values()}
        return session.sql(re.sub(r"\bb\.([oce])\b", r"\1", text))

    return function


class TestSparkOnAMaster(OnAMaster, Lineage):
    pass


class TestSparkConnect(Connect, Lineage):
    pass
