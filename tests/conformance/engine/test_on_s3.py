"""Engines keep the promises of their port when the lake is in a bucket, and files that only they see are on this host."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lakekit.plugin.provider import Context
from lakekit.testing.engine import EngineSuite
from tests.conformance.engine import files
from tests.spark import ON_S3

Sparks = Mapping[str, Mapping[str, object]]


class InBucket(EngineSuite):
    provider = "spark"
    pytestmark = ON_S3
    kind = "local"
    land = staticmethod(files.land)
    read = staticmethod(files.read)

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls, sparks_on_s3: Sparks) -> Mapping[str, object]:
        return sparks_on_s3[cls.kind]

    @pytest.fixture(scope="class")
    @classmethod
    def context(
        cls, options: Mapping[str, object], s3_bucket: str, tmp_path_factory: pytest.TempPathFactory
    ) -> Context:
        root = tmp_path_factory.mktemp("root")
        return Context(root, f"{s3_bucket}/{cls.kind}", root / "private", options)


class TestSpark(InBucket):
    pass


class TestSparkOnAMaster(InBucket):
    kind = "standalone"


class TestSparkConnect(InBucket):
    kind = "connect"
