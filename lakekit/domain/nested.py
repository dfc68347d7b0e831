"""What a text means as a value of any column type: flat (`lakekit.domain.values`), binary, or nested."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from lakekit.domain.json_text import Json, Leaf, read_json
from lakekit.domain.types import ColumnType, Kind
from lakekit.domain.values import BINARY, Value, parse_value

AnyValue: TypeAlias = "Value | bytes | Sequence[AnyValue | None] | Mapping[str, AnyValue | None]"


def parse_any(text: str, type_: ColumnType) -> AnyValue | None:
    """The value of `text` as `type_`, or None when it is none. Binary is an even number of hex digits.

    A nested value is JSON (`lakekit.domain.json_text`) of the very shape of its type: a list, or a dict in which a
    field that the text lacks is None. Each leaf is what its text, or the digits of its number, means as its own type;
    null is no value there. One part that is none of its type, or a name that is no field, leaves no value at all.
    """
    if type_.kind is Kind.BINARY:
        return bytes.fromhex(text) if re.fullmatch(BINARY, text) and len(text) % 2 == 0 else None
    if not type_.nested:
        return parse_value(text, type_)
    try:
        return _part(read_json(text), type_)
    except ValueError:
        return None


def _part(told: Json, type_: ColumnType) -> AnyValue | None:
    """Raises ValueError for what is no value of the type."""
    match type_.kind, told:
        case _, None:
            return None
        case Kind.ARRAY, list():
            return [_part(item, type_.within[0]) for item in told]
        case Kind.MAP, dict():
            return {key: _part(item, type_.within[0]) for key, item in told.items()}
        case Kind.STRUCT, dict() if told.keys() <= {name for name, _ in type_.fields}:
            return {name: _part(told.get(name), inner) for name, inner in type_.fields}
    value = parse_any(str(told), type_) if isinstance(told, Leaf) and not type_.nested else None
    if value is None:
        raise ValueError(f"no {type_}")
    return value
