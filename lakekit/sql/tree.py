"""Short names for the nodes that every query here is made of. Names are always quoted; nothing is pasted.

Nodes have one parent. The functions here take a node that has none as it is, and a copy of one that is in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TypeVar

from sqlglot import exp

from lakekit.domain.ddl import members, taken_apart
from lakekit.domain.types import ColumnType
from lakekit.domain.values import format_value, parse_value

_Node = TypeVar("_Node", bound=exp.Expr)

_FLAT = (
    *("string", "boolean", "byte", "short", "int", "long", "float", "double"),
    *("date", "timestamp", "timestamp_ntz", "binary"),
)


def own(node: _Node) -> _Node:
    """The node itself when nothing holds it yet, else a copy. Copying always would cost the square of the depth."""
    return node if node.parent is None else node.copy()


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
    return _parsed(ddl).copy()


def flat_ddl(type_: exp.DataType | None) -> str:
    """The text of which `sql_type` makes this type; "" for none, for a nested one, and for one that no table has."""
    if type_ is None:
        return ""
    if type_.this is exp.DataType.Type.DECIMAL:
        return f"decimal({','.join(part.name for part in type_.expressions) or '10,0'})"
    return _flat().get(type_.this, "")


@cache
def _flat() -> dict[object, str]:
    """What types that are not nested are called; texts of a bounded length are texts."""
    bounded = dict.fromkeys((exp.DataType.Type.VARCHAR, exp.DataType.Type.CHAR), "string")
    return bounded | {_parsed(ddl).this: ddl for ddl in _FLAT}


@cache
def _parsed(ddl: str) -> exp.DataType:
    """A wide contract asks for few types many times, and parsing one costs more than the node it goes into. Fields of
    structs may have any name."""
    head, parts = taken_apart(ddl)
    if not parts:
        return exp.DataType.build(ddl, dialect="spark")
    if head == "struct":
        inner: list[exp.Expression] = [
            exp.ColumnDef(this=name(field), kind=sql_type(type_)) for field, type_ in members(ddl)
        ]
    else:
        inner = [sql_type(part) for part in parts]
    return exp.DataType(this=exp.DataType.Type[head.upper()], nested=True, expressions=inner)


def cast(value: exp.Expression, ddl: str) -> exp.Cast:
    return exp.Cast(this=own(value), to=sql_type(ddl))


def try_cast(value: exp.Expression, ddl: str) -> exp.TryCast:
    """The engine's own conversion, NULL where it refuses. What it accepts differs between engines."""
    return exp.TryCast(this=own(value), to=sql_type(ddl), safe=True)


def null(ddl: str) -> exp.Cast:
    return cast(exp.Null(), ddl)


def literal(told: str, type_: ColumnType) -> exp.Expression:
    """The value that `told` has in the type. Raises ValueError when it has none."""
    value = parse_value(told, type_)
    if value is None:
        raise ValueError(f"{told!r} is no {type_}")
    return text(value) if isinstance(value, str) else cast(text(format_value(value)), str(type_))


def is_null(value: exp.Expression) -> exp.Expression:
    return exp.Is(this=own(value), expression=exp.Null())


def is_known(value: exp.Expression) -> exp.Expression:
    return negated(is_null(value))


def negated(condition: exp.Expression) -> exp.Not:
    return exp.Not(this=exp.Paren(this=own(condition)))


def one_of(value: exp.Expression, choices: Iterable[exp.Expression]) -> exp.In:
    return exp.In(this=own(value), expressions=[own(c) for c in choices])


def all_of(conditions: Sequence[exp.Expression]) -> exp.Expression:
    """True for an empty sequence."""
    return _balanced(exp.And, conditions) if conditions else exp.true()


def any_of(conditions: Sequence[exp.Expression]) -> exp.Expression:
    """False for an empty sequence."""
    return _balanced(exp.Or, conditions) if conditions else exp.false()


def _balanced(connect: type[exp.And | exp.Or], conditions: Sequence[exp.Expression]) -> exp.Expression:
    """Depth grows with the logarithm of the length: parsers limit how deep a condition may nest."""
    if len(conditions) == 1:
        return exp.Paren(this=own(conditions[0]))
    half = len(conditions) // 2
    return exp.Paren(
        this=connect(this=_balanced(connect, conditions[:half]), expression=_balanced(connect, conditions[half:]))
    )


def case(*branches: tuple[exp.Expression, exp.Expression], otherwise: exp.Expression | None = None) -> exp.Case:
    """The value of the first branch whose condition is true; NULL when there is none and no `otherwise`."""
    ifs = [exp.If(this=own(condition), true=own(value)) for condition, value in branches]
    return exp.Case(ifs=ifs, default=own(otherwise) if otherwise is not None else None)


def coalesce(value: exp.Expression, *others: exp.Expression) -> exp.Coalesce:
    return exp.Coalesce(this=own(value), expressions=[own(o) for o in others])


def concat(*texts: exp.Expression) -> exp.Expression:
    """NULL when one of them is."""
    return exp.Concat(expressions=[own(t) for t in texts], safe=False, coalesce=False)


def full_match(value: exp.Expression, pattern: str) -> exp.Expression:
    """Whether the whole text matches. `\\A` and `\\z`, since in some engines `$` ignores a final newline."""
    return exp.RegexpLike(this=own(value), expression=text(rf"\A(?:{pattern})\z"))


def named(value: exp.Expr, name_: str) -> exp.Alias:
    return exp.Alias(this=own(value), alias=name(name_))


def count() -> exp.Count:
    return exp.Count(this=exp.Star())


def how_many(condition: exp.Expression) -> exp.Expression:
    """The number of rows for which the condition is true, 0 where there are none."""
    return coalesce(exp.Sum(this=case((condition, literal_number(1)))), literal_number(0))


def call(function: str, *arguments: exp.Expression) -> exp.Expression:
    """A function that engines call alike."""
    made: exp.Expression = exp.func(function, *map(own, arguments))  # type: ignore[assignment]  # a value
    return made


def lambda_(parameter: str, body: exp.Expression) -> exp.Lambda:
    return exp.Lambda(this=body, expressions=[name(parameter)])


def parameter(name_: str) -> exp.Column:
    """A lambda's parameter within its body."""
    return exp.Column(this=name(name_))


def let(value: exp.Expression, called: exp.Column, body: exp.Expression) -> exp.Expression:
    """`body`, in which the parameter stands for the value: it is computed once."""
    one = exp.Transform(this=exp.Array(expressions=[own(value)]), expression=lambda_(called.name, body))
    return exp.Bracket(this=one, expressions=[literal_number(0)])


def literal_number(value: int) -> exp.Expression:
    return exp.Literal.number(value)


def field_of(struct: exp.Expression, field: str) -> exp.Dot:
    """A field of a struct that a column, a parameter or a field is."""
    whole = exp.Paren(this=own(struct)) if isinstance(struct, exp.Column) else own(struct)
    return exp.Dot(this=whole, expression=name(field))


def member(value: str, field: str) -> exp.Dot:
    """A field of a struct that a lambda's parameter or a column names."""
    return exp.Dot(this=name(value), expression=name(field))


def text_map(entries: Sequence[tuple[str, exp.Expression]]) -> exp.Map:
    """A map from constant texts."""
    return exp.Map(
        keys=exp.Array(expressions=[text(key) for key, _ in entries]),
        values=exp.Array(expressions=[own(value) for _, value in entries]),
    )


def named_struct(fields: Sequence[tuple[str, exp.Expression]]) -> exp.Struct:
    return exp.Struct(expressions=[exp.PropertyEQ(this=name(field), expression=own(value)) for field, value in fields])


def subquery(query: exp.Query, alias: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=name(alias)))


def union_all(queries: Sequence[exp.Select]) -> exp.Query:
    """All rows of one query or more, columns matched by position."""
    union: exp.Query = queries[0]
    for query in queries[1:]:
        union = exp.Union(this=union, expression=query, distinct=False)
    return union
