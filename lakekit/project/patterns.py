"""Patterns that every engine reads alike: the part of RE2 that Python, Java and Rust understand the same way.

    pattern   = [ "^" ] branch [ "$" ] { "|" [ "^" ] branch [ "$" ] }
    branch    = { atom [ repeat ] }
    atom      = character | "." | escape | class | "(" branches ")" | "(?:" branches ")"
    branches  = branch { "|" branch }
    repeat    = ( "*" | "+" | "?" | "{n}" | "{n,}" | "{n,m}" ) [ "?" ]
    class     = "[" [ "^" ] { member | member "-" member | shorthand } "]"

An escape is `\\d \\D \\w \\W \\s \\S \\t \\n \\r \\f`, or a backslash before punctuation.
A pattern is meant for the whole value, so anchors are allowed where they change nothing.
"""

from __future__ import annotations

import re
import string

MAX_LENGTH = 1000
MAX_REPEAT = 1000
"""RE2's limit, for a repeat and for the product of nested ones."""

_MAX_DEPTH = 50
_SHORTHANDS = "dDwWsS"
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_ESCAPED = string.punctuation.translate({ord(c): None for c in "<>"})
"""Rust reads an escaped angle bracket as the edge of a word."""

_REPEAT = re.compile(r"\{([0-9]{1,4})(,([0-9]{1,4})?)?\}")
_OUTSIDE = {
    "(?=": "lookahead",
    "(?!": "lookahead",
    "(?<=": "lookbehind",
    "(?<!": "lookbehind",
    "(?>": "an atomic group",
    "(?P=": "a backreference",
    "(?P<": "a named group",
    "(?<": "a named group",
    "(?(": "a conditional group",
    "(?#": "a comment",
    "(?": "a flag",
}


def check_pattern(text: str) -> None:
    """Raises ValueError, with the reason and the position, when `text` is not such a pattern."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"it is longer than {MAX_LENGTH} characters")
    _Pattern(text).check()


class _Pattern:
    """A descent through one pattern. A method that returns a number returns the product of nested repeats."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def check(self) -> None:
        self._alternatives(0)
        if self._at < len(self._text):
            raise self._error("a ) closes nothing")

    def _alternatives(self, depth: int) -> int:
        if depth > _MAX_DEPTH:
            raise self._error(f"groups are nested more than {_MAX_DEPTH} deep")
        most = self._branch(depth)
        while self._skip("|"):
            most = max(most, self._branch(depth))
        return most

    def _branch(self, depth: int) -> int:
        most = 1
        if depth == 0:
            self._skip("^")
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            if depth == 0 and self._peek(2) in ("$", "$|"):
                self._at += 1
            else:
                most = max(most, self._repeated(self._atom(depth)))
        return most

    def _atom(self, depth: int) -> int:
        if self._text[self._at] == "(":
            return self._group(depth)
        if self._skip("["):
            self._class()
        elif self._skip("\\"):
            self._escape()
        else:
            self._literal()
        return 1

    def _literal(self) -> None:
        character = self._text[self._at]
        if character in "*+?{":
            raise self._error(f"{character!r} repeats nothing")
        if character in "^$":
            raise self._error(f"a pattern is for the whole value, so {character} stands only at its edge")
        self._at += 1

    def _group(self, depth: int) -> int:
        opened = self._at
        if not self._skip("(?:"):
            for begin, what in _OUTSIDE.items():
                if self._text.startswith(begin, opened):
                    raise self._error(f"{what} is outside the shared RE2 subset")
            self._at += 1
        most = self._alternatives(depth + 1)
        if not self._skip(")"):
            self._at = opened
            raise self._error("this ( is never closed")
        return most

    def _repeated(self, inner: int) -> int:
        times = self._repeat()
        if times is None:
            return inner
        self._skip("?")
        if self._peek(1) in tuple("*+?{"):
            raise self._error("a repeat of a repeat, or a possessive one, is outside the shared RE2 subset")
        if inner * times > MAX_REPEAT:
            raise self._error(f"it repeats more than {MAX_REPEAT} times")
        return inner * times

    def _repeat(self) -> int | None:
        """The times that a counted repeat multiplies by; 1 for the others, None when there is none."""
        if any(self._skip(sign) for sign in "*+?"):
            return 1
        match = _REPEAT.match(self._text, self._at)
        if match is None:
            return None
        low, high = int(match[1]), int(match[3] or match[1])
        if low > high or high > MAX_REPEAT:
            raise self._error(f"a repeat runs from a number to one not smaller, at most {MAX_REPEAT}")
        self._at = match.end()
        return max(high, 1)

    def _class(self) -> None:
        opened = self._at - 1
        self._skip("^")
        empty = True
        while self._at < len(self._text) and (self._text[self._at] != "]" or empty):
            self._range()
            empty = False
        if not self._skip("]"):
            self._at = opened
            raise self._error("this [ is never closed")

    def _range(self) -> None:
        first = self._member()
        if not self._text.startswith("-", self._at) or self._text.startswith("-]", self._at):
            return
        self._at += 1
        last = self._member() if self._at < len(self._text) else None
        if first is None or last is None or first > last:
            raise self._error("a range runs from a character to a later one; escape a - that means itself")

    def _member(self) -> str | None:
        """The character that a class names, None for a shorthand."""
        if self._skip("\\"):
            return self._escape()
        character = self._text[self._at]
        if character in "[]&~|" or (character == "-" and self._peek(2) != "-]"):
            raise self._error(f"engines do not agree on {character!r} within [ ]; escape it")
        self._at += 1
        return character

    def _escape(self) -> str | None:
        character = self._peek(1)
        if character.isdigit():
            raise self._error("a backreference is outside the shared RE2 subset")
        if not character or character not in _ESCAPED + _SHORTHANDS + "".join(_CONTROLS):
            raise self._error(f"engines do not agree on \\{character}")
        self._at += 1
        if character in _SHORTHANDS:
            return None
        return _CONTROLS.get(character, character)

    def _peek(self, length: int) -> str:
        return self._text[self._at : self._at + length]

    def _skip(self, token: str) -> bool:
        if not self._text.startswith(token, self._at):
            return False
        self._at += len(token)
        return True

    def _error(self, why: str) -> ValueError:
        return ValueError(f"{why} (position {self._at + 1})")
