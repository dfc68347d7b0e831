"""One line of a JSON Lines file as texts by column: numbers keep their digits, nested values become compact JSON.

A line is well formed when it is a JSON object (RFC 8259) in UTF-8 of at most MAX_RECORD bytes, in which no object has a
name twice or an empty one, and no text has half of a surrogate pair: nobody can tell what these would mean.
"""

from __future__ import annotations

import json
from typing import Any

from lakekit_files.dialect import MAX_RECORD

Row = dict[str, str | None]


class _Digits(str):
    """A number as it was written: 0.10 stays 0.10, and 2**80 is no float."""

    __slots__ = ()


def row(line: bytes) -> Row | None:
    """The values of the line by name, None for `null`; None for a line that is not well formed."""
    if len(line) > MAX_RECORD:
        return None
    try:
        told = _DECODER.decode(line.decode())
        found = {name: _text(value) for name, value in told.items()} if isinstance(told, dict) else None
        _ = found and [text.encode() for text in (*found, *found.values()) if text]
    except (ValueError, RecursionError):
        return None
    return found


def _text(value: Any) -> str | None:
    """A text as it is, all else as JSON."""
    return value if value is None or isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, dict):
        pairs = ",".join(f"{_json(name)}:{_json(inner)}" for name, inner in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_json, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs) or "" in found:
        raise ValueError("a name is empty, or there twice")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_float=_Digits, parse_int=_Digits, parse_constant=_refused
)
