"""What delta-rs alone does with changed rows: one merge. Usage: merge.py TABLE FILE KEY; FILE is Parquet."""

from __future__ import annotations

import sys

import pyarrow.parquet as pq
from deltalake import DeltaTable


def main(folder: str, file: str, key: str) -> None:
    merge = DeltaTable(folder).merge(pq.read_table(file), f"t.{key} = s.{key}", source_alias="s", target_alias="t")
    merge.when_matched_update_all().when_not_matched_insert_all().execute()


if __name__ == "__main__":
    main(*sys.argv[1:])
