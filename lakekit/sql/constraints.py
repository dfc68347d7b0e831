"""A contract's rules as constraints of its table: predicates over published rows that all of them keep."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

from sqlglot import exp, parse_one

from lakekit.domain.contract import Column, Contract, Rule, rules
from lakekit.domain.table_options import OURS
from lakekit.domain.types import Kind
from lakekit.sql.audit import ACCEPTED_ROWS
from lakekit.sql.tree import any_of, case, column, count, is_known, is_null, literal, named, one_of, table

_PLAIN = re.compile(r"[A-Za-z0-9_]{1,64}")
_INEXACT = frozenset({Kind.FLOAT, Kind.DOUBLE})


def constraints(contract: Contract, cursor: str | None) -> dict[str, str]:
    """The rules that every writer of Delta can keep, by name, as Spark SQL. A predicate that is NULL counts as broken
    there (PROTOCOL.md, CHECK constraints), so each says what no value means.

    Casts are the column's type. Patterns are left out, since engines read some of them in their own ways, and limits of
    floating numbers, whose texts differ.
    """
    told = ((rule, _PREDICATES.get(rule.code)) for rule in rules(contract, cursor))
    made = {_name(rule): make(contract.column(rule.column)) for rule, make in told if make is not None}
    return {name: tree.sql("spark", identify=True) for name, tree in made.items() if tree is not None}


def broken_query(texts: Mapping[str, str]) -> exp.Query:
    """One row over the accepted rows: how many of them break each constraint, in the order of `texts`, which has one or
    more. They are texts that `constraints` made."""
    counted = []
    for number, text_ in enumerate(texts.values()):
        kept = case((_parsed(text_), exp.Literal.number(1)))
        broken = exp.Sub(this=count(), expression=exp.Count(this=kept))
        counted.append(named(broken, f"b{number}"))
    return exp.Select(expressions=counted).from_(table(ACCEPTED_ROWS), copy=False)


def _parsed(text_: str) -> exp.Expression:
    tree: exp.Expression = parse_one(text_, read="spark")  # type: ignore[assignment]  # a predicate
    return tree


def _name(rule: Rule) -> str:
    plain = _PLAIN.fullmatch(rule.column)
    told = rule.column.lower() if plain else hashlib.sha256(rule.column.encode()).hexdigest()[:12]
    return f"{OURS}{told}_{_NAMES[rule.code]}"


def _required(found: Column) -> exp.Expression | None:
    return is_known(column(found.name))


def _minimum(found: Column) -> exp.Expression | None:
    return _limit(found, exp.GTE, found.minimum)


def _maximum(found: Column) -> exp.Expression | None:
    return _limit(found, exp.LTE, found.maximum)


def _limit(found: Column, compare: type[exp.GTE | exp.LTE], limit: str | None) -> exp.Expression | None:
    if limit is None or found.type.kind in _INEXACT:
        return None
    return _if_known(found, compare(this=column(found.name), expression=literal(limit, found.type)))


def _allowed(found: Column) -> exp.Expression | None:
    if found.type.kind in _INEXACT:
        return None
    return _if_known(found, one_of(column(found.name), [literal(value, found.type) for value in found.allowed]))


def _if_known(found: Column, predicate: exp.Expression) -> exp.Expression:
    return any_of([is_null(column(found.name)), predicate])


_PREDICATES: Mapping[str, Callable[[Column], exp.Expression | None]] = {
    "missing_value": _required,
    "cursor_missing": _required,
    "below_minimum": _minimum,
    "above_maximum": _maximum,
    "not_allowed": _allowed,
}
_NAMES = {
    "missing_value": "required",
    "cursor_missing": "required",
    "below_minimum": "minimum",
    "above_maximum": "maximum",
    "not_allowed": "allowed",
}
