"""Rows that take the place of others with the same key: which files hold those, and what these files hold afterwards.

Keys are compared as NULL equal to NULL. All tables are named by the constants here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen
from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.sql.comparable import alike
from lakekit.sql.tree import (
    all_of,
    any_of,
    case,
    coalesce,
    column,
    count,
    is_known,
    is_null,
    named,
    negated,
    subquery,
    table,
    union_all,
)

CAME, WENT, MADE, TARGET, KEYS, DELETED = "came", "went", "made", "target", "keys", "deleted"
"""The rows of an input that came, those that went, those that a transform made, those of its table, the keys in
question, and the keys of rows that are taken out."""

_FILE = "_file"


@frozen
class Moved:
    """What became of an input: the tables of the rows that came and of those that went, "" where there are none. With
    `columns`, all that it has, a row counts that is in one of the two more often than in the other; else all do."""

    came: str = ""
    went: str = ""
    columns: tuple[str, ...] = ()


def moved_keys_query(inputs: Sequence[Moved], keys: Sequence[str], *, known: bool = False) -> exp.Query:
    """The distinct keys of rows that count, of one input or more; with `known`, those that have all their values."""
    told = [side for moved in inputs for side in _moved(moved, keys)]
    every = exp.Select(expressions=[*map(column, keys)]).from_(subquery(union_all(told), "u"), copy=False)
    if known:
        every.where(all_of([is_known(column(key)) for key in keys]), copy=False)
    return every.distinct(copy=False)


def keys_query(source: str, keys: Sequence[str]) -> exp.Query:
    """The distinct keys in a table."""
    return moved_keys_query((Moved(source),), keys)


def _moved(moved: Moved, keys: Sequence[str]) -> list[exp.Select]:
    sides = [name for name in (moved.came, moved.went) if name]
    if len(sides) < 2 or not moved.columns:
        return [exp.Select(expressions=[*map(column, keys)]).from_(table(side), copy=False) for side in sides]
    # Under names of ours, of which none can be that of the weight.
    own = {name: f"c{place}" for place, name in enumerate(moved.columns)}
    weighed = [_weighed(side, own, weight) for side, weight in zip(sides, (1, -1), strict=True)]
    groups = exp.Select(expressions=[*map(column, own.values())])
    groups.from_(subquery(union_all(weighed), "u"), copy=False).group_by(*map(column, own.values()), copy=False)
    groups.having(exp.NEQ(this=exp.Sum(this=column("d")), expression=exp.Literal.number(0)), copy=False)
    told = exp.Select(expressions=[named(column(own[key]), key) for key in keys])
    return [told.from_(subquery(groups, "g"), copy=False)]


def _weighed(side: str, own: Mapping[str, str], weight: int) -> exp.Select:
    told = [named(column(name), alias) for name, alias in own.items()]
    return exp.Select(expressions=[*told, named(exp.Literal.number(weight), "d")]).from_(table(side), copy=False)


def matching_query(source: str, columns: Sequence[str], keys: Sequence[str], *, matching: bool = True) -> exp.Select:
    """The rows of a table whose keys the table `keys` has, or, not `matching`, has not."""
    rows = exp.Select(expressions=[column(c, "s") for c in columns]).from_(table(source, "s"), copy=False)
    return _joined(rows, KEYS, keys, "semi" if matching else "anti")


def concerned_query(source: str, by: Sequence[str], keys: Sequence[str]) -> exp.Query:
    """The distinct values in the columns `keys` of the rows of a table whose values in `by` are in the table `keys`."""
    return matching_query(source, keys, by).distinct(copy=False)


def touched_query(keys: Sequence[str]) -> exp.Query:
    """(file, its rows that go) for each file of `target`, read with its files' names, that holds a key of `keys`."""
    rows = exp.Select(expressions=[column(_FILE, "s")]).from_(table(TARGET, "s"), copy=False)
    counted = exp.Select(expressions=[column(_FILE), named(count(), "rows")])
    counted.from_(subquery(_joined(rows, KEYS, keys, "semi"), "t"), copy=False)
    return counted.group_by(column(_FILE), copy=False)


def lost_query(keys: Sequence[str], columns: Sequence[TableColumn]) -> exp.Query:
    """As `touched_query`, without the rows that a row of `made` is equal to."""
    rows = exp.Select(expressions=[column(_FILE, "s")]).from_(table(TARGET, "s"), copy=False)
    gone = _joined(rows, KEYS, keys, "semi").join(
        table(MADE, "m"), on=alike(columns, "s", "m"), join_type="anti", copy=False
    )
    counted = exp.Select(expressions=[column(_FILE), named(count(), "rows")]).from_(subquery(gone, "t"), copy=False)
    return counted.group_by(column(_FILE), copy=False)


def fresh_query(columns: Sequence[TableColumn]) -> exp.Query:
    """The rows of `made` that no row of `target` is equal to."""
    rows = exp.Select(expressions=[column(c.name, "s") for c in columns]).from_(table(MADE, "s"), copy=False)
    return rows.join(table(TARGET, "t"), on=alike(columns, "s", "t"), join_type="anti", copy=False)


def merged_query(
    columns: Sequence[str], keys: Sequence[str], *, target: bool, made: bool = True, deleted: Sequence[str] = ()
) -> exp.Query:
    """What the touched files hold afterwards: the rows of the table `target` without those whose keys are in `keys`,
    and the rows of the table `made` without those whose keys, the columns `deleted`, are in the table `deleted`. One of
    the first two there is."""
    parts = [matching_query(TARGET, columns, keys, matching=False)] if target else []
    if made:
        rows = exp.Select(expressions=[column(c, "s") for c in columns]).from_(table(MADE, "s"), copy=False)
        parts.append(_joined(rows, DELETED, deleted, "anti") if deleted else rows)
    return union_all(parts)


def clashing_query(by: Sequence[str], keys: Sequence[str]) -> exp.Query:
    """How many rows of `target` stay, as their values in the columns `by` are not in the table `keys`, and have a key,
    the columns `keys`, that a row of `made` has."""
    rows = exp.Select(expressions=[count()]).from_(table(TARGET, "s"), copy=False)
    return _joined(_joined(rows, KEYS, by, "anti"), MADE, keys, "semi", "m")


def repeated_query(keys: Sequence[str]) -> exp.Query:
    """One row over `made`: how many rows have a key that another has too, but for one of each, and how many have none
    in one of the columns."""
    kinds = exp.Select(expressions=[named(count(), "rows"), *map(column, keys)]).from_(table(MADE), copy=False)
    kinds.group_by(*map(column, keys), copy=False)
    more = exp.Sub(this=column("rows"), expression=exp.Literal.number(1))
    lacking = any_of([is_null(column(k)) for k in keys])
    told = [case((negated(lacking), more)), case((lacking, column("rows")))]
    sums = [coalesce(exp.Sum(this=value), exp.Literal.number(0)) for value in told]
    return exp.Select(expressions=sums).from_(subquery(kinds, "k"), copy=False)


def _joined(rows: exp.Select, other: str, keys: Sequence[str], kind: str, alias: str = "k") -> exp.Select:
    same = all_of([exp.NullSafeEQ(this=column(k, "s"), expression=column(k, alias)) for k in keys])
    return rows.join(table(other, alias), on=same, join_type=kind, copy=False)
