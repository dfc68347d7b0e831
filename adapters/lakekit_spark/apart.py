"""Rows with different values in different files, as far as a few files can."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING

from lakekit.domain.schema import TableColumn
from lakekit_spark.written import LANE

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_LANES = 32
"""A writer is open for each of them: of Sail's, one takes about 3 MB."""
_WHOLE = {"byte", "short", "int", "long"}


def apart(rows: DataFrame, columns: Sequence[TableColumn], by: Sequence[str]) -> tuple[DataFrame, list[str]]:
    """The rows with a lane, and its name, to be written by; without one where `by` is empty, or a column is called so.
    Numbers and dates that follow each other have different lanes."""
    from pyspark.sql import functions as f

    told = [_number(column) for column in columns if column.name in by]
    if not told or any(column.name.lower() == LANE for column in columns):
        return rows, []
    combined = reduce(lambda so_far, number: f.pmod(so_far * 7 + number, f.lit(_LANES)), told)
    return rows.withColumn(LANE, combined), [LANE]


def _number(told: TableColumn) -> Column:
    """From 0 to _LANES - 1."""
    from pyspark.sql import functions as f

    value = f.col("`{}`".format(told.name.replace("`", "``")))
    if told.type == "date":
        number = f.unix_date(value)
    elif told.type in _WHOLE:
        number = value
    else:
        number = f.crc32(value.cast("string").cast("binary"))
    return f.coalesce(f.pmod(number.cast("long"), f.lit(_LANES).cast("long")), f.lit(0).cast("long"))
