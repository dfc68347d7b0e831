"""A CSV file into a Delta table with dlt's Arrow path: pyarrow reads and casts, dlt checks no row.

The first bad value stops it. Usage: dlt_arrow.py CSV FOLDER; prints the rows as JSON.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import dlt
import pyarrow as pa
from dlt_rows import pipeline, told
from handwritten import COLUMNS, DATE, DECIMAL, INT, LONG, TEXT
from pyarrow import csv

ARROW = {LONG: pa.int64(), INT: pa.int32(), DECIMAL: pa.decimal128(15, 2), DATE: pa.date32(), TEXT: pa.string()}


@dlt.resource(table_format="delta")
def lineitem(file: str) -> Iterator[pa.RecordBatch]:
    types = csv.ConvertOptions(column_types={name: ARROW[type_] for name, type_ in COLUMNS.items()})
    blocks = csv.ReadOptions(block_size=16 << 20)
    with csv.open_csv(file, read_options=blocks, convert_options=types) as reader:
        yield from reader


if __name__ == "__main__":
    run = pipeline(Path(sys.argv[2]))
    run.run(lineitem(sys.argv[1]), write_disposition="replace")
    sys.stdout.write(told(run))
