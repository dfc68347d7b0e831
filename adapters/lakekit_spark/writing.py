"""How Parquet is written."""

from __future__ import annotations

from collections.abc import Mapping

from lakekit.ports.engine import Input
from lakekit_spark.files import Files
from lakekit_spark.stats import TRUNCATED

WRITER = {
    "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "parquet.statistics.truncate.length": str(TRUNCATED),
}

_TASK = 16 * 2**20
"""Bytes of Parquet that are worth a task, and so a file, of their own."""


def tasks(inputs: Mapping[str, Input], files: Files) -> int:
    """How many tasks may write at most: else each part of a union would, and leave as many small files."""
    size = sum(files.size(file) for input_ in inputs.values() for file in input_.files)
    return max(1, -(-size // _TASK))
