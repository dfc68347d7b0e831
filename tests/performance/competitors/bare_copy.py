"""A CSV file into a Delta table and no more: DuckDB reads types and writes one Parquet file, delta-rs commits it.

No landing zone, no rules, no quarantine, no statistics; the first bad value stops it, and ' 12 ' or 12.9 pass for
integers. Usage: bare_copy.py CSV FOLDER; prints the rows as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction
from handwritten import COLUMNS, DELTA


def main(file: str, table: Path) -> None:
    fields = [{"name": n, "type": DELTA[t], "nullable": True, "metadata": {}} for n, t in COLUMNS.items()]
    schema = Schema.from_json(json.dumps({"type": "struct", "fields": fields}))
    delta = DeltaTable.create(str(table), schema)
    reader = f"read_csv($1, header = true, auto_detect = false, columns = {COLUMNS})"
    path = table / "part-0.parquet"
    copied = duckdb.connect().execute(f"COPY (SELECT * FROM {reader}) TO '{path}' (FORMAT parquet)", [file])
    rows = copied.fetchone()[0]
    stats = json.dumps({"numRecords": rows})
    add = AddAction(path.name, path.stat().st_size, {}, int(time.time() * 1000), True, stats)
    delta.create_write_transaction([add], "overwrite", schema)
    sys.stdout.write(json.dumps({"read": rows, "published": rows}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
