"""The columns of functions that make rows: explode and its kin."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve
from sqlglot import exp

from lakekit.domain.lineage import Flow
from lakekit.sql.query.allowed import function_name
from lakekit.sql.query.functions import GENERATORS
from lakekit.sql.query.scope import Field, Relation, struct_fields

_FIXED = {
    "range": ("id",),
    "variant_explode": ("pos", "key", "value"),
    "variant_explode_outer": ("pos", "key", "value"),
}


def generator(node: exp.Expr | None) -> str:
    """The name of the function, where it makes rows; empty for another."""
    name = function_name(node) if node is not None else ""
    return name if name in GENERATORS else ""


def generated(node: exp.Expr, flow: Flow, type_: exp.DataType | None) -> Relation:
    """What a function makes of arguments of such a flow, the first being of such a type."""
    name = function_name(node).removesuffix("_outer")
    fields = _fields(name, node, type_)
    names = tuple(Field(n, flow, type=t, node=node) for n, t in fields or ())
    return Relation(names, open=fields is None, others=flow)


def renamed(rows: Relation, names: Sequence[str]) -> Relation:
    """By an alias with columns; its columns are then known."""
    if not names:
        return rows
    if rows.open or len(names) != len(rows.fields):
        return evolve(rows, fields=tuple(Field(name, rows.others) for name in names), open=False)
    return evolve(rows, fields=tuple(evolve(f, name=n, named=True) for f, n in zip(rows.fields, names, strict=True)))


def _fields(name: str, node: exp.Expr, type_: exp.DataType | None) -> list[tuple[str, exp.DataType | None]] | None:
    """Names and types; None where they depend on a type that is not known."""
    if name in _FIXED:
        return [(each, None) for each in _FIXED[name]]
    if name in {"explode", "posexplode"}:
        made = _exploded(type_)
        return [("pos", None), *made] if made is not None and name == "posexplode" else made
    if name == "inline":
        inner = _inner(type_)
        fields = struct_fields(inner[0]) if inner else []
        return [(d.name, d.args.get("kind")) for d in fields] or None
    if name == "json_tuple":
        return [(f"c{i}", None) for i in range(len(list(node.iter_expressions())) - 1)]
    return None


def _exploded(type_: exp.DataType | None) -> list[tuple[str, exp.DataType | None]] | None:
    inner = _inner(type_)
    if type_ is None or not inner:
        return None
    return list(zip(("key", "value"), inner, strict=True)) if len(inner) == 2 else [("col", inner[0])]


def _inner(type_: exp.DataType | None) -> list[exp.DataType]:
    """What an array or a map is of."""
    if type_ is None or not type_.is_type(exp.DType.ARRAY, exp.DType.MAP):
        return []
    return [each for each in type_.expressions if isinstance(each, exp.DataType)]
