"""A CSV file into a Delta table with dlt, whose row contract discards what is not of its type.

Rows are dicts of texts, as Python's csv module reads them; dlt casts them by the column hints and drops a row with a
value that it cannot cast. It has no ranges and no allowed values, keeps no discarded row and does not count them.
Usage: dlt_rows.py CSV FOLDER; prints the rows as JSON.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import dlt
from handwritten import COLUMNS, DATE, DECIMAL, INT, LONG, TEXT

HINTS = {
    LONG: {"data_type": "bigint"},
    INT: {"data_type": "bigint", "precision": 32},
    DECIMAL: {"data_type": "decimal", "precision": 15, "scale": 2},
    DATE: {"data_type": "date"},
    TEXT: {"data_type": "text"},
}
REQUIRED = {"l_orderkey", "l_linenumber", "l_shipdate"}
HINTED = {name: {**HINTS[type_], "nullable": name not in REQUIRED} for name, type_ in COLUMNS.items()}


@dlt.resource(
    table_format="delta",
    columns=HINTED,
    schema_contract={"tables": "evolve", "columns": "discard_row", "data_type": "discard_row"},
)
def lineitem(file: str) -> Iterator[list[dict[str, str]]]:
    """Pages of rows, which costs dlt less than single ones."""
    with Path(file).open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        while page := list(islice(rows, 10_000)):
            yield page


def pipeline(folder: Path) -> dlt.Pipeline:
    """A pipeline whose state and tables lie in `folder`."""
    tables = dlt.destinations.filesystem(bucket_url=folder.resolve().as_uri())
    return dlt.pipeline("lineitem", pipelines_dir=str(folder / "state"), destination=tables, dataset_name="bronze")


def told(run: dlt.Pipeline) -> str:
    counts = run.last_trace.last_normalize_info.row_counts
    return json.dumps({"published": counts["lineitem"]}) + "\n"


if __name__ == "__main__":
    run = pipeline(Path(sys.argv[2]))
    run.run(lineitem(sys.argv[1]), write_disposition="replace")
    sys.stdout.write(told(run))
