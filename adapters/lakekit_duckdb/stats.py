"""What DuckDB tells of the columns of a file that it wrote, as lakekit's statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lakekit.domain.batch import ColumnStats
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import flat_type
from lakekit.domain.values import format_value, parse_value

_TRUNCATED = 256
"""Texts of so many bytes may be cut; version 2 says so, version 1 does not."""


def column_stats(told: Mapping[str, Mapping[str, str]], columns: Sequence[TableColumn]) -> dict[str, ColumnStats]:
    """Statistics of the columns that are not nested. `told` is DuckDB's account, by quoted names."""
    found = ((c, told.get('"' + c.name.replace('"', '""') + '"')) for c in columns if "<" not in c.type)
    return {c.name: _stats(about, c.type) for c, about in found if about is not None}


def _stats(about: Mapping[str, str], type_: str) -> ColumnStats:
    nulls = int(about["null_count"]) if "null_count" in about else None
    if about.get("has_nan") == "true":
        return ColumnStats(nulls)
    return ColumnStats(nulls, _bound(about, "min", type_), _bound(about, "max", type_))


def _bound(about: Mapping[str, str], end: str, type_: str) -> str | None:
    text = about.get(end)
    if text is None or about.get(f"{end}_is_exact", "true") != "true" or len(text.encode()) >= _TRUNCATED:
        return None
    known = flat_type(type_)
    if known is None:
        return None
    if type_ == "timestamp":
        text = text.removesuffix("+00")
    value = parse_value(text, known)
    return None if value is None else format_value(value)
