"""Each engine, wherever it runs, keeps the promises of its port."""

from __future__ import annotations

from lakekit.testing.engine import EngineSuite
from tests.conformance.engine import files
from tests.conformance.sparks import Connect, ConnectInBucket, InBucket, Local, OnAMaster, OnAMasterInBucket


class Files(EngineSuite):
    """With files of Polars."""

    land = staticmethod(files.land)
    read = staticmethod(files.read)


class TestDuckdb(Files):
    provider = "duckdb"


class Spark(Files):
    provider = "spark"


class TestSpark(Local, Spark):
    pass


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
