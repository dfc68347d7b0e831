"""The options of each Spark that a suite runs on, and the marks by which `nox -s conformance` has a run for each."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lakekit.plugin.provider import Context
from tests.clusters import DRIVER, Server
from tests.spark import CONNECT, LOCAL, ON_S3, STANDALONE


class Local:
    pytestmark = LOCAL

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls) -> Mapping[str, object]:
        return {"memory": "1GB", "threads": 2}


class OnAMaster:
    pytestmark = STANDALONE

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls, standalone: Server) -> Mapping[str, object]:
        return {"memory": "600MB", "master": standalone.address, "conf": DRIVER}


class Connect:
    pytestmark = CONNECT

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls, connect: Server) -> Mapping[str, object]:
        return {"remote": connect.address}


class InBucket:
    """On a lake in a bucket, on this machine or as `kind` says."""

    pytestmark = ON_S3
    kind = "local"

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls, sparks_on_s3: Mapping[str, Mapping[str, object]]) -> Mapping[str, object]:
        return sparks_on_s3[cls.kind]

    @pytest.fixture(scope="class")
    @classmethod
    def context(
        cls, options: Mapping[str, object], s3_bucket: str, tmp_path_factory: pytest.TempPathFactory
    ) -> Context:
        root = tmp_path_factory.mktemp("root")
        return Context(root, f"{s3_bucket}/{cls.kind}", root / "private", options)


class OnAMasterInBucket(InBucket):
    kind = "standalone"


class ConnectInBucket(InBucket):
    kind = "connect"
