"""The runtime `spark` keeps the promises of its port."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.plugin.provider import Context
from lakekit.ports.runtime import SparkRuntime
from lakekit.testing.runtime import RuntimeSuite
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
