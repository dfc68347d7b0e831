"""Settings that hold for every test, and servers that several folders need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import clusters

# A deadline measures the machine, not the code.
settings.register_profile("lakekit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Spark takes a second where the embedded engine takes a hundredth: fewer examples, of the same kinds.
settings.register_profile("spark", settings.get_profile("lakekit"), max_examples=20)
# The rules are the same wherever Spark runs: a few examples show that they get there.
settings.register_profile("clusters", settings.get_profile("lakekit"), max_examples=10)
settings.load_profile("lakekit")

# The shipped suites explain a failed assert as the tests here do.
pytest.register_assert_rewrite("lakekit.testing")


@pytest.fixture(scope="session")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clusters.Server]:
    """A master with a worker."""
    folder = tmp_path_factory.mktemp("standalone")
    with clusters.master(folder) as master, clusters.worker(folder, master):
        yield master


@pytest.fixture(scope="session")
def connect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[clusters.Server]:
    """A Spark Connect server."""
    with clusters.connect_server(tmp_path_factory.mktemp("connect")) as server:
        yield server
