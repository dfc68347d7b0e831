"""Nested values as JSON that every engine writes alike: parts as `lakekit.sql.canonical` tells them, in quotes but for
booleans and finite numbers."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlglot import exp

from lakekit.domain.ddl import members, taken_apart
from lakekit.sql.tree import (
    call,
    case,
    coalesce,
    concat,
    field_of,
    is_null,
    lambda_,
    literal_number,
    own,
    parameter,
    text,
)

AsText = Callable[[exp.Expression, str], exp.Expression]

_BARE = ("boolean", "byte", "short", "int", "long")
_ALIKE = (*_BARE, "string", "date")
"""Types whose JSON engines agree on."""


def as_json(raw: exp.Expression, ddl: str, as_text: AsText, depth: int = 0) -> exp.Expression:
    """The JSON of a value of the type, NULL for NULL. `as_text` tells flat values, `depth` numbers parameters."""
    if _alike(ddl):
        return exp.JSONFormat(this=own(raw))
    head, parts = taken_apart(ddl)
    item = parameter(f"j{depth}")

    def part(value: exp.Expression, type_: str) -> exp.Expression:
        told = as_json(value, type_, as_text, depth + 1) if "<" in type_ else _leaf(value, type_, as_text)
        return coalesce(told, text("null"))

    if head == "array":
        told = _joined(own(raw), item, part(item, parts[0]))
        return concat(text("["), told, text("]"))
    if head == "map":
        key = _leaf(field_of(item, "key"), parts[0], as_text)
        entry = concat(key, text(":"), part(field_of(item, "value"), parts[1]))
        return concat(text("{"), _joined(call("MAP_ENTRIES", raw), item, entry), text("}"))
    fields: list[exp.Expression] = []
    for name, type_ in members(ddl):
        before = f"{',' if fields else '{'}{json.dumps(name, ensure_ascii=False)}:"
        fields += [text(before), part(field_of(raw, name), type_)]
    return case((is_null(raw), exp.Null()), otherwise=concat(*fields, text("}")))


def _alike(ddl: str) -> bool:
    head, parts = taken_apart(ddl)
    inner = [type_ for _, type_ in members(ddl)] if head == "struct" else parts
    return all(map(_alike, inner)) if inner else ddl in _ALIKE


def _leaf(value: exp.Expression, ddl: str, as_text: AsText) -> exp.Expression:
    if ddl == "string":
        return _quoted(value)
    told = as_text(value, ddl)
    if ddl in _BARE or ddl.startswith("decimal"):
        return told
    quoted = concat(text('"'), told, text('"'))
    if ddl not in ("float", "double"):
        return quoted
    finite = exp.RegexpLike(this=own(told), expression=text(r"\A-?[0-9]"))
    return case((finite, told), otherwise=quoted)


def _quoted(value: exp.Expression) -> exp.Expression:
    """As the only one of a list, since not every engine writes a text that stands alone."""
    listed = exp.JSONFormat(this=exp.Array(expressions=[own(value)]))
    length = exp.Sub(this=exp.Length(this=own(listed)), expression=literal_number(2))
    return case(
        (is_null(value), exp.Null()),
        otherwise=exp.Substring(this=own(listed), start=literal_number(2), length=length),
    )


def _joined(items: exp.Expression, item: exp.Column, told: exp.Expression) -> exp.Expression:
    texts = exp.Transform(this=items, expression=lambda_(item.name, told))
    return exp.ArrayToString(this=texts, expression=text(","))
