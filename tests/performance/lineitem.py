"""TPC-H lineitem as files, and the lakekit project that reads it, written as a user would."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

TYPES = {
    "l_orderkey": "long",
    "l_partkey": "long",
    "l_suppkey": "long",
    "l_linenumber": "int",
    "l_quantity": "decimal(15,2)",
    "l_extendedprice": "decimal(15,2)",
    "l_discount": "decimal(15,2)",
    "l_tax": "decimal(15,2)",
    "l_returnflag": "string",
    "l_linestatus": "string",
    "l_shipdate": "date",
    "l_commitdate": "date",
    "l_receiptdate": "date",
    "l_shipinstruct": "string",
    "l_shipmode": "string",
    "l_comment": "string",
}
# The same rules as in competitors/handwritten.py. Quantities are spread evenly from 1 to 50: one row of 50 is rejected.
RULES: dict[str, dict[str, object]] = {
    "l_orderkey": {"required": True},
    "l_linenumber": {"required": True},
    "l_quantity": {"min": 1, "max": 49},
    "l_discount": {"min": 0},
    "l_returnflag": {"allowed": ["A", "N", "R"]},
    "l_linestatus": {"allowed": ["F", "O"]},
    "l_shipdate": {"required": True},
}
SUITE = """suites:
  bronze.lineitem:
    - {check: rows, min: 1}
    - {check: rejected_share, max: 0.1}
"""
WATERMARK = "loaded_at"


def make(folder: Path, scale: float) -> Path:
    """The CSV file of this scale: 6 million rows for 1, a tenth of that for 0.1."""
    return _made(folder, "csv", "lineitem", scale)


def parquet(folder: Path, table: str) -> Path:
    """The Parquet file of a table of TPC-H, scale 1."""
    return _made(folder, "parquet", table, 1)


def _made(folder: Path, kind: str, table: str, scale: float) -> Path:
    maker = Path(sys.executable).parent / "tpchgen-cli"
    options = ["--scale-factor", str(scale), "--tables", table, "--output-dir", str(folder), "--quiet"]
    subprocess.run([maker, kind, *options], check=True)
    return folder / f"{table}.{kind}"


def slices(file: Path, rows: int) -> Iterator[str]:
    """The file cut into CSV texts of so many rows each; every one has a column of the hour it was `loaded_at`."""
    with file.open(encoding="utf-8") as lines:
        header = next(lines).rstrip("\n")
        for number in range(sys.maxsize):
            loaded = f"2026-{number // 672 % 12 + 1:02}-{number // 24 % 28 + 1:02}T{number % 24:02}:00:00Z"
            body = [f"{line.rstrip()},{loaded}\n" for line in islice(lines, rows)]
            if not body:
                return
            yield "".join([f"{header},{WATERMARK}\n", *body])


def project(
    folder: Path, *source: str, keys: tuple[str, ...] = (), loaded_at: bool = False, engine: str = "embedded"
) -> Path:
    """A new project with one source, `source` being the lines of its settings."""
    columns = [{"name": name, "type": type_, **RULES.get(name, {})} for name, type_ in TYPES.items()]
    if loaded_at:
        columns.append({"name": WATERMARK, "type": "timestamp", "required": True})
    contract = {"name": "lineitem", "keys": list(keys), "columns": columns}
    settings = ["lake: ./lake", f"engine: {engine}", "sources:", "  lineitem:", *(f"    {line}" for line in source)]
    schemas = folder / "config" / "schema_definitions"
    schemas.mkdir(parents=True)
    (schemas / "lineitem.schema.json").write_text(json.dumps(contract, indent=2), encoding="utf-8")
    (folder / "config" / "dev.yaml").write_text("\n".join(settings) + "\n", encoding="utf-8")
    (folder / "config" / "dq.yaml").write_text(SUITE, encoding="utf-8")
    return folder
