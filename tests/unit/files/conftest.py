"""Landing one file, and reading back what was landed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from attrs import frozen

from lakekit.domain.batch import Mode
from lakekit.domain.contract import Column, Contract
from lakekit.domain.landing import Part
from lakekit.domain.watermark import Watermark
from lakekit_files.options import read_options
from lakekit_files.origin import Disk
from lakekit_files.source import FileSource


@frozen
class Landed:
    """The landed rows, the malformed records as (line, text), and the parts that hold them."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    malformed: list[tuple[int, str]]
    parts: tuple[Part, ...]


Land = Callable[..., Landed]


def read(file: Path) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The columns and rows of a Parquet file; timestamps with a zone as texts, for DuckDB needs pytz to make them."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows = connection.read_parquet(str(file))
        zoned = [f'"{n}"::VARCHAR AS "{n}"' for n, t in zip(rows.columns, rows.types, strict=True) if "ZONE" in str(t)]
        return tuple(rows.columns), rows.select(f"* REPLACE ({', '.join(zoned)})" if zoned else "*").fetchall()


@pytest.fixture
def land(tmp_path: Path) -> Land:
    """Lands a file of these bytes, or one that is there already; by `cursor`, when one is given."""

    def landed(
        data: bytes | None, name: str = "data.csv", cursor: Column | None = None,
        low: str | None = None, high: str | None = None, **options: object,
    ) -> Landed:  # fmt: skip
        if data is not None:
            (tmp_path / name).write_bytes(data)
        source = FileSource(Disk(tmp_path), read_options({"path": name, **options}))
        low_, high_ = (Watermark(str(cursor.type), end) if cursor and end else None for end in (low, high))
        bounds = source.bounds(Mode.CURSOR if cursor else Mode.FULL, low_, high_, frozenset())
        assert bounds is not None
        folder = tmp_path / f"landing-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        contract = Contract("data", (cursor,) if cursor else ())
        parts = source.extract(contract, cursor.name if cursor else None, bounds, folder)
        columns, rows = read(folder / parts[0].path)
        malformed = [row for part in parts[1:] for row in read(folder / part.path)[1]]
        return Landed(columns, rows, malformed, parts)

    return landed
