"""A contract's columns as expressions over raw ones, and the predicate by which a row fails each rule.

Values are first cleaned as the column's notation says. A text that is one of the column's null markers is then no
value, as NULL is; typed columns have no markers. A column's default stands in for no value. A rule is asked of the
value, or for patterns of its text; no rule fires for a value that could not be cast, so a row's reasons are causes and
not their consequences.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen
from sqlglot import exp

from lakekit.domain.contract import Column, Contract, Rule, rules
from lakekit.domain.nested import parse_any
from lakekit.domain.notation import PLAIN
from lakekit.domain.types import Kind
from lakekit.domain.values import OFFSET
from lakekit.sql import zones
from lakekit.sql.canonical import as_text
from lakekit.sql.cast import attempt, confirmed
from lakekit.sql.json_text import handed_on
from lakekit.sql.nested import JSON
from lakekit.sql.notation import cleaned, kept, respelled, special
from lakekit.sql.tree import (
    all_of,
    any_of,
    case,
    coalesce,
    full_match,
    is_known,
    is_null,
    let,
    literal,
    negated,
    one_of,
    own,
    parameter,
    text,
)


@frozen
class Raw:
    """A raw value of a column: the expression, and its Spark DDL type. In a text, `markers` mean no value."""

    value: exp.Expression
    physical: str
    markers: tuple[str, ...] = ()


@frozen
class Cell:
    """One column of a contract as a query can name it: its raw value, and the value of the contract's type."""

    column: Column
    raw: Raw
    typed: exp.Expression


def unmarked(column: Column, raw: exp.Expression, physical: str) -> Raw:
    """The raw value, cleaned, with the markers taken out where reading them as the column's type would give a value.

    JSON is brought into the form that `lakekit.sql.json_text` tells. Other markers need no work: they are no value of
    the type, and only a rule has to tell them from a failed cast.
    """
    if column.type.nested and physical == "string":
        return Raw(handed_on(_without(raw, column.null_markers), column.type.depth), JSON)
    raw, plain = cleaned(raw, physical, column.notation), column.notation == PLAIN
    markers = column.null_markers if physical == "string" else ()
    if plain and column.default is None and not any(parse_any(m, column.type) is not None for m in markers):
        return Raw(raw, physical, markers)
    raw = _without(raw, markers)
    return Raw(respelled(raw, column.type, column.notation) if physical == "string" else raw, physical)


def _without(raw: exp.Expression, markers: Sequence[str]) -> exp.Expression:
    if len(markers) == 1:
        return exp.Nullif(this=own(raw), expression=text(markers[0]))
    return case((negated(one_of(raw, map(text, markers))), raw)) if markers else raw


def tried(column: Column, raw: Raw) -> exp.Expression:
    """The engine's attempt at the value: see lakekit.sql.cast."""
    made = attempt(raw.value, raw.physical, column.type)
    found = kept(raw.value, raw.physical, column.notation)
    return made if found is None else case((found, special(raw.value, raw.physical, column.type)), otherwise=made)


def in_zone(column: Column, physical: str) -> bool:
    """Whether values of the physical type can be local times of the column's zone."""
    timestamp = column.type.kind is Kind.TIMESTAMP
    return timestamp and column.notation.zone != "" and physical in ("string", "timestamp_ntz", "date")


def calendar(column: Column, raw: Raw, attempted: exp.Expression) -> exp.Expression:
    """The attempt, or where it is a local time what `lakekit.sql.zones` needs to know of it."""
    needed = in_zone(column, raw.physical) and zones.changes_later(column.notation.zone)
    return zones.alike(attempted) if needed else own(attempted)


def placed(column: Column, raw: Raw, attempted: exp.Expression, alike: exp.Expression) -> exp.Expression:
    """The attempt, or where it is a local time its moment; `alike` is its `calendar`. Both should be names."""
    if not in_zone(column, raw.physical):
        return own(attempted)
    moment = zones.moment(attempted, alike, column.notation.zone)
    if raw.physical != "string":
        return moment
    return case((exp.RegexpLike(this=own(raw.value), expression=text(OFFSET)), attempted), otherwise=moment)


def value(column: Column, raw: Raw, attempted: exp.Expression) -> exp.Expression:
    """The value of the column: the confirmed attempt, or the default for no value; NULL when there is none."""
    confirmed_ = confirmed(attempted, raw.value, raw.physical, column.type)
    if found := kept(raw.value, raw.physical, column.notation):
        confirmed_ = case((found, attempted), otherwise=confirmed_)
    if column.default is None:
        return confirmed_
    default = literal(column.default, column.type)
    if column.type.kind is Kind.STRING and raw.physical == "string":
        return coalesce(confirmed_, default)
    return case((is_null(raw.value), default), otherwise=confirmed_)


def column_value(column: Column, raw: exp.Expression, physical: str) -> exp.Expression:
    """The value of the column in one expression. For a query that has no room for steps."""
    unmarked_ = unmarked(column, raw, physical)
    attempted = tried(column, unmarked_)
    if not in_zone(column, physical):
        return value(column, unmarked_, attempted)
    local, alike = parameter("local"), parameter("alike")
    told, same = parameter("told"), calendar(column, unmarked_, local)
    made = let(placed(column, unmarked_, local, alike), told, value(column, unmarked_, told))
    return let(attempted, local, let(same, alike, made))


def failures(
    contract: Contract, cursor: str | None, cells: Mapping[str, Cell]
) -> tuple[tuple[Rule, exp.Expression], ...]:
    """Each rule of the contract, in the order of `lakekit.domain.contract.rules`, with a predicate that is true for the
    rows that fail it and false or NULL for the others."""
    return tuple((rule, _PREDICATES[rule.code](cells[rule.column])) for rule in rules(contract, cursor))


def _no_value(raw: Raw) -> exp.Expression:
    absent = is_null(raw.value)
    return any_of([absent, one_of(raw.value, map(text, raw.markers))]) if raw.markers else absent


def _missing(cell: Cell) -> exp.Expression:
    return exp.false() if cell.column.default is not None else all_of([is_null(cell.typed), _no_value(cell.raw)])


def _cast_failed(cell: Cell) -> exp.Expression:
    if cell.column.type.kind is Kind.STRING:
        return exp.false()  # every value has a text
    return all_of([is_null(cell.typed), negated(_no_value(cell.raw))])


def _mismatch(cell: Cell) -> exp.Expression:
    told = as_text(cell.raw.value, cell.raw.physical)
    if cell.column.default is not None:
        told = coalesce(told, text(cell.column.default))
    return all_of([is_known(cell.typed), negated(full_match(told, str(cell.column.pattern)))])


def _below(cell: Cell) -> exp.Expression:
    return exp.LT(this=own(cell.typed), expression=literal(str(cell.column.minimum), cell.column.type))


def _above(cell: Cell) -> exp.Expression:
    return exp.GT(this=own(cell.typed), expression=literal(str(cell.column.maximum), cell.column.type))


def _not_allowed(cell: Cell) -> exp.Expression:
    return negated(one_of(cell.typed, [literal(a, cell.column.type) for a in cell.column.allowed]))


_PREDICATES: Mapping[str, Callable[[Cell], exp.Expression]] = {
    "missing_value": _missing,
    "cursor_missing": _missing,
    "cast_failed": _cast_failed,
    "pattern_mismatch": _mismatch,
    "below_minimum": _below,
    "above_maximum": _above,
    "not_allowed": _not_allowed,
}
