"""How a column's raw values are written where they come from: what is done to a text before the rules of
`lakekit.domain.values` are asked, and what becomes of floats that are no numbers."""

from __future__ import annotations

import enum
import re

from attrs import frozen

from lakekit.domain.types import NESTED, Kind

BLANKS = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
    "\u202f\u205f\u3000"
)
"""The characters that `trim` takes off both ends: Unicode's White_Space."""

NAN = r"[+-]?[nN][aA][nN]"
INFINITY = r"[+-]?[iI][nN][fF]([iI][nN][iI][tT][yY])?"


class Special(enum.Enum):
    """A float that is no number: its row is rejected, it is no value, or it is kept."""

    REJECT = "reject"
    NULL = "null"
    KEEP = "keep"


@frozen
class Notation:
    """How one column is read. `trim` takes white space off texts before anything else is asked of them; `nan` and
    `infinity` are asked of floats and doubles, texts and typed values alike. `decimal_separator` and
    `thousands_separator` are one character each, the latter "" for none; `format` are the formats of dates and
    timestamps, of which the first that fits counts, () for ISO 8601. A text that is not written so is no value.
    `zone` is where timestamps that tell no offset are local times, "" for UTC: of two moments with that local time the
    earlier counts, and a time that no clock there showed is no value."""

    trim: bool = False
    nan: Special = Special.REJECT
    infinity: Special = Special.REJECT
    decimal_separator: str = "."
    thousands_separator: str = ""
    format: tuple[str, ...] = ()
    zone: str = ""

    @property
    def number(self) -> str | None:
        """The pattern of a number with these separators, each where it belongs; None for numbers as they are."""
        if (self.decimal_separator, self.thousands_separator) == (".", ""):
            return None
        digits, point = "[0-9]*", re.escape(self.decimal_separator)
        if self.thousands_separator:
            # A zero leads no group: 0,123 is a slip, or a number with another separator.
            digits = f"({digits}|[1-9][0-9]{{0,2}}({re.escape(self.thousands_separator)}[0-9]{{3}})+)"
        return f"[+-]?{digits}({point}[0-9]*)?([eE][+-]?[0-9]{{1,6}})?"


PLAIN = Notation()
"""What holds where a contract says nothing."""

_FLOATS = frozenset({Kind.FLOAT, Kind.DOUBLE})
_NUMBERS = _FLOATS | {Kind.INT, Kind.LONG, Kind.DECIMAL}
APPLIES: dict[str, frozenset[Kind]] = {
    "trim": frozenset(Kind) - NESTED,
    "nan": _FLOATS,
    "infinity": _FLOATS,
    "decimal_separator": _NUMBERS,
    "thousands_separator": _NUMBERS,
    "format": frozenset({Kind.DATE, Kind.TIMESTAMP}),
    "zone": frozenset({Kind.TIMESTAMP}),
}
"""The kinds of column that each key of a notation means something to."""
