"""Runtimes that several tests share: each is a process that takes a second to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lakekit.ports.runtime import SparkRuntime
from tests.conformance.runtime.sails import sail


@pytest.fixture(scope="module")
def shared_sail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkRuntime]:
    made = sail(tmp_path_factory.mktemp("shared") / "private")
    yield made
    made.close()
