"""Settings that hold for every test, and servers that several folders need."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, settings

from tests import clusters
from tests.s3a import on_class_path
from tests.servers import Server, moto, versitygw

# A deadline measures the machine, and how much is filtered out of the first examples is chance.
BY_CHANCE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
# Other random examples in each run, and many of them where a test does not say how many.
settings.register_profile(
    "search", deadline=None, derandomize=False, max_examples=1000, suppress_health_check=BY_CHANCE
)
# The same ones in each run: what is true of the code, and not of the run, is what a session says.
settings.register_profile("lakekit", settings.get_profile("search"), max_examples=100, derandomize=True)
# Spark takes a second where the embedded engine takes a hundredth: fewer examples, of the same kinds.
settings.register_profile("spark", settings.get_profile("lakekit"), max_examples=12)
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


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """versitygw where LAKEKIT_VERSITYGW names the program; otherwise moto, for all but races."""
    program = os.environ.get("LAKEKIT_VERSITYGW")
    folder = tmp_path_factory.mktemp("versitygw")
    with versitygw(program, folder) if program else moto() as server:
        yield server


@pytest.fixture(scope="session")
def s3_environment(s3_server: Server) -> Iterator[None]:
    """It leads to the server, for all that is started while it does: Java keeps the environment that it started in."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3_server.environment.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def s3a_jars(tmp_path_factory: pytest.TempPathFactory) -> str:
    """hadoop-aws and what it needs, as a class path."""
    return on_class_path(tmp_path_factory.mktemp("jars"))


@pytest.fixture(scope="session")
def sparks_on_s3(
    s3_environment: None, s3a_jars: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Mapping[str, object]]]:
    """The options of each kind of Spark that can work on a bucket, with credentials of its own."""
    driver = {**clusters.DRIVER, "spark.driver.extraClassPath": s3a_jars, "spark.executor.extraClassPath": s3a_jars}
    folder = tmp_path_factory.mktemp("on_s3")
    with (
        clusters.master(folder) as master,
        clusters.worker(folder, master),
        clusters.connect_server(folder, **{"spark.driver.extraClassPath": s3a_jars}) as connect,
    ):
        yield {
            "local": {"memory": "1GB", "threads": 2},
            "standalone": {"memory": "600MB", "master": master.address, "conf": driver},
            "connect": {"remote": connect.address},
        }
