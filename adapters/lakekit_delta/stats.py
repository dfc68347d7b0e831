"""File statistics as Delta keeps them.

A wrong bound hides rows from every reader, a wide one only costs time: what cannot be said exactly is widened
or left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from lakekit.domain.batch import StagedFile
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import ColumnType, Kind, flat_type
from lakekit.domain.values import Value, format_value, parse_value

_TEXT = 32
"""Characters kept of a text, as many as Spark keeps."""

_DIGITS = 15
"""Decimal digits that survive a reader's double."""

_MILLISECOND = timedelta(milliseconds=1)
_HIGHEST = "\U0010ffff"

Bound = str | int | float


def file_stats(file: StagedFile, columns: Sequence[TableColumn]) -> str:
    """The JSON text of an add action's `stats`: the rows, and what is known of the table's columns."""
    types = {c.name: c.type for c in columns}
    # Within a struct Delta counts field by field.
    known = {n: s for n, s in file.stats.items() if n in types and not types[n].startswith("struct")}
    told = {
        "numRecords": file.rows,
        "minValues": _bounds({name: s.minimum for name, s in known.items()}, types, upper=False),
        "maxValues": _bounds({name: s.maximum for name, s in known.items()}, types, upper=True),
        "nullCount": {name: s.nulls for name, s in known.items() if s.nulls is not None},
    }
    return json.dumps(told)


def exact(type_: ColumnType) -> bool:
    """Whether any writer's bounds of such a column can be believed; long decimals pass through doubles."""
    return type_.precision <= _DIGITS


def _bounds(texts: Mapping[str, str | None], types: Mapping[str, str], *, upper: bool) -> dict[str, Bound]:
    bounds = ((name, _bound(text, flat_type(types[name]), upper)) for name, text in texts.items())
    return {name: bound for name, bound in bounds if bound is not None}


def _bound(text: str | None, type_: ColumnType | None, upper: bool) -> Bound | None:
    value = None if text is None or type_ is None else parse_value(text, type_)
    if value is None or isinstance(value, bool) or type_ is None:
        return None
    if type_.kind is Kind.STRING:
        return _text(str(value), upper)
    return _number(value, upper) if isinstance(value, (int, float, Decimal)) else _time(value, upper)


def _text(value: str, upper: bool) -> str | None:
    """A prefix; as an upper bound, with its last character raised. Code points sort as UTF-8 bytes do."""
    if len(value) <= _TEXT:
        return value
    if not upper:
        return value[:_TEXT]
    raised = value[:_TEXT].rstrip(_HIGHEST)
    if not raised:
        return None
    after = ord(raised[-1]) + 1
    return raised[:-1] + chr(0xE000 if after == 0xD800 else after)  # surrogates are no characters


def _number(value: float | Decimal, upper: bool) -> Bound | None:
    if isinstance(value, Decimal):
        digits = len(format(abs(value), "f").replace(".", "").lstrip("0"))
        number = float(value)
        return number if digits <= _DIGITS and "e" not in repr(number) else None
    # Some readers hold -0.0 below 0.0, others hold them equal.
    return value if value or isinstance(value, int) else 0.0 if upper else -0.0


def _time(value: Value, upper: bool) -> str | None:
    if not isinstance(value, datetime):
        return format_value(value)
    # Delta's writers cut at the millisecond, and so may readers: only whole ones mean the same to all.
    rest = timedelta(microseconds=value.microsecond % 1000)
    try:
        return format_value(value - rest + (_MILLISECOND if upper and rest else timedelta()))
    except OverflowError:
        return None


def may_reach(maximum: object, low: Value) -> bool:
    """Whether a file may hold a value at or above `low`; `maximum` is what its statistics say, if they do."""
    if isinstance(maximum, datetime) and isinstance(low, datetime):
        return low - maximum <= _MILLISECOND  # other writers cut the maximum at the millisecond
    return maximum is None or bool(maximum >= low)  # type: ignore[operator]  # one column, so one type
