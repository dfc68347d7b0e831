"""A folder of Parquet files that were written by several programs, at several times."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path

import polars as pl

from lakekit.domain.batch import Counts
from tests.integration.projects import Project

INT96 = (
    "UEFSMRUAFTwVPCwVBhUAFQYVBhwAAAACAAAABgEBAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAVABU8FTwsFQYVABUGFQYcAAAAAgAA"
    "AAMDCLpR72IDAAByjSUAAAAAAAAAAACt2SQAFQQZPDUAGAZzY2hlbWEVBAAVBCUCGAJpZAAVBiUCGAJhdAAWBhkcGSwmABwVBBkl"
    "BgAZGAJpZBUAFgYWYhZiJghJHBUAFQAVAgA8KQYZJgAGAAAAJgAcFQYZJQYAGRgCYXQVABYGFmIWYiZqSRwVABUAFQIAPCkGGSYC"
    "BAAAABbEARYGJggWxAEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAALUAAABQQVIx"
)
"""Three rows as pyarrow 26 writes them with `use_deprecated_int96_timestamps`: id 1, 2, 3, and `at` in int96."""


def test_each_file_is_read_by_its_own_schema_and_judged_by_the_contract(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.contract()
    project.settings(path="data/*.parquet", load_type="incremental")
    data = tmp_path / "data"
    data.mkdir()
    (data / "int96.parquet").write_bytes(base64.b64decode(INT96))
    day = date(2026, 1, 1)
    pl.DataFrame({"note": ["x"], "id": [4]}, schema={"note": pl.String, "id": pl.Int16}).write_parquet(
        data / "b.parquet"
    )
    pl.DataFrame({"id": ["5", "y"], "at": [day, day], "more": [1.5, 2.5]}).write_parquet(data / "c.parquet")
    stamps = pl.Series(["2026-01-01 00:00:00"] * 2).str.to_datetime(time_unit="ns")
    pl.DataFrame({"id": [6.0, 6.5], "at": stamps}).write_parquet(data / "d.parquet")
    (batch,) = project.ingest()
    assert batch.counts == Counts(read=8, published=6, quarantined=2)
    assert project.rows("id, strftime(\"at\" AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%f'), note, _extra['more']") == [
        (1, "2026-01-01 01:02:03.456789", None, None),
        (2, "1900-01-01 00:00:00.000000", None, None),
        (3, None, None, None),
        (4, None, "x", None),
        (5, "2026-01-01 00:00:00.000000", None, "1.5"),
        (6, "2026-01-01 00:00:00.000000", None, None),
    ]
    assert project.rows("values['id']", "_errors/bronze/things") == ["6.5", "y"]
    assert batch.drift is not None
    assert batch.drift.lines() == ("+ more double", "- at", "- note", "~ id long, now double")
