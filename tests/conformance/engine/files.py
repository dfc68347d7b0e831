"""Parquet files written and read by Polars, which knows no engine of lakekit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

_TYPES: dict[str, pl.DataType] = {
    "boolean": pl.Boolean(), "byte": pl.Int8(), "short": pl.Int16(), "int": pl.Int32(), "long": pl.Int64(),
    "float": pl.Float32(), "double": pl.Float64(), "string": pl.String(), "binary": pl.Binary(), "date": pl.Date(),
    "timestamp": pl.Datetime("us", "UTC"), "timestamp_ntz": pl.Datetime("us"), "array<int>": pl.List(pl.Int32()),
    "struct<a:int,b:array<string>>": pl.Struct({"a": pl.Int32(), "b": pl.List(pl.String())}),
}  # fmt: skip
_NAMES = {type_: name for name, type_ in _TYPES.items()}


def land(file: Path, columns: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    told = {n: pl.Series(v, dtype=_type(t)) for (n, t), v in zip(columns.items(), values, strict=True)}
    pl.DataFrame(told).write_parquet(file)


def read(file: Path) -> tuple[Mapping[str, str], Sequence[tuple[object, ...]]]:
    frame = pl.read_parquet(file, hive_partitioning=False)
    return {name: _name(type_) for name, type_ in frame.schema.items()}, frame.rows()


def _type(told: str) -> pl.DataType:
    sizes = re.fullmatch(r"decimal\((\d+),(\d+)\)", told)
    return pl.Decimal(int(sizes[1]), int(sizes[2])) if sizes else _TYPES[told]


def _name(type_: pl.DataType) -> str:
    return f"decimal({type_.precision},{type_.scale})" if isinstance(type_, pl.Decimal) else _NAMES[type_]
