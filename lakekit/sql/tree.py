"""Short names for the nodes that every query here is made of. Names are always quoted; nothing is pasted.

Nodes have one parent: what is used twice is copied by the function that uses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from lakekit.domain.types import ColumnType
from lakekit.domain.values import format_value, parse_value


def name(text_: str) -> exp.Identifier:
    return exp.to_identifier(text_, quoted=True)


def column(name_: str, table_: str | None = None) -> exp.Column:
    return exp.Column(this=name(name_), table=name(table_) if table_ else None)


def table(name_: str, alias: str | None = None) -> exp.Table:
    return exp.Table(this=name(name_), alias=exp.TableAlias(this=name(alias)) if alias else None)


def text(value: str) -> exp.Literal:
    return exp.Literal.string(value)


def sql_type(ddl: str) -> exp.DataType:
    """The type that `ddl`, written as in lakekit.domain.schema, names."""
    return exp.DataType.build(ddl, dialect="spark")


def cast(value: exp.Expression, ddl: str) -> exp.Cast:
    return exp.Cast(this=value.copy(), to=sql_type(ddl))


def try_cast(value: exp.Expression, ddl: str) -> exp.TryCast:
    """The engine's own conversion, NULL where it refuses. What it accepts differs between engines."""
    return exp.TryCast(this=value.copy(), to=sql_type(ddl), safe=True)


def null(ddl: str) -> exp.Cast:
    return cast(exp.Null(), ddl)


def literal(told: str, type_: ColumnType) -> exp.Expression:
    """The value that `told` has in the type. Raises ValueError when it has none."""
    value = parse_value(told, type_)
    if value is None:
        raise ValueError(f"{told!r} is not a {type_}")
    return text(value) if isinstance(value, str) else cast(text(format_value(value)), str(type_))


def is_null(value: exp.Expression) -> exp.Expression:
    return exp.Is(this=value.copy(), expression=exp.Null())


def is_known(value: exp.Expression) -> exp.Expression:
    return negated(is_null(value))


def negated(condition: exp.Expression) -> exp.Not:
    return exp.Not(this=exp.Paren(this=condition.copy()))


def one_of(value: exp.Expression, choices: Iterable[exp.Expression]) -> exp.In:
    return exp.In(this=value.copy(), expressions=list(choices))


def all_of(conditions: Sequence[exp.Expression]) -> exp.Expression:
    """True for an empty sequence."""
    return _balanced(exp.And, conditions) if conditions else exp.true()


def any_of(conditions: Sequence[exp.Expression]) -> exp.Expression:
    """False for an empty sequence."""
    return _balanced(exp.Or, conditions) if conditions else exp.false()


def _balanced(connect: type[exp.And | exp.Or], conditions: Sequence[exp.Expression]) -> exp.Expression:
    """Depth grows with the logarithm of the length: parsers limit how deep a condition may nest."""
    if len(conditions) == 1:
        return exp.Paren(this=conditions[0].copy())
    half = len(conditions) // 2
    return exp.Paren(
        this=connect(this=_balanced(connect, conditions[:half]), expression=_balanced(connect, conditions[half:]))
    )


def case(*branches: tuple[exp.Expression, exp.Expression], otherwise: exp.Expression | None = None) -> exp.Case:
    """The value of the first branch whose condition is true; NULL when there is none and no `otherwise`."""
    ifs = [exp.If(this=condition.copy(), true=value.copy()) for condition, value in branches]
    return exp.Case(ifs=ifs, default=otherwise.copy() if otherwise is not None else None)


def coalesce(value: exp.Expression, *others: exp.Expression) -> exp.Coalesce:
    return exp.Coalesce(this=value.copy(), expressions=[o.copy() for o in others])


def concat(*texts: exp.Expression) -> exp.Expression:
    """NULL when one of them is."""
    return exp.Concat(expressions=[t.copy() for t in texts], safe=False, coalesce=False)


def full_match(value: exp.Expression, pattern: str) -> exp.Expression:
    """Whether the whole text matches. `\\A` and `\\z`, since in some engines `$` ignores a final newline."""
    return exp.RegexpLike(this=value.copy(), expression=text(rf"\A(?:{pattern})\z"))


def named(value: exp.Expr, name_: str) -> exp.Alias:
    return exp.Alias(this=value.copy(), alias=name(name_))


def count() -> exp.Count:
    return exp.Count(this=exp.Star())


def lambda_(parameter: str, body: exp.Expression) -> exp.Lambda:
    return exp.Lambda(this=body, expressions=[name(parameter)])


def member(value: str, field: str) -> exp.Dot:
    """A field of a struct that a lambda's parameter or a column names."""
    return exp.Dot(this=name(value), expression=name(field))


def text_map(entries: Sequence[tuple[str, exp.Expression]]) -> exp.Map:
    """A map from constant texts."""
    return exp.Map(
        keys=exp.Array(expressions=[text(key) for key, _ in entries]),
        values=exp.Array(expressions=[value.copy() for _, value in entries]),
    )


def named_struct(fields: Sequence[tuple[str, exp.Expression]]) -> exp.Struct:
    return exp.Struct(
        expressions=[exp.PropertyEQ(this=name(field), expression=value.copy()) for field, value in fields]
    )


def subquery(query: exp.Query, alias: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=name(alias)))


def union_all(queries: Sequence[exp.Select]) -> exp.Query:
    """All rows of one query or more, columns matched by position."""
    union: exp.Query = queries[0]
    for query in queries[1:]:
        union = exp.Union(this=union, expression=query, distinct=False)
    return union
