"""A query of Spark SQL on Sail as one would run it by hand: its rows written as Parquet, split by one column.

No table, no audit, no statistics, no way back. Usage: bare_sail.py QUERY FOLDER COLUMN TABLE=FILE …
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession


def main(query: str, folder: str, column: str, inputs: Sequence[str]) -> None:
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    spark = SparkSession.builder.remote(f"sc://{host}:{port}").getOrCreate()
    files: dict[str, list[str]] = {}
    for told in inputs:
        name, _, file = told.partition("=")
        files.setdefault(name, []).append(file)
    for name, some in files.items():
        view = name.replace(".", "_")
        spark.read.parquet(*some).createOrReplaceTempView(view)
        query = query.replace(name, view)
    spark.sql(query).write.partitionBy(column).parquet(folder)
    spark.stop()
    server.stop()


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text("utf-8")
    main(text, sys.argv[2], sys.argv[3], sys.argv[4:])
