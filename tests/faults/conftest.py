"""The lakes from which faults start, and those that show what is right."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import made as makers
from tests.faults.bucket import BucketLake
from tests.faults.lake import DATASETS, Lake, day, make
from tests.faults.made import Made
from tests.faults.processes import Host
from tests.servers import Server, moto, versitygw


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    host = Host(tmp_path_factory.mktemp("output"))
    yield host
    host.close()


@pytest.fixture(scope="session")
def fresh(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Day one waiting, and no lake yet."""
    return make(tmp_path_factory.mktemp("fresh"), host)


@pytest.fixture(scope="session")
def begun(fresh: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Day one ingested, day two waiting."""
    return _later(fresh, tmp_path_factory.mktemp("begun"), 2)


@pytest.fixture(scope="session")
def clean(begun: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two days ingested without a fault, day three waiting."""
    return _later(begun, tmp_path_factory.mktemp("clean"), 3)


@pytest.fixture(scope="session")
def third(clean: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Three days ingested without a fault, day four waiting."""
    return _later(clean, tmp_path_factory.mktemp("third"), 4)


def _later(lake: Lake, folder: Path, number: int) -> Lake:
    copy = lake.copied(folder / "p")
    for dataset in DATASETS:
        assert copy.run(dataset).done
    day(copy, number)
    return copy


@pytest.fixture
def lake(begun: Lake, tmp_path: Path) -> Lake:
    """One lake to break: day one ingested, day two waiting."""
    return begun.copied(tmp_path / "lake")


@pytest.fixture(scope="session")
def unmade(begun: Lake, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two days to ingest, and nothing built yet."""
    return makers.make(begun.copied(tmp_path_factory.mktemp("unmade") / "p"))


@pytest.fixture(scope="session")
def built(unmade: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two days ingested and built without a fault, day three waiting."""
    return _built(unmade, tmp_path_factory.mktemp("built") / "p", 3)


@pytest.fixture(scope="session")
def expected(built: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three days, without a fault."""
    return _built(built, tmp_path_factory.mktemp("expected") / "p")


@pytest.fixture(scope="session")
def unfed(begun: Lake, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two days to ingest, of which nothing has made dimensions yet."""
    return makers.make_dimensions(begun.copied(tmp_path_factory.mktemp("unfed") / "p"))


@pytest.fixture(scope="session")
def fed(unfed: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Dimensions of two days, day three waiting."""
    return _built(unfed, tmp_path_factory.mktemp("fed") / "p", 3)


@pytest.fixture(scope="session")
def expected_dimensions(fed: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Those of three days, without a fault."""
    return _built(fed, tmp_path_factory.mktemp("dimensions") / "p")


def _built(made: Made, folder: Path, next_day: int = 0) -> Made:
    copy = made.copied(folder)
    assert copy.run().done
    if next_day:
        day(copy.lake, next_day)
    return copy


@pytest.fixture
def made(built: Made, tmp_path: Path) -> Made:
    """One to break."""
    return built.copied(tmp_path / "made")


@pytest.fixture(scope="module")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """versitygw where LAKEKIT_VERSITYGW names the program, else moto; the environment leads there."""
    program = os.environ.get("LAKEKIT_VERSITYGW")
    with (
        pytest.MonkeyPatch.context() as patch,
        versitygw(program, tmp_path_factory.mktemp("versitygw")) if program else moto() as server,
    ):
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture(scope="module")
def on_s3(s3_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketLake]:
    """Day one ingested into a bucket, day two waiting."""
    host = Host(tmp_path_factory.mktemp("output"))
    local = make(tmp_path_factory.mktemp("s3") / "p", host)
    lake = BucketLake(local, f"{s3_server.bucket('faults')}/begun", s3_server).settle("./lake")
    for dataset in DATASETS:
        assert lake.run(dataset).done
    day(lake.local, 2)
    yield lake
    host.close()
