"""Values that engines compare, group and sort alike: maps, which have no equality on every engine, as their entries in
the order of the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from lakekit.domain.ddl import members, taken_apart
from lakekit.domain.schema import TableColumn
from lakekit.sql.tree import all_of, call, case, column, field_of, is_known, lambda_, named_struct, own, parameter


def exact(columns: Sequence[TableColumn]) -> bool:
    """Whether values that compare as equal are the same: of floats, 0.0 is equal to -0.0."""
    return not any(kind in c.type for c in columns for kind in ("float", "double"))


def alike(columns: Sequence[TableColumn], one: str, other: str) -> exp.Expression:
    """Whether a row of one table is a row of another, NULL being equal to NULL."""
    sides = ([comparable(column(c.name, alias), c.type) for c in columns] for alias in (one, other))
    return all_of([exp.NullSafeEQ(this=a, expression=b) for a, b in zip(*sides, strict=True)])


def comparable(value: exp.Expression, ddl: str, depth: int = 0) -> exp.Expression:
    """A value of the type, equal to another where and only where they are the same value. `depth` numbers the
    parameters of lambdas."""
    if "map<" not in ddl:
        return own(value)
    head, parts = taken_apart(ddl)
    if head == "array":
        return _each(own(value), lambda item: comparable(item, parts[0], depth + 1), depth)
    if head == "struct":
        fields = [(f, comparable(field_of(value, f), type_, depth)) for f, type_ in members(ddl)]
        return case((is_known(value), named_struct(fields)))
    entries = call("MAP_ENTRIES", value)
    if "map<" in parts[1]:
        entries = _each(entries, lambda entry: _entry(entry, parts[1], depth + 1), depth)
    return call("ARRAY_SORT", entries)


def _each(items: exp.Expression, made: Callable[[exp.Column], exp.Expression], depth: int) -> exp.Expression:
    item = parameter(f"m{depth}")
    return exp.Transform(this=items, expression=lambda_(item.name, made(item)))


def _entry(entry: exp.Column, ddl: str, depth: int) -> exp.Expression:
    value = comparable(field_of(entry, "value"), ddl, depth)
    return named_struct([("key", field_of(entry, "key")), ("value", value)])
