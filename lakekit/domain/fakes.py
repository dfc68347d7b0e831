"""Fakes for personal values: of the same shape, the same for the same value, and never one of the real ones."""

from __future__ import annotations

import hashlib
import hmac
import re
import string
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from lakekit.domain.types import ColumnType, Kind, flat_type
from lakekit.domain.values import format_value, parse_value

_TRIES = 64
_OF_SHAPE = 16
"""After so many tries a fake grows, by a zero at a time: a shape with few values runs out of them."""
_FIRST_DAY, _DAYS = date(1930, 1, 1), 30_000
_DIGITS = (Kind.INT, Kind.LONG, Kind.DECIMAL)
_NOWHERE = r"(?!)"
_SHORTEST = 4
"""A text that is shorter is looked for as a word of its own: it would be found within many others."""


class Fakes:
    """`key` is secret and thrown away, so that nobody finds a value by trying. `real` has all personal values that the
    fakes stand in for, as canonical texts: no fake is one of them, and no two values have one fake.

    What cannot be faked so, truth values and nested ones among it, becomes no value.
    """

    def __init__(self, key: bytes, real: Collection[str]) -> None:
        self._key, self._real = key, frozenset(real)
        self._cased = {told.lower(): told for told in sorted(real)}
        longest_first = sorted(filter(None, self._real), key=lambda told: (-len(told), told))
        self._anywhere = re.compile("|".join(map(_pattern, longest_first)) or _NOWHERE, re.IGNORECASE)
        self._made: dict[tuple[str, str], str | None] = {}
        self._taken: set[str] = set()

    def of(self, text: str, ddl: str) -> str | None:
        """The fake of a canonical text of a Spark DDL type."""
        type_ = flat_type(ddl)
        if type_ is None or not text:
            return None if type_ is None else text
        # A number in two widths is one value, as joins take it.
        kind = Kind.LONG if type_.kind is Kind.INT else type_.kind
        if (text, kind.value) not in self._made:
            self._made[text, kind.value] = self._new(text, type_)
        return self._made[text, kind.value]

    def within(self, text: str) -> str:
        """A text of a column that is not personal, with the personal values in it replaced."""
        return self._anywhere.sub(lambda found: self._of_real(found[0]) or "", text)

    def _of_real(self, found: str) -> str | None:
        """Of what was found, whatever its case."""
        exact = found if found in self._real else self._cased.get(found.lower(), found)
        return self.of(exact, "string")

    def _new(self, text: str, type_: ColumnType) -> str | None:
        for attempt in range(_TRIES):
            draw = _Draw(self._key, f"{type_.kind.value}\0{text}\0{attempt}")
            fake = self._draft(text, type_, draw, attempt)
            value = parse_value(fake, type_) if fake is not None else None
            told = None if value is None else format_value(value)
            if told is not None and told not in self._taken and not self._is_real(told, attempt):
                self._taken.add(told)
                return told
        return None

    def _is_real(self, fake: str, attempt: int) -> bool:
        """Nor does a fake have a real value in it, unless each of the first tries had: where every letter is somebody's
        initial, a name with an initial cannot do without."""
        return fake.lower() in self._cased or (attempt < _OF_SHAPE and bool(self._anywhere.search(fake)))

    def _draft(self, text: str, type_: ColumnType, draw: _Draw, attempt: int) -> str | None:
        grown = "0" * (attempt // _OF_SHAPE)
        if type_.kind is Kind.STRING:
            return self._text(text + grown, draw)
        if type_.kind in _DIGITS:
            whole, point, rest = text.partition(".")
            return _shaped(whole + (grown if type_.kind is not Kind.DECIMAL else ""), draw, number=True) + (
                point + _shaped(rest, draw)
            )
        if type_.kind in (Kind.FLOAT, Kind.DOUBLE):
            return f"{draw.below(10**6)}.{draw.below(100):02}"
        if type_.kind is Kind.DATE:
            return (_FIRST_DAY + timedelta(days=draw.below(_DAYS))).isoformat()
        if type_.kind is Kind.TIMESTAMP:
            day = datetime(_FIRST_DAY.year, 1, 1, tzinfo=UTC) + timedelta(days=draw.below(_DAYS))
            return format_value(day + timedelta(seconds=draw.below(86_400)))
        return None

    def _text(self, text: str, draw: _Draw) -> str:
        person, at, host = text.rpartition("@")
        if person and at and "." in host and " " not in host:
            # One host has one fake. The ending belongs to nobody (RFC 2606).
            hosts = _Draw(self._key, f"host\0{host.lower()}")
            return f"{_shaped(person, draw)}@{_shaped(host.lower().rpartition('.')[0], hosts)}.example"
        return _shaped(text, draw)


class _Draw:
    """Numbers that the key and a label determine."""

    def __init__(self, key: bytes, label: str) -> None:
        self._key, self._label, self._count = key, label, 0

    def below(self, limit: int) -> int:
        self._count += 1
        told = hmac.new(self._key, f"{self._label}\0{self._count}".encode(), hashlib.sha256).digest()
        return int.from_bytes(told[:8], "big") % limit


def _pattern(real: str) -> str:
    return re.escape(real) if len(real) >= _SHORTEST else rf"(?<!\w){re.escape(real)}(?!\w)"


def _shaped(text: str, draw: _Draw, *, number: bool = False) -> str:
    """Digits for digits, letters for letters; ASCII's other characters stay, unless there is nothing else."""
    nothing = not number and bool(text) and not any(c.isalnum() or not c.isascii() for c in text)
    made = ""
    for character in text:
        if character.isdigit():
            first = number and not made.strip("+-")
            made += str(1 + draw.below(9) if first else draw.below(10))
        elif character.isupper():
            made += string.ascii_uppercase[draw.below(26)]
        elif character.isalpha() or not character.isascii() or nothing or not character.isprintable():
            made += string.ascii_lowercase[draw.below(26)]
        else:
            made += character
    return made
