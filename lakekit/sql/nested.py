"""Nested values as values of a contract's type, part by part, meaning on every engine what `lakekit.domain.values`
says of texts, and `lakekit.sql.cast` of typed columns.

Two trees for each type: `value`, which has NULL for each part that is none, and `sound`, whether no part is. A value of
which one part is none of its type is none as a whole.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen
from sqlglot import exp

from lakekit.domain.ddl import members, taken_apart
from lakekit.domain.types import ColumnType, Kind
from lakekit.sql.json_text import LEAF, LIST, OBJECT, handed_on, read
from lakekit.sql.tree import (
    all_of,
    any_of,
    call,
    case,
    coalesce,
    field_of,
    is_known,
    is_null,
    lambda_,
    let,
    literal_number,
    named_struct,
    negated,
    null,
    one_of,
    own,
    parameter,
    text,
)

JSON = "json"
"""The physical type of texts as `lakekit.sql.json_text` hands them on."""

Convert = Callable[[exp.Expression, str, ColumnType], exp.Expression]


@frozen
class Parts:
    """`flat` is the value of a flat part, NULL when it is none; `depth` numbers the parameters of lambdas, so that each
    can be named within those of others."""

    flat: Convert
    depth: int = 0

    def value(self, raw: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
        """The value of a part; `raw` is a name, or what a name has."""
        if physical == JSON:
            return self._json_value(raw, type_)
        if physical == str(type_):
            return own(raw)
        if not type_.nested:
            return self.flat(raw, physical, type_)
        if physical == "string":
            told, found = self._next()
            return let(handed_on(raw, type_.depth), found, told.value(found, JSON, type_))
        return self._rebuilt(raw, physical, type_)

    def _rebuilt(self, raw: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
        head, inner = taken_apart(physical)
        match type_.kind:
            case Kind.ARRAY if head == "array":
                return self._each(own(raw), inner[0], type_)
            case Kind.MAP if head == "map" and inner[0] == "string":
                return case((_distinct(raw), self.entries(own(raw), inner[1], type_)))
            case Kind.STRUCT if head == "struct":
                there = dict(members(physical))
                values = [
                    (f, self.value(field_of(raw, f), there[f], t) if f in there else null(str(t)))
                    for f, t in type_.fields
                ]
                return case((is_known(raw), named_struct(values)))
        return null(str(type_))

    def sound(self, raw: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
        """True where nothing in the part, NULL included, is no value of its type; else false or NULL."""
        if physical == str(type_) and _is_always_sound(type_):
            return exp.true()
        if physical == JSON:
            return any_of([is_null(raw), self._json_sound(raw, type_)])
        if not type_.nested:
            return any_of([is_null(raw), is_known(self.flat(raw, physical, type_))])
        if physical == "string":
            told, found = self._next()
            return let(handed_on(raw, type_.depth), found, told.sound(found, JSON, type_))
        return any_of([is_null(raw), self._parts_sound(raw, physical, type_)])

    def _parts_sound(self, raw: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
        head, inner = taken_apart(physical)
        match type_.kind:
            case Kind.ARRAY if head == "array":
                return self._none_fails(own(raw), inner[0], type_.within[0])
            case Kind.MAP if head == "map" and inner[0] == "string":
                entries = call("MAP_VALUES", raw)
                return all_of([_distinct(raw), self._none_fails(entries, inner[1], type_.within[0])])
            case Kind.STRUCT if head == "struct":
                fields = dict(type_.fields)
                sound = [
                    self.sound(field_of(raw, f), p, fields[f]) if f in fields else is_null(field_of(raw, f))
                    for f, p in members(physical)
                ]
                return all_of(sound)
        return exp.false()

    def _json_value(self, raw: exp.Expression, type_: ColumnType) -> exp.Expression:
        match type_.kind:
            case Kind.ARRAY:
                return case((_begins(raw, "["), self._each(read(raw, LIST), JSON, type_)))
            case Kind.MAP:
                told, found = self._next()
                made = case((_distinct(found), told.entries(own(found), JSON, type_)))
                return case((_begins(raw, "{"), let(read(raw, OBJECT), found, made)))
            case Kind.STRUCT:
                told, found = self._next()
                fields = [(f, told.value(_member(found, f), JSON, t)) for f, t in type_.fields]
                return case((_begins(raw, "{"), let(read(raw, OBJECT), found, named_struct(fields))))
        return case((_begins(raw, LEAF), self.flat(_leaf(raw), "string", type_)))

    def _json_sound(self, raw: exp.Expression, type_: ColumnType) -> exp.Expression:
        match type_.kind:
            case Kind.ARRAY:
                return case((_begins(raw, "["), self._none_fails(read(raw, LIST), JSON, type_.within[0])))
            case Kind.MAP | Kind.STRUCT:
                told, found = self._next()
                return case((_begins(raw, "{"), let(read(raw, OBJECT), found, told.members_sound(found, type_))))
        return all_of([_begins(raw, LEAF), is_known(self.flat(_leaf(raw), "string", type_))])

    def members_sound(self, found: exp.Expression, type_: ColumnType) -> exp.Expression:
        if type_.kind is Kind.MAP:
            values = call("MAP_VALUES", found)
            return all_of([_distinct(found), self._none_fails(values, JSON, type_.within[0])])
        key = self._name()
        known = one_of(key, [text(LEAF + f) for f, _ in type_.fields])
        unknown = exp.ArrayFilter(this=call("MAP_KEYS", found), expression=lambda_(key.name, negated(known)))
        fields = [self.sound(_member(found, f), JSON, t) for f, t in type_.fields]
        return all_of([_distinct(found), _is_empty(unknown), *fields])

    def _each(self, items: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
        inner, item = self._next()
        made = inner.value(item, physical, type_.within[0])
        return exp.Transform(this=items, expression=lambda_(item.name, made))

    def entries(self, map_: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
        inner, entry = self._next()
        name, value = field_of(entry, "key"), field_of(entry, "value")
        key = _leaf(name) if physical == JSON else name
        made = named_struct([("key", key), ("value", inner.value(value, physical, type_.within[0]))])
        entries = exp.Transform(this=call("MAP_ENTRIES", map_), expression=lambda_(entry.name, made))
        return call("MAP_FROM_ENTRIES", entries)

    def _none_fails(self, items: exp.Expression, physical: str, type_: ColumnType) -> exp.Expression:
        inner, item = self._next()
        fails = negated(coalesce(inner.sound(item, physical, type_), exp.false()))
        return _is_empty(exp.ArrayFilter(this=items, expression=lambda_(item.name, fails)))

    def _name(self) -> exp.Column:
        return parameter(f"e{self.depth}")

    def _next(self) -> tuple[Parts, exp.Column]:
        return Parts(self.flat, self.depth + 1), self._name()


_ALWAYS = frozenset({Kind.STRING, Kind.BOOLEAN, Kind.INT, Kind.LONG, Kind.DECIMAL, Kind.BINARY})
"""Kinds of which every value that an engine holds is one."""


def _is_always_sound(type_: ColumnType) -> bool:
    """Whether no value of the type can be none: a map can, with a key that is there twice."""
    if type_.kind is Kind.MAP or not type_.nested:
        return type_.kind in _ALWAYS
    return all(map(_is_always_sound, type_.within))


def _begins(raw: exp.Expression, sign: str) -> exp.Expression:
    return exp.StartsWith(this=own(raw), expression=text(sign))


def _leaf(raw: exp.Expression) -> exp.Expression:
    return exp.Substring(this=own(raw), start=literal_number(len(LEAF) + 1))


def _member(found: exp.Expression, field: str) -> exp.Expression:
    return exp.Bracket(this=own(found), expressions=[text(LEAF + field)])


def _distinct(found: exp.Expression) -> exp.Expression:
    """Whether no key is there twice. NULL where there is no map."""
    keys = call("MAP_KEYS", found)
    distinct = call("ARRAY_DISTINCT", keys)
    return exp.EQ(this=exp.ArraySize(this=distinct), expression=exp.ArraySize(this=own(keys)))


def _is_empty(items: exp.Expression) -> exp.Expression:
    return exp.EQ(this=exp.ArraySize(this=items), expression=literal_number(0))
