"""What the columns of a function are made of, told from its plan, on Sail and on Spark: as answers by hand have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from lakekit.domain.lineage import Flow
from lakekit.plugin.provider import Port
from lakekit.ports.engine import Input
from lakekit.ports.runtime import SparkRuntime
from lakekit.testing.suite import OptionsSuite
from tests.conformance.runtime.functions import CASES, Case, Tables
from tests.conformance.runtime.parquet import empty_tables
from tests.conformance.sparks import Connect, Local, OnAMaster
from tests.sail import SAIL
from tests.unit.sql.query.lineages import lineage


class Lineage(OptionsSuite):
    port = Port.RUNTIME
    provider = "spark"

    @pytest.fixture(scope="class")
    @classmethod
    def runtime(cls, context: Any) -> Iterator[SparkRuntime]:
        made: SparkRuntime = cls.registered(context)
        yield made
        made.close()

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

        columns = runtime.analyse(function, inputs)
        assert runtime.lineage(function, inputs) == _expected(case)
        assert [column.name for column in columns] == list(case.told)


def _expected(case: Case) -> Mapping[str, Flow]:
    flows = {name: lineage(f"{told} {case.everywhere}".strip()) for name, told in case.told.items()}
    return {name: None if flow is None else frozenset(flow) for name, flow in flows.items()}


class TestSail(Lineage):
    provider = "sail"
    pytestmark = SAIL

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls) -> Mapping[str, object]:
        return {"memory": "1GB", "threads": 2}


class TestSpark(Local, Lineage):
    pass


class TestSparkOnAMaster(OnAMaster, Lineage):
    pass


class TestSparkConnect(Connect, Lineage):
    pass
