"""JSON as a tree. The grammar is the standard library's; the walk adds where each value stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from lakekit.domain.errors import ConfigError
from lakekit.project.nodes import Fields, Node, Place, Series, check_depth, check_new, scalar
from lakekit.project.yaml_tree import empty

_BLANKS = re.compile(r"[ \t\r\n]*")
_SPELLED = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
"""Numbers stay as they are spelled: 0.10 and 100000000000000000001 lose nothing."""


def json_tree(text: str, file: str) -> Node:
    """The value of `text`. Raises ConfigError, at the place, for what is not JSON and for a key twice."""
    if not text.strip():
        raise empty(file)
    try:
        _SPELLED.decode(text)
    except json.JSONDecodeError as error:
        raise _syntax(Place(file, error.lineno, error.colno), error.msg) from None
    except RecursionError:
        # A text must be at least as long as it is deep, so this raises.
        check_depth(len(text), Place(file))
    return _Walk(text, file).node(_after_blanks(text, 0), "the file", 0)[0]


class _Walk:
    """Goes through a text that is known to be JSON. Each method takes an offset and returns what begins there
    and the offset after it."""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def node(self, at: int, name: str, depth: int, key: Place | None = None) -> tuple[Node, int]:
        place = self._place(at)
        check_depth(depth, place)
        if self._text[at] == "{":
            return self._fields(at, name, depth, key or place)
        if self._text[at] == "[":
            return self._series(at, name, depth, key or place)
        value, end = _SPELLED.raw_decode(self._text, at)
        text = value if self._text[at] == '"' else self._text[at:end]
        if self._text[at] in "NI" or text == "-Infinity":
            raise _syntax(place, "JSON has no such number")
        is_text = self._text[at] == '"'
        return scalar(name, text, place, plain=not is_text, textual=is_text), end

    def _fields(self, at: int, name: str, depth: int, place: Place) -> tuple[Fields, int]:
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        at = _after_blanks(self._text, at + 1)
        while self._text[at] != "}":
            key, end = _SPELLED.raw_decode(self._text, at)
            here = self._place(at)
            check_new(scalar("a key", key, here, plain=False).text, here, keys)
            colon = _after_blanks(self._text, end)
            node, end = self.node(_after_blanks(self._text, colon + 1), key, depth + 1, here)
            keys[key], entries[key] = here, node
            at = self._next(end)
        return Fields(name, entries, keys, place), at + 1

    def _series(self, at: int, name: str, depth: int, place: Place) -> tuple[Series, int]:
        items: list[Node] = []
        at = _after_blanks(self._text, at + 1)
        while self._text[at] != "]":
            node, end = self.node(at, name, depth + 1)
            items.append(node)
            at = self._next(end)
        return Series(name, tuple(items), place), at + 1

    def _next(self, end: int) -> int:
        """The offset of the next member, or of the closing bracket."""
        at = _after_blanks(self._text, end)
        return _after_blanks(self._text, at + 1) if self._text[at] == "," else at

    def _place(self, at: int) -> Place:
        line = bisect_right(self._lines, at)
        return Place(self._file, line, at - self._lines[line - 1] + 1)


def _after_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


_MENDS = {
    "Expecting value": "remove a comma before it that nothing follows, or put a text in double quotes",
    "Expecting ',' delimiter": "write a comma between two values",
    "Expecting property name enclosed in double quotes": "put the name in double quotes, or remove a comma too many",
}


def _syntax(place: Place, why: str) -> ConfigError:
    return place.error("config.syntax", "not valid JSON", why, _MENDS.get(why, "mend the line"))
