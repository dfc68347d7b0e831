"""Each engine in turn, and landed files to give it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

import duckdb
import polars as pl
import pytest

from lakekit.plugin.provider import Context
from lakekit.ports.engine import Engine
from tests.spark import LACKS

ENGINES = (
    "duckdb",
    pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.skipif(bool(LACKS), reason=f"spark: {LACKS}")]),
)

Texts = Callable[..., str]


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    name = request.param
    (provider,) = (p for p in import_module(f"lakekit_{name}").lakekit_providers() if p.name == name)
    root = tmp_path_factory.mktemp("root")
    made: Engine = provider.factory(Context(root, str(root), root / "private", {"memory": "1GB", "threads": 2}))
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
