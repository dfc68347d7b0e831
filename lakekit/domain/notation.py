"""How a column's raw values are written where they come from: what is done to a text before the rules of
`lakekit.domain.values` are asked, and what becomes of floats that are no numbers."""

from __future__ import annotations

import enum

from attrs import frozen

from lakekit.domain.types import Kind

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
    `infinity` are asked of floats and doubles, texts and typed values alike."""

    trim: bool = False
    nan: Special = Special.REJECT
    infinity: Special = Special.REJECT


PLAIN = Notation()
"""What holds where a contract says nothing."""

_FLOATS = frozenset({Kind.FLOAT, Kind.DOUBLE})
APPLIES: dict[str, frozenset[Kind]] = {
    "trim": frozenset(Kind),
    "nan": _FLOATS,
    "infinity": _FLOATS,
}
"""The kinds of column that each key of a notation means something to."""
