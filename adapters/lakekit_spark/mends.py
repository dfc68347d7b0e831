"""Columns of types that Spark lacks, as the texts that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import Column

_UUID = "^(.{8})(.{4})(.{4})(.{4})(.{12})$"


def mended(value: Column, mend: str) -> Column:
    """The text of a value that Spark read as another type; the value itself where nothing has to be done."""
    from pyspark.sql import functions as f

    if not mend:
        return value
    if mend == "uuid":
        return f.regexp_replace(f.lower(f.hex(value)), _UUID, "$1-$2-$3-$4-$5")
    kind, unit = mend.split("_")
    told = _moment(value, unit)
    return f.substring(told, 12, 18) if kind == "time" else told


def _moment(value: Column, unit: str) -> Column:
    """`2024-02-29 01:02:03.5`, with as many digits of a second as there are."""
    from pyspark.sql import functions as f

    if unit != "nanos":
        return _text(value.cast("long") * (1000 if unit == "millis" else 1))
    over = f.pmod(value, f.lit(1000))
    micros = f.call_function("div", value - over, f.lit(1000))
    fraction = f.concat(f.date_format(f.timestamp_micros(micros), "yyyy-MM-dd HH:mm:ss.SSSSSS"), f.lpad(over, 3, "0"))
    return f.when(over == 0, _text(micros)).otherwise(f.rtrim(fraction, f.lit("0")))


def _text(micros: Column) -> Column:
    from pyspark.sql import functions as f

    return f.timestamp_micros(micros.cast("long")).cast("timestamp_ntz").cast("string")
