"""What the functions of this package do to DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as sf

from lakekit_retail import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyspark.sql import DataFrame

RAW = "_raw"


def latest(rows: DataFrame, keys: Sequence[str], *newest_first: str) -> DataFrame:
    """One row per value of `keys`: the one that is greatest in the columns named first, NULL being least. With all
    columns named, the same rows give the same row in whatever order they lie."""
    order = [sf.col(column).desc_nulls_last() for column in newest_first]
    place = sf.row_number().over(Window.partitionBy(*keys).orderBy(*order))
    return rows.withColumn("_place", place).where("_place = 1").drop("_place")


def canonicalized(rows: DataFrame, column: str, function: Callable[..., str | None], *also: str) -> DataFrame:
    """The rows with what `function` makes of `column`, and of the columns `also`, in its place. `<column>_raw` has the
    value as it came where there is nothing to put in its place, and is NULL elsewhere."""
    made = sf.udf(function, "string")
    raw = f"{column}{RAW}"
    told = rows.withColumn(raw, sf.col(column)).withColumn(column, made(sf.col(column), *map(sf.col, also)))
    return told.withColumn(raw, sf.when(sf.col(column).isNull(), sf.col(raw)))


def with_country(rows: DataFrame) -> DataFrame:
    """Canonical `country`, and `country_raw`."""
    return canonicalized(rows, "country", canonical.country)


def with_email(rows: DataFrame) -> DataFrame:
    """Canonical `email`, and `email_raw`."""
    return canonicalized(rows, "email", canonical.email)


def with_phone(rows: DataFrame) -> DataFrame:
    """Canonical `phone`, and `phone_raw`. `country` is canonical already."""
    return canonicalized(rows, "phone", canonical.phone, "country")
