"""Texts that are JSON (RFC 8259), read strictly, their numbers as they are written."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

Json: TypeAlias = "Leaf | list[Json] | dict[str, Json] | None"


class Leaf(str):
    """A text, the digits of a number, or `true` or `false`."""

    __slots__ = ()


def read_json(text: str) -> Json:
    """What the text tells: 0.10 stays 0.10, and 2**80 is no float.

    Raises ValueError for what is not JSON as a whole, for an object that has a name twice, and for half of a surrogate
    pair.
    """
    try:
        told = _DECODER.decode(text)
        json.dumps(told, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("too deep") from None
    return _told(told)


def _told(value: Any) -> Json:
    if isinstance(value, dict):
        return {name: _told(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_told(inner) for inner in value]
    return value if value is None else Leaf({True: "true", False: "false"}[value] if isinstance(value, bool) else value)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_distinct, parse_float=str, parse_int=str, parse_constant=_refused)
