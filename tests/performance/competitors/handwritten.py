"""A CSV file into a Delta table as one would write it by hand with DuckDB and delta-rs, for this one file.

The same steps as an ingest: land the text as Parquet, cast by pattern, check, split accepted from rejected rows in one
pass, balance the books, write, and commit with file statistics. It knows its columns, may be run once, and starts
from nothing when it is killed. Usage: handwritten.py CSV FOLDER; prints the books as JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from pathlib import Path

import duckdb
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.transaction import AddAction

LONG, INT, DECIMAL, DATE, TEXT = "BIGINT", "INTEGER", "DECIMAL(15,2)", "DATE", "VARCHAR"
COLUMNS = {
    "l_orderkey": LONG,
    "l_partkey": LONG,
    "l_suppkey": LONG,
    "l_linenumber": INT,
    "l_quantity": DECIMAL,
    "l_extendedprice": DECIMAL,
    "l_discount": DECIMAL,
    "l_tax": DECIMAL,
    "l_returnflag": TEXT,
    "l_linestatus": TEXT,
    "l_shipdate": DATE,
    "l_commitdate": DATE,
    "l_receiptdate": DATE,
    "l_shipinstruct": TEXT,
    "l_shipmode": TEXT,
    "l_comment": TEXT,
}
PATTERNS = {
    LONG: "[+-]?[0-9]{1,19}",
    INT: "[+-]?[0-9]{1,10}",
    DECIMAL: r"[+-]?[0-9]{1,13}(\.[0-9]{1,2})?",
    DATE: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
DELTA = {LONG: "long", INT: "integer", DECIMAL: "decimal(15,2)", DATE: "date", TEXT: "string"}
RULES = {
    "l_orderkey is missing": "l_orderkey IS NULL",
    "l_linenumber is missing": "l_linenumber IS NULL",
    "l_quantity is below 1": "l_quantity < 1",
    "l_quantity is above 49": "l_quantity > 49",
    "l_discount is below 0": "l_discount < 0",
    "l_returnflag is not allowed": "l_returnflag NOT IN ('A', 'N', 'R')",
    "l_linestatus is not allowed": "l_linestatus NOT IN ('F', 'O')",
    "l_shipdate is missing": "l_shipdate IS NULL",
}
MAP = {"type": "map", "keyType": "string", "valueType": "string", "valueContainsNull": True}
EXTRA = {
    "_ingest_ts": "timestamp",
    "_batch_id": "long",
    "_source": "string",
    "_run_date": "date",
    "_row": "long",
    "_reasons": {"type": "array", "elementType": "string", "containsNull": True},
    "_raw": MAP,
}


def main(file: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    landing = folder / "landing.parquet"
    read = land(db, file, landing)
    db.execute("SET preserve_insertion_order = false")  # rows carry their number from here on
    lanes = split(db, landing, file, folder / "staged")
    counts = {lane: sum(f[1] for f in files) for lane, files in lanes.items()}
    accepted, rejected = counts.get("accepted", 0), counts.get("rejected", 0)
    if read != accepted + rejected or rejected > read * 0.1:
        raise SystemExit(f"held back: {read} rows read, {accepted} accepted, {rejected} rejected")
    commit(folder / "quarantine", lanes.get("rejected", []))
    commit(folder / "bronze", lanes.get("accepted", []))
    sys.stdout.write(json.dumps({"read": read, "published": accepted, "quarantined": rejected}) + "\n")


def land(db: duckdb.DuckDBPyConnection, file: str, landing: Path) -> int:
    """All columns as text; records that the parser refuses stop the job."""
    columns = ", ".join(f"'{c}': 'VARCHAR'" for c in COLUMNS)
    reader = f"read_csv($1, header = true, auto_detect = false, store_rejects = true, columns = {{{columns}}})"
    found = db.execute(f"COPY (SELECT * FROM {reader}) TO '{landing}' (FORMAT parquet)", [file]).fetchone()
    refused = db.execute("SELECT count(*) FROM reject_errors").fetchone()
    if refused != (0,):
        raise SystemExit(f"{refused} records cannot be parsed")
    return found[0]


def split(db: duckdb.DuckDBPyConnection, landing: Path, source: str, staged: Path) -> dict[str, list[tuple]]:
    """The written files of each lane: (path, rows, bytes, statistics)."""
    typed = ", ".join(f"{cast(name, type_)} AS {name}" for name, type_ in COLUMNS.items())
    raw = ", ".join(f"{name} AS raw_{name}" for name in COLUMNS)
    failed = {f"{n} cannot be cast": f"{n} IS NULL AND raw_{n} <> ''" for n, t in COLUMNS.items() if t != TEXT}
    rules = failed | RULES
    bad = " OR ".join(f"coalesce({condition}, false)" for condition in rules.values())
    reasons = ", ".join(f"CASE WHEN {condition} THEN '{told}' END" for told, condition in rules.items())
    values = ", ".join(f"'{name}': raw_{name}" for name in COLUMNS)
    now = dt.datetime.now(dt.UTC)
    query = f"""
        SELECT {", ".join(COLUMNS)},
            TIMESTAMPTZ '{now.isoformat()}' AS _ingest_ts, 1::BIGINT AS _batch_id, $1 AS _source,
            DATE '{now.date()}' AS _run_date,
            CASE WHEN bad THEN row END AS _row,
            CASE WHEN bad THEN list_filter([{reasons}], lambda x: x IS NOT NULL) END AS _reasons,
            CASE WHEN bad THEN MAP {{{values}}} END AS _raw,
            CASE WHEN bad THEN 'rejected' ELSE 'accepted' END AS lane
        FROM (SELECT *, {bad} AS bad FROM (
            SELECT {typed}, {raw}, file_row_number + 1 AS row
            FROM read_parquet('{landing}', file_row_number = true)))"""
    options = "FORMAT parquet, PARTITION_BY (lane), RETURN_STATS true"
    lanes: dict[str, list[tuple]] = {}
    written = db.execute(f"COPY ({query}) TO '{staged}' ({options})", [source]).fetchall()
    for path, rows, size, _, stats, lane, *_ in written:
        lanes.setdefault(lane["lane"], []).append((Path(path), rows, size, stats))
    return lanes


def cast(name: str, type_: str) -> str:
    """DuckDB alone would take ' 12 ' and 12.9 for an integer."""
    if type_ == TEXT:
        return f"nullif({name}, '')"
    return f"CASE WHEN regexp_full_match({name}, '{PATTERNS[type_]}') THEN try_cast({name} AS {type_}) END"


def commit(table: Path, files: list[tuple]) -> None:
    fields = {name: DELTA[type_] for name, type_ in COLUMNS.items()} | EXTRA
    told = [{"name": n, "type": t, "nullable": True, "metadata": {}} for n, t in fields.items()]
    schema = Schema.from_json(json.dumps({"type": "struct", "fields": told}))
    delta = DeltaTable.create(str(table), schema)
    properties = CommitProperties(max_commit_retries=0, app_transactions=[Transaction("lineitem", 1)])
    adds = [add(table, *file) for file in files]
    delta.create_write_transaction(adds, "overwrite", schema, commit_properties=properties)


def add(table: Path, path: Path, rows: int, size: int, stats: dict[str, dict[str, str]]) -> AddAction:
    name = f"{path.parent.name.partition('=')[2]}-{path.name}"
    path.rename(table / name)
    known = {column.strip('"'): told for column, told in stats.items() if column.strip('"') in COLUMNS}
    described = {
        "numRecords": rows,
        "minValues": {c: bound(c, told["min"]) for c, told in known.items() if told.get("min_is_exact") == "true"},
        "maxValues": {c: bound(c, told["max"]) for c, told in known.items() if told.get("max_is_exact") == "true"},
        "nullCount": {c: int(told["null_count"]) for c, told in known.items()},
    }
    return AddAction(name, size, {}, int(time.time() * 1000), True, json.dumps(described))


def bound(column: str, value: str) -> str | int | float:
    type_ = COLUMNS[column]
    return int(value) if type_ in {LONG, INT} else float(value) if type_ == DECIMAL else value


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
