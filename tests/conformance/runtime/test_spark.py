"""The runtime `spark`, wherever Spark runs, keeps the promises of its port."""

from __future__ import annotations

from pathlib import Path

from lakekit.ports.runtime import SparkRuntime
from lakekit.testing.runtime import RuntimeSuite
from tests.conformance.runtime.differences import answer, each
from tests.conformance.runtime.parquet import read_parquet, write_parquet
from tests.conformance.sparks import Connect, ConnectInBucket, InBucket, Local, OnAMaster, OnAMasterInBucket


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
