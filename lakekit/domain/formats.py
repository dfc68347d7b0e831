"""How a source writes dates and timestamps: formats in the codes of C's `strftime`, as patterns that every engine reads
alike. No engine's own parser is asked, for these differ in what they let pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from attrs import frozen

from lakekit.domain.types import Kind

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

_TWO_DIGITS = {"m": "0[1-9]|1[0-2]", "d": "0[1-9]|[12][0-9]|3[01]", "H": "[01][0-9]|2[0-3]", "I": "0[1-9]|1[0-2]"}
_TWO_DIGITS |= dict.fromkeys("MS", "[0-5][0-9]")
_PATTERNS = {
    **{code: f"{pattern}|[0-9]" if code in "HMS" else f"{pattern}|[1-9]" for code, pattern in _TWO_DIGITS.items()},
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    "f": "[0-9]{1,6}",
    "b": f"(?i:{'|'.join(MONTHS)})",
    "B": f"(?i:{'|'.join(_LONG_MONTHS)})",
    "p": "[AaPp][Mm]",
    "z": "Z|[+-][0-9]{2}:?[0-9]{2}",
}
_FIELDS = {"y": "Y", "b": "m", "B": "m", "I": "H"}
"""Codes that tell what another one tells."""

_NEEDS = {"M": "H", "S": "M", "f": "S", "z": "H"}
_PIECE = re.compile(r"%(.)|([^%])", re.DOTALL)


@frozen(slots=False)
class Format:
    """One way to write a date or a timestamp. Numbers may lack their leading zero where no other number touches them;
    names of months are English; `%y` from 69 on is in the twentieth century, as POSIX has it."""

    text: str

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes in their order, `%%` aside."""
        return tuple(code for code, _ in self._pieces if code not in ("", "%"))

    @cached_property
    def fields(self) -> Mapping[str, int]:
        """Where each field stands among the groups of `pattern`, from 1, by the code that tells it."""
        return {code: number for number, code in enumerate(self.codes, 1)}

    @cached_property
    def pattern(self) -> str:
        """A pattern of the RE2 subset with a group for each code."""
        told, pieces = "", self._pieces
        for at, (code, literal) in enumerate(pieces):
            if code in ("", "%"):
                told += re.escape(literal or "%")
                continue
            around = [*pieces[max(at - 1, 0) : at], *pieces[at + 1 : at + 2]]
            touched = any(other and other not in "%pbB" for other, _ in around)
            told += f"({(_TWO_DIGITS if touched else _PATTERNS).get(code, _PATTERNS[code])})"
        return told

    @property
    def _pieces(self) -> list[tuple[str, str]]:
        return [(code, literal) for code, literal in _PIECE.findall(self.text)]


def parse_format(text: str, kind: Kind) -> Format:
    """The format that `text` tells for columns of that kind.

    Raises ValueError, with the reason, for unknown codes and for fields that are missing, there twice, or meaningless.
    """
    made = Format(text)
    if unknown := [code for code in made.codes if code not in _PATTERNS]:
        raise ValueError(f"%{unknown[0]} is no code: there are {', '.join(f'%{code}' for code in sorted(_PATTERNS))}")
    if text.replace("%%", "").endswith("%"):
        raise ValueError("it ends with a lone %")
    told = [_FIELDS.get(code, code) for code in made.codes]
    if twice := [field for field in told if told.count(field) > 1]:
        raise ValueError(f"it tells %{twice[0]} twice")
    missing = [field for field in "Ymd" if field not in told]
    missing += [need for field, need in _NEEDS.items() if field in told and need not in told]
    if missing:
        raise ValueError(f"it does not tell %{missing[0]}")
    if ("I" in made.codes) != ("p" in made.codes):
        raise ValueError("%I and %p belong together")
    if kind is Kind.DATE and set(told) - set("Ymd"):
        raise ValueError("a date has no time: make the column a timestamp")
    return made
