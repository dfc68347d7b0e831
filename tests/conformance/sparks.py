"""The options of each Spark that a suite runs on, and the marks by which `nox -s conformance` has a run for each."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.clusters import DRIVER, Server
from tests.spark import CONNECT, LOCAL, STANDALONE


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
