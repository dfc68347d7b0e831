"""Parquet's types as Spark's: what the port tells of a column, what Spark is asked to read, and how one becomes the
other where they differ."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from lakekit.domain.errors import EngineError
from lakekit_spark.footer import Node

BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BYTES, FIXED = range(8)
_PLAIN = {INT96: "timestamp", FLOAT: "float", DOUBLE: "double", BOOLEAN: "boolean", INT32: "integer", INT64: "long"}
_SIGNED = {8: "byte", 16: "short", 32: "integer", 64: "long"}
_UNSIGNED = {8: "short", 16: "integer", 32: "long", 64: "decimal(20,0)"}
_UNIT = {1: "millis", 2: "micros", 3: "nanos"}
_NEW = {0: 1, 1: 2, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 7, 9: 8, 10: 8, 19: 12, 20: 13}
"""The logical type that stands for each converted type, integers aside."""
_STRING, _MAP, _LIST, _ENUM, _DECIMAL, _DATE, _TIME, _TIMESTAMP, _JSON, _UUID = 1, 2, 3, 4, 5, 6, 7, 8, 12, 14
_NAMED = {_STRING: "string", _ENUM: "string", _JSON: "string", _DATE: "date"}

SparkType = str | dict[str, Any]


@frozen
class Column:
    """`read` is a type in Spark's JSON form; `mend` names the way to make of it what `type`, in Spark DDL, tells."""

    name: str
    type: str
    read: SparkType = field(hash=False)
    mend: str = ""


def column(node: Node) -> Column:
    """The column that a node of a footer is. Types that Spark lacks are strings, unsigned integers the next wider type;
    nanoseconds are strings too, as no timestamp here holds them.

    Raises EngineError for a type that has no text here: intervals, and floats of two bytes.
    """
    if node.repeated:
        read: SparkType = _array(_type(node))
        return Column(node.name, ddl(read), read)
    mend, read = _mended(node)
    return Column(node.name, "string", read, mend) if mend else Column(node.name, ddl(read), read)


def ddl(type_: SparkType) -> str:
    """A type in DDL, in lower case without blanks."""
    if isinstance(type_, str):
        return "int" if type_ == "integer" else type_
    if type_["type"] == "array":
        return f"array<{ddl(type_['elementType'])}>"
    if type_["type"] == "map":
        return f"map<{ddl(type_['keyType'])},{ddl(type_['valueType'])}>"
    fields = (f"{field['name']}:{ddl(field['type'])}" for field in type_["fields"])
    return f"struct<{','.join(fields)}>"


def _mended(node: Node) -> tuple[str, SparkType]:
    logical = node.logical or _NEW.get(node.converted, 0)
    if logical == _UUID:
        return "uuid", "binary"
    if logical in {_TIME, _TIMESTAMP}:
        unit = _unit(node)
        if logical == _TIME or unit == "nanos":
            kind = "time" if logical == _TIME else "timestamp"
            return f"{kind}_{unit}", "integer" if node.physical == INT32 else "long"
    return "", _type(node)


def _type(node: Node) -> SparkType:
    return _nested(node) if node.children else _flat(node)


def _flat(node: Node) -> SparkType:
    logical = node.logical or _NEW.get(node.converted, 0)
    if logical in _NAMED:
        return _NAMED[logical]
    if logical == _DECIMAL:
        precision, scale = (node.detail[2], node.detail[1]) if node.detail else (node.about[8], node.about.get(7, 0))
        return f"decimal({precision},{scale})"
    if logical == _TIMESTAMP:
        return "timestamp" if node.detail.get(1, True) else "timestamp_ntz"
    if node.logical == 10:
        return (_SIGNED if node.detail[2] else _UNSIGNED)[node.detail[1]]
    if 11 <= node.converted <= 18:
        return [*_UNSIGNED.values(), *_SIGNED.values()][node.converted - 11]
    return _plain(node)


def _plain(node: Node) -> SparkType:
    if node.physical in _PLAIN:
        return _PLAIN[node.physical]
    if node.converted == 21 or node.logical == 15:
        hint = "leave the column out, or write it as text"
        raise EngineError("engine.unsupported_type", f"Spark cannot read the type of column {node.name!r}", next=hint)
    return "binary"


def _unit(node: Node) -> str:
    if node.logical:
        return _UNIT[min(node.detail[2])]
    return "millis" if node.converted in {7, 9} else "micros"


def _nested(node: Node) -> SparkType:
    logical = node.logical or _NEW.get(node.converted, 0)
    (first, *_) = node.children
    if logical == _MAP and len(first.children) == 2:
        key, value = first.children
        return {"type": "map", "keyType": _member(key), "valueType": _member(value), "valueContainsNull": True}
    if logical == _LIST:
        return _array(_element(node, first))
    fields = [{"name": c.name, "type": _member(c), "nullable": True, "metadata": {}} for c in node.children]
    return {"type": "struct", "fields": fields}


def _element(list_: Node, repeated: Node) -> SparkType:
    """Of a list of three levels, or of the older ones of two."""
    two = len(repeated.children) != 1 or repeated.name in {"array", f"{list_.name}_tuple"}
    return _type(repeated) if two else _member(repeated.children[0])


def _member(node: Node) -> SparkType:
    return _array(_type(node)) if node.repeated else _type(node)


def _array(element: SparkType) -> SparkType:
    return {"type": "array", "elementType": element, "containsNull": True}
