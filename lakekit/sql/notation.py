"""Raw values as a column's notation (`lakekit.domain.notation`) has them, before and beside the casts of
`lakekit.sql.cast`. The trees ask nothing of an engine that engines do not agree on: patterns, and replacements of
constant texts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from lakekit.domain.notation import BLANKS, INFINITY, NAN, Notation, Special
from lakekit.domain.types import ColumnType
from lakekit.sql.tree import any_of, case, cast, full_match, negated, own, text

_FLOATS = ("float", "double")


def cleaned(raw: exp.Expression, physical: str, notation: Notation) -> exp.Expression:
    """The raw value: trimmed where it is a text, and NULL where it is a float that counts as no value."""
    if notation.trim and physical == "string":
        raw = exp.Trim(this=own(raw), expression=text(BLANKS), position="BOTH")
    absent = _specials(raw, physical, notation, Special.NULL)
    return case((negated(any_of(absent)), raw)) if absent else raw


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
