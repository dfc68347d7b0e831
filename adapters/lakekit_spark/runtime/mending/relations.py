"""Relations as Spark Connect sends them: their expressions, and the types of these, which Sail tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from lakekit_spark.runtime.mending.expressions import alias
from lakekit_spark.runtime.mending.messages import nearest

Ask: TypeAlias = Callable[[Any], Sequence[tuple[str, str]]]
"""What names and types the columns of a relation have; types in Spark DDL."""
Operand: TypeAlias = tuple[Any, bool]
"""An expression, and whether it is of a group."""
OperandTypes: TypeAlias = Mapping[tuple[bytes, bool], str]


def inside_out(relation: Any) -> Iterator[Any]:
    """Those that a relation is made of, each before what is made of it, and the relation last."""
    for inner in nearest(getattr(relation, relation.WhichOneof("rel_type")), "Relation"):
        yield from inside_out(inner)
    yield relation


def is_grouped(relation: Any) -> bool:
    """Whether its expressions are of groups."""
    return bool(relation.WhichOneof("rel_type") == "aggregate")


def has_computed_keys(relation: Any) -> bool:
    """Whether it groups rows by what is computed of them."""
    keys = relation.aggregate.grouping_expressions if is_grouped(relation) else ()
    return any(key.WhichOneof("expr_type") != "unresolved_attribute" for key in keys)


def own_expressions(relation: Any) -> list[Any]:
    """Those of a relation itself that make values, or choose rows."""
    kind = relation.WhichOneof("rel_type")
    body = getattr(relation, kind)
    if kind == "project":
        return list(body.expressions)
    if kind == "with_columns":
        return [each.expr for each in body.aliases]
    if kind == "filter":
        return [body.condition]
    if kind == "aggregate" and not body.HasField("pivot"):
        return list(body.aggregate_expressions)
    return []


def types_of(relation: Any, operands: Sequence[Operand], ask: Ask) -> OperandTypes:
    """Those of expressions of a relation, over its input's rows or over its groups. Of groups by what is computed none
    are told: a part of an expression may be a key only as a whole."""
    types: dict[tuple[bytes, bool], str] = {}
    for grouped in (False,) if has_computed_keys(relation) else (False, True):
        asked = [operand for operand in operands if operand[1] is grouped]
        if asked:
            expressions = [alias(operand, f"o{number}") for number, (operand, _) in enumerate(asked)]
            told = ask(asking(relation, expressions, grouped=grouped))[-len(asked) :]
            types |= {_key(operand): type_ for operand, (_, type_) in zip(asked, told, strict=True)}
    return types


def put(relation: Any, expression: Any, made: Any, ask: Ask) -> None:
    """Put `made` in the place of an expression of a relation's own, so that its column is called as it was."""
    makes_columns = relation.WhichOneof("rel_type") in {"project", "aggregate"}
    if makes_columns and expression.WhichOneof("expr_type") != "alias":
        grouped = is_grouped(relation)
        keys = len(relation.aggregate.grouping_expressions) if grouped else 0
        made = alias(made, *(name for name, _ in ask(asking(relation, [expression], grouped=grouped))[keys:]))
    expression.CopyFrom(made)


def rename(relation: Any, names: Sequence[str]) -> None:
    """Call its columns so."""
    made = type(relation)()
    made.common.CopyFrom(relation.common)
    made.to_df.input.CopyFrom(relation)
    made.to_df.input.ClearField("common")
    made.to_df.column_names.extend(names)
    relation.CopyFrom(made)


def asking(relation: Any, expressions: Sequence[Any], *, grouped: bool) -> Any:
    """A relation whose last columns are these expressions, over the rows of another one's input or over its groups."""
    body = getattr(relation, relation.WhichOneof("rel_type"))
    made = type(relation)()
    if grouped:
        made.aggregate.CopyFrom(body)
        del made.aggregate.aggregate_expressions[:]
        made.aggregate.aggregate_expressions.extend(expressions)
    else:
        made.project.input.CopyFrom(body.input)
        made.project.expressions.extend(expressions)
    return made


def _key(operand: Operand) -> tuple[bytes, bool]:
    return operand[0].SerializeToString(deterministic=True), operand[1]


def type_of(types: OperandTypes, operand: Operand) -> str:
    """Empty where it was not asked for."""
    return types.get(_key(operand), "")
