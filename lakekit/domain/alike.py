"""Texts that mean the same value, made one text."""

from __future__ import annotations

import json
import math

from lakekit.domain.types import ColumnType, Kind, flat_type
from lakekit.domain.values import format_value, parse_value

_NESTED = ("array", "map", "struct")
_SMALL = ("byte", "short", "tinyint", "smallint")
_SPECIAL = {"nan": "NaN", "inf": "Infinity", "infinity": "Infinity", "-inf": "-Infinity", "-infinity": "-Infinity"}


def canonical(text: str, ddl: str) -> str | None:
    """The one text of the value that `text` is in a Spark DDL type; None where it is none. Nested values are JSON, in
    which a member without a value counts as none."""
    if ddl.partition("<")[0] in _NESTED:
        return _json(text)
    type_ = _type(ddl)
    if type_ is None:
        return text.upper() if ddl == "binary" else text
    if type_.kind in (Kind.FLOAT, Kind.DOUBLE) and text.lower() in _SPECIAL:
        return _SPECIAL[text.lower()]
    value = parse_value(text, type_)
    if isinstance(value, float) and math.isfinite(value):
        return format_value(value or 0.0)
    return None if value is None else format_value(value)


def alike(cell: str | None, ddl: str) -> str | None:
    """The one text of a cell's value; a text that is no value of the type stays as it is."""
    return None if cell is None else canonical(cell, ddl) or cell


def _type(ddl: str) -> ColumnType | None:
    if ddl == "timestamp_ntz":
        return ColumnType(Kind.TIMESTAMP)
    return ColumnType(Kind.LONG) if ddl in _SMALL else flat_type(ddl)


def _json(text: str) -> str | None:
    try:
        return json.dumps(_bare(json.loads(text)), sort_keys=True, ensure_ascii=False)
    except ValueError:
        return None


def _bare(value: object) -> object:
    """Whole floats as integers: engines write them either way."""
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_bare(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
