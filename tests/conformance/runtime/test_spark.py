"""The runtime `spark` keeps the promises of its port."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.plugin.provider import Context
from lakekit.ports.runtime import SparkRuntime
from lakekit.testing.runtime import RuntimeSuite
from tests.conformance.runtime.differences import answer, each
from tests.conformance.runtime.parquet import read_parquet, write_parquet
from tests.spark import LACKS


@pytest.mark.spark
@pytest.mark.skipif(bool(LACKS), reason=f"spark: {LACKS}")
class TestSpark(RuntimeSuite):
    provider = "spark"
    write_parquet = staticmethod(write_parquet)
    read_parquet = staticmethod(read_parquet)

    def make(self, folder: Path) -> SparkRuntime:
        runtime: SparkRuntime = self.registered(
            Context(folder.parent, str(folder.parent), folder, {"memory": "1GB", "threads": 2})
        )
        return runtime

    @each
    def test_spark_answers_as_its_documentation_says(
        self, runtime: SparkRuntime, tmp_path: Path, query: str, sail: object, spark: object
    ) -> None:
        assert answer(runtime, query, tmp_path / "out") == spark
