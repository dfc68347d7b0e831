"""Raw values as a column's notation (`lakekit.domain.notation`) has them, before and beside the casts of
`lakekit.sql.cast`. The trees ask nothing of an engine that engines do not agree on: patterns, and replacements of
constant texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from lakekit.domain.formats import MONTHS, Format, parse_format
from lakekit.domain.notation import BLANKS, INFINITY, NAN, Notation, Special
from lakekit.domain.types import ColumnType
from lakekit.sql.tree import any_of, case, cast, concat, full_match, is_null, negated, own, text

_FLOATS = ("float", "double")
UNREADABLE = "?"


def cleaned(raw: exp.Expression, physical: str, notation: Notation) -> exp.Expression:
    """The raw value: trimmed where it is a text, and NULL where it is a float that counts as no value."""
    if notation.trim and physical == "string":
        raw = exp.Trim(this=own(raw), expression=text(BLANKS), position="BOTH")
    absent = _specials(raw, physical, notation, Special.NULL)
    return case((negated(any_of(absent)), raw)) if absent else raw


def respelled(told: exp.Expression, type_: ColumnType, notation: Notation) -> exp.Expression:
    """The text as `lakekit.domain.values` reads it; one that is not written as the notation says becomes a text that is
    no value of any type but text."""
    formats = [parse_format(text_, type_.kind) for text_ in notation.format]
    branches = [(full_match(told, f.pattern), iso(told, f)) for f in formats]
    if notation.number is not None:
        branches.append((full_match(told, notation.number), _with_point(told, notation)))
    if not branches:
        return told
    as_they_are = [
        (is_null(told), told),
        *((found, told) for found in _specials(told, "string", notation, Special.KEEP)),
    ]
    return case(*as_they_are, *branches, otherwise=text(UNREADABLE))


def _with_point(told: exp.Expression, notation: Notation) -> exp.Expression:
    for old, new in ((notation.thousands_separator, ""), (notation.decimal_separator, ".")):
        if old and old != new:
            told = exp.Replace(this=own(told), expression=text(old), replacement=text(new))
    return told


def iso(told: exp.Expression, written: Format) -> exp.Expression:
    """A text that matches the format, in the form of ISO 8601."""

    def field(code: str) -> exp.Expression:
        number = exp.Literal.number(written.fields[code])
        return exp.RegexpExtract(this=own(told), expression=text(rf"\A(?:{written.pattern})\z"), group=number)

    parts = [_year(field, written), text("-"), _month(field, written), text("-"), _two(field("d"))]
    if {"H", "I"} & written.fields.keys():
        parts += [text("T"), _hour(field, written)]
        parts += [
            part for code in "MS" for part in (text(":"), _two(field(code)) if code in written.fields else text("00"))
        ]
        parts += [text("."), field("f")] if "f" in written.fields else []
        parts += [field("z")] if "z" in written.fields else []
    return concat(*parts)


Field = Callable[[str], exp.Expression]


def _two(told: exp.Expression) -> exp.Expression:
    return exp.Pad(this=own(told), expression=exp.Literal.number(2), fill_pattern=text("0"), is_left=True)


def _year(field: Field, written: Format) -> exp.Expression:
    if "Y" in written.fields:
        return field("Y")
    old = exp.GTE(this=field("y"), expression=text("69"))
    return concat(case((old, text("19")), otherwise=text("20")), field("y"))


def _month(field: Field, written: Format) -> exp.Expression:
    if "m" in written.fields:
        return _two(field("m"))
    named = field("b" if "b" in written.fields else "B")
    start = exp.Substring(this=named, start=exp.Literal.number(1), length=exp.Literal.number(3))
    return _translated(exp.Lower(this=start), {month: f"{number:02}" for number, month in enumerate(MONTHS, 1)})


def _hour(field: Field, written: Format) -> exp.Expression:
    if "H" in written.fields:
        return _two(field("H"))
    half = {f"{hour:02}{p}m": f"{hour % 12 + 12 * (p == 'p'):02}" for hour in range(1, 13) for p in "ap"}
    return _translated(concat(_two(field("I")), exp.Lower(this=field("p"))), half)


def _translated(told: exp.Expression, meant: Mapping[str, str]) -> exp.Expression:
    return case(*((exp.EQ(this=own(told), expression=text(key)), text(value)) for key, value in meant.items()))


def kept(raw: exp.Expression, physical: str, notation: Notation) -> exp.Expression | None:
    """Whether a raw value is a float that is no number and is kept; None where none is."""
    found = _specials(raw, physical, notation, Special.KEEP)
    return any_of(found) if found else None


def special(raw: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
    """The value of one that is `kept`."""
    if physical in _FLOATS:
        return cast(raw, str(type_))
    named = [(NAN, "NaN"), (r"-.*", "-Infinity")]
    branches = [(full_match(raw, pattern), cast(text(name), str(type_))) for pattern, name in named]
    return case(*branches, otherwise=cast(text("Infinity"), str(type_)))


def _specials(raw: exp.Expression, physical: str, notation: Notation, wanted: Special) -> Sequence[exp.Expression]:
    """One condition for each of the two kinds that the notation treats as `wanted`. False, not NULL, for a number."""
    if physical not in (*_FLOATS, "string"):
        return []
    asked = [(_nan, NAN, notation.nan), (_infinite, INFINITY, notation.infinity)]
    return [
        typed(raw, physical) if physical in _FLOATS else full_match(raw, pattern)
        for typed, pattern, policy in asked
        if policy is wanted
    ]


def _nan(raw: exp.Expression, physical: str) -> exp.Expression:
    return exp.EQ(this=own(raw), expression=cast(text("NaN"), physical))


def _infinite(raw: exp.Expression, physical: str) -> exp.Expression:
    return exp.EQ(this=exp.Abs(this=own(raw)), expression=cast(text("Infinity"), physical))
