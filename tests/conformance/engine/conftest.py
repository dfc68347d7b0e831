"""Each engine in turn, and landed files to give it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb
import polars as pl
import pytest

from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
from lakekit.ports.engine import Engine
from lakekit.testing.suite import Suite
from tests.clusters import DRIVER
from tests.spark import CONNECT, LOCAL, STANDALONE

Texts = Callable[..., str]

HERE = {"memory": "1GB", "threads": 2}
ENGINES = ("duckdb", pytest.param("spark", marks=LOCAL))
CLUSTERS = (pytest.param("standalone", marks=STANDALONE), pytest.param("connect", marks=CONNECT))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests run on each engine; those marked `embedded` on the embedded one alone, as others have their cases on each;
    those marked `everywhere` also on each kind of Spark that is somewhere else."""
    of_suite = metafunc.cls is not None and issubclass(metafunc.cls, Suite)
    if "engine" in metafunc.fixturenames and not of_suite:
        more = CLUSTERS if metafunc.definition.get_closest_marker("everywhere") else ()
        engines = ENGINES[:1] if metafunc.definition.get_closest_marker("embedded") else ENGINES
        metafunc.parametrize("engine", (*engines, *more), indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    root = tmp_path_factory.mktemp("root")
    name, options = request.param, HERE
    if name in ("standalone", "connect"):
        address = request.getfixturevalue(name).address
        options = {"remote": address} if name == "connect" else {"memory": "600MB", "master": address, "conf": DRIVER}
    context = Context(root, str(root), root / "private", options)
    made: Engine = load_plugins().make(Port.ENGINE, "duckdb" if name == "duckdb" else "spark", context)
    yield made
    made.close()


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Fresh paths to write to, one each time it is asked for the next."""
    base = tmp_path_factory.mktemp("written")
    return (base / f"out{i}" for i in itertools.count())


@pytest.fixture(scope="session")
def land(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    """Writes rows of texts as a Parquet file: land(names, rows) -> path."""
    base, number = tmp_path_factory.mktemp("landed"), itertools.count()

    def write(names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> str:
        path = base / f"part-{next(number)}.parquet"
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        told = {n: pl.Series(list(c), dtype=pl.String) for n, c in zip(names, columns, strict=True)}
        pl.DataFrame(told).write_parquet(path)
        return str(path)

    return write


@pytest.fixture(scope="session")
def land_typed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Writes the rows of a DuckDB query as a Parquet file."""
    base, number = tmp_path_factory.mktemp("typed"), itertools.count()

    def write(query: str) -> str:
        path = base / f"part-{next(number)}.parquet"
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        return str(path)

    return write
