"""Each engine, wherever it runs, keeps the promises of its port."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lakekit.testing.engine import EngineSuite
from tests.clusters import DRIVER, Server
from tests.conformance.engine import files
from tests.spark import CONNECT, LOCAL, STANDALONE


class Files(EngineSuite):
    """With files of Polars."""

    land = staticmethod(files.land)
    read = staticmethod(files.read)


class TestDuckdb(Files):
    provider = "duckdb"


class Spark(Files):
    provider = "spark"


class TestSpark(Spark):
    pytestmark = LOCAL

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls) -> Mapping[str, object]:
        return {"memory": "1GB", "threads": 2}


class TestSparkOnAMaster(Spark):
    pytestmark = STANDALONE

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls, standalone: Server) -> Mapping[str, object]:
        return {"memory": "600MB", "master": standalone.address, "conf": DRIVER}


class TestSparkConnect(Spark):
    pytestmark = CONNECT

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls, connect: Server) -> Mapping[str, object]:
        return {"remote": connect.address}
