"""Contract files: `config/schema_definitions/<name>.schema.json`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve

from lakekit.domain.contract import Column, Contract
from lakekit.domain.evolution import AS_BEFORE, Evolution, MissingColumn, NewColumn, RenamedCase, TypeChange
from lakekit.domain.names import column_problem
from lakekit.domain.types import UNORDERED, ColumnType, parse_type
from lakekit.domain.values import parse_value
from lakekit.project import notations
from lakekit.project.files import read_json
from lakekit.project.nodes import Fields, Node, Scalar
from lakekit.project.patterns import check_pattern
from lakekit.project.reading import (
    any_text,
    bad_value,
    choice,
    distinct_columns,
    fields,
    name,
    present,
    required,
    series,
    text,
    truth,
    wrong_type,
)

FOLDER = "config/schema_definitions"
SUFFIX = ".schema.json"

_KEYS = ("$schema", "name", "description", "keys", "columns", "evolution", "notation")
_KINDS = {
    "new_column": NewColumn,
    "missing_column": MissingColumn,
    "type_change": TypeChange,
    "renamed_case": RenamedCase,
}
_COMMON_KEYS = ("null_markers", *notations.COMMON)
COLUMN_KEYS = (
    *("name", "type", "required", "default", "pattern", "min", "max"),
    *("allowed", "null_markers", "pii", "description"),
    *notations.KEYS,
)


def contract_file(contract: str) -> str:
    """Where the contract of that name stands, relative to the project's folder."""
    return f"{FOLDER}/{contract}{SUFFIX}"


def contracts(root: Path) -> tuple[str, ...]:
    """The names of the contracts that the project has."""
    return tuple(sorted(path.name.removesuffix(SUFFIX) for path in (root / FOLDER).glob(f"*{SUFFIX}")))


def read_contract(root: Path, contract: str) -> Contract:
    """The contract of that name. Raises ConfigError, at the place, for whatever in it cannot be kept."""
    found = fields(read_json(root, contract_file(contract)), _KEYS)
    _check_name(text(required(found, "name")), contract)
    for told in ("$schema", "description"):  # the first is for editors
        if told in found.entries:
            any_text(found.entries[told])
    notation = fields(found.entries["notation"], _COMMON_KEYS).entries if "notation" in found.entries else {}
    columns = _columns(required(found, "columns"), notation)
    keys = found.entries.get("keys")
    evolution = _evolution(found.entries["evolution"]) if "evolution" in found.entries else AS_BEFORE
    made = Contract(contract, columns, (), evolution)
    return evolve(made, keys=read_keys(keys, made)) if keys else made


def read_keys(node: Node, contract: Contract) -> tuple[str, ...]:
    """The columns that name a row. Raises ConfigError, at the place, for what cannot name one."""
    names = distinct_columns(node, tuple(c.name for c in contract.columns))
    for item, named in zip(series(node), names, strict=True):
        type_ = contract.column(named).type
        if type_.kind in UNORDERED:
            raise bad_value(
                text(item), f"it is a {type_}, which names no row", "choose another column", "contract.bad_key"
            )
    return names


def _evolution(node: Node) -> Evolution:
    found = fields(node, tuple(_KINDS)).entries
    chosen: dict[str, Any] = {key: choice(entry, _KINDS[key]) for key, entry in found.items()}
    return Evolution(**chosen)


def _check_name(found: Scalar, contract: str) -> None:
    if found.text != contract:
        why = f"the contract of {contract_file(contract)} is named {contract!r}"
        raise bad_value(found, why, "rename the one or the other")


def _columns(node: Node, notation: Mapping[str, Node]) -> tuple[Column, ...]:
    made: dict[str, Column] = {}
    for item in series(node):
        found = fields(item, COLUMN_KEYS)
        column = _column(found, notation)
        same = made.setdefault(column.name.casefold(), column)
        if same is not column:
            why = f"there is a column {same.name!r} already, and some engines do not tell names apart by case"
            next_ = "rename or remove one of the two"
            raise bad_value(text(found.entries["name"]), why, next_, "contract.duplicate_column")
    if not made:
        raise node.place.error(
            "contract.no_columns",
            "the contract has no columns",
            "a row without columns is no row",
            "add a column",
        )
    return tuple(made.values())


def _column(found: Fields, notation: Mapping[str, Node]) -> Column:
    entries = found.entries
    markers = entries.get("null_markers", notation.get("null_markers"))
    column_name = _column_name(text(required(found, "name")))
    type_ = _type(text(required(found, "type")))
    _check_rules(found, type_)
    minimum, maximum, default = (_literal(entries.get(key), type_) for key in ("min", "max", "default"))
    column = Column(
        name=column_name,
        type=type_,
        required="required" in entries and truth(entries["required"]),
        default=default,
        pattern=_pattern(text(entries["pattern"])) if "pattern" in entries else None,
        minimum=minimum,
        maximum=maximum,
        allowed=_allowed(entries["allowed"], type_) if "allowed" in entries else (),
        null_markers=_texts(markers) if markers else ("",),
        pii=name(entries["pii"]) if "pii" in entries else None,
        description=any_text(entries["description"]).text if "description" in entries else "",
        notation=notations.read_notation(found, type_, notation),
    )
    _check_limits(column, entries)
    _check_default(column, entries)
    return column


def _column_name(found: Scalar) -> str:
    if problem := column_problem(found.text):
        raise bad_value(found, problem, "choose another name", "contract.bad_name")
    return found.text


_ELSEWHERE = {
    **dict.fromkeys(("integer", "int4", "int32", "smallint", "tinyint"), "int"),
    **dict.fromkeys(("bigint", "int8", "int64"), "long"),
    **dict.fromkeys(("text", "varchar", "char", "str"), "string"),
    **dict.fromkeys(("numeric", "number", "money"), "decimal(12,2)"),
    **dict.fromkeys(("datetime", "timestamptz"), "timestamp"),
    **dict.fromkeys(("float8", "real"), "double"),
    "bool": "boolean",
}
"""What other systems call types."""


def _type(found: Scalar) -> ColumnType:
    try:
        return parse_type(found.text)
    except ValueError as error:
        ours = _ELSEWHERE.get(found.text.lower().partition("(")[0])
        next_ = f"write {ours}" if ours else "choose one of the types"
        raise bad_value(found, str(error), next_, "contract.bad_type") from None


_COMPARED = ("default", "pattern", "min", "max", "allowed")


def _check_rules(found: Fields, type_: ColumnType) -> None:
    for key in _COMPARED:
        if key in found.entries and type_.kind in UNORDERED:
            raise found.keys[key].error(
                "contract.meaningless_key",
                f"a column of type {type_} has no {key!r}",
                "its values are compared with no literal, and have no text of their own",
                "leave the key out, or change the type",
            )


def _literal(node: Node | None, type_: ColumnType) -> str | None:
    """The text of a literal of the column's type, a number by its own spelling; None for None."""
    if node is None:
        return None
    found = present(node)
    if parse_value(found.text, type_) is None:
        next_ = f"write a value that a {type_} column can hold"
        raise bad_value(found, f"it is no {type_}", next_, "contract.bad_literal")
    return found.text


def _allowed(node: Node, type_: ColumnType) -> tuple[str, ...]:
    items = series(node)
    if not items:
        raise wrong_type(node, "a list of at least one value")
    return tuple(str(_literal(item, type_)) for item in items)


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(any_text(item).text for item in series(node))


def _pattern(found: Scalar) -> str:
    try:
        check_pattern(found.text)
    except ValueError as error:
        raise bad_value(found, str(error), "rewrite the pattern without it", "contract.bad_pattern") from None
    return found.text


def _check_limits(column: Column, entries: Mapping[str, Node]) -> None:
    if column.minimum is not None and _broken_by(column.minimum, evolve(column, allowed=(), pattern=None)):
        why = "it lies above max, so no value would pass"
        raise bad_value(present(entries["min"]), why, "exchange the two", "contract.bad_limits")


def _check_default(column: Column, entries: Mapping[str, Node]) -> None:
    """A default that the column's own rules reject would reject every row that it was meant for."""
    if column.default is None:
        return
    if broken := _broken_by(column.default, column):
        why = f"the column's own {broken} rejects it"
        next_ = "choose a default that the rules accept"
        raise bad_value(present(entries["default"]), why, next_, "contract.bad_default")


def _broken_by(told: str, column: Column) -> str:
    """The key of the first rule that a value of the column, told as a text, would fail; empty for none."""

    def read(literal: str) -> Any:
        return parse_value(literal, column.type)

    value = read(told)
    if column.pattern is not None and not re.fullmatch(column.pattern, told, re.ASCII):
        return "pattern"
    if column.minimum is not None and value < read(column.minimum):
        return "min"
    if column.maximum is not None and value > read(column.maximum):
        return "max"
    return "allowed" if column.allowed and value not in map(read, column.allowed) else ""
