"""The runtime `spark`, wherever Spark runs, keeps the promises of its port."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.ports.engine import Input
from lakekit.ports.runtime import SparkRuntime
from lakekit.sql.query.columns import analyse
from lakekit.sql.query.parsed import read_query
from lakekit.testing.runtime import RuntimeSuite
from tests.conformance.runtime.differences import answer, each
from tests.conformance.runtime.parquet import empty_tables, read_parquet, write_parquet
from tests.conformance.sparks import Connect, ConnectInBucket, InBucket, Local, OnAMaster, OnAMasterInBucket
from tests.unit.sql.query.lineages import INPUTS
from tests.unit.sql.query.test_columns import CASES

NOT_RUN = ("b.o.day", "NULL AS", "count(1)", "max((v + 1))", "ID, NOTE", "(NAME)", "x, Y", "T || Note", "geo.LAT")
"""The runtime calls a dataset by the last part of its name alone, takes no column of NULL alone and no name of Spark's
making, and tells names apart that differ in case alone."""


class Spark(RuntimeSuite):
    provider = "spark"
    write_parquet = staticmethod(write_parquet)
    read_parquet = staticmethod(read_parquet)


class TestSpark(Local, Spark):
    @each
    def test_spark_answers_as_its_documentation_says(
        self, runtime: SparkRuntime, tmp_path: Path, query: str, sail: object, spark: object
    ) -> None:
        assert sail != spark
        assert answer(runtime, query, tmp_path / "out") == spark

    @pytest.mark.parametrize("text", [case[0] for case in CASES if not any(word in case[0] for word in NOT_RUN)])
    def test_spark_names_columns_as_they_are_named_before_it_is_asked(
        self, runtime: SparkRuntime, tables: dict[str, Input], text: str
    ) -> None:
        told = [column.name for column in analyse(read_query(text), INPUTS)]
        assert told == [column.name for column in runtime.analyse(text, tables)]

    @pytest.fixture(scope="class")
    @classmethod
    def tables(cls, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Input]:
        return empty_tables(tmp_path_factory.mktemp("tables"))


class TestSparkOnAMaster(OnAMaster, Spark):
    pass


class TestSparkConnect(Connect, Spark):
    pass


class TestSparkInBucket(InBucket, Spark):
    pass


class TestSparkOnAMasterInBucket(OnAMasterInBucket, Spark):
    pass


class TestSparkConnectInBucket(ConnectInBucket, Spark):
    pass
