"""Asking a tree for what the model wants. All functions raise ConfigError, at the place, for other things."""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Iterable
from typing import TypeVar

from lakekit.domain.errors import ConfigError
from lakekit.domain.names import parse_dataset
from lakekit.domain.nearest import aside, nearest
from lakekit.project.nodes import Fields, Node, Place, Scalar, Series, quoted

Choice = TypeVar("Choice", bound=enum.Enum)

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""Names that become part of paths, ledger keys and labels: they cannot climb out of a folder."""

_NUMBER = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})([eE][+-]?[0-9]{1,3})?")
_LISTED = 12
_NEARLY = 0.85


def fields(node: Node, known: tuple[str, ...] | None = None) -> Fields:
    """A mapping; with `known`, one that has no other keys."""
    if not isinstance(node, Fields):
        raise wrong_type(node, "keys with values")
    for key, place in node.keys.items():
        if known is not None and key not in known:
            raise unknown_key(key, place, known)
    return node


def required(parent: Fields, key: str) -> Node:
    """The value under a key that must be there."""
    if key not in parent.entries:
        raise parent.place.error(
            "config.missing_key",
            f"{parent.name!r} has no {key!r}",
            f"{key!r} has no default",
            f"add {key!r}",
        )
    return parent.entries[key]


def series(node: Node) -> tuple[Node, ...]:
    """The items of a list."""
    if not isinstance(node, Series):
        raise wrong_type(node, "a list")
    return node.items


def text(node: Node) -> Scalar:
    """A text that is not empty."""
    found = any_text(node)
    if not found.text.strip():
        raise bad_value(found, "it is empty", "write a value, or leave the key out")
    return found


def any_text(node: Node) -> Scalar:
    """A text, perhaps the empty one."""
    found = present(node)
    if not found.textual:
        raise wrong_type(found, "a text in quotes")
    return found


def present(node: Node) -> Scalar:
    """A single value of whatever type."""
    if not isinstance(node, Scalar):
        raise wrong_type(node, "a single value")
    if node.absent:
        raise node.place.error(
            "config.no_value",
            f"{node.name!r} has no value",
            "nothing follows the key",
            "write one, or leave the key out",
        )
    return node


def name(node: Node) -> str:
    """A name as in `NAME`."""
    found = text(node)
    if not NAME.fullmatch(found.text):
        raise bad_value(
            found,
            "a name is lower-case letters, digits and _, begins with a letter and has at most 63 characters",
            "choose such a name",
        )
    return found.text


def adapter(node: Node) -> str:
    """An adapter's name, as its plugin registers it: a name that may have hyphens."""
    found = text(node)
    if not NAME.fullmatch(found.text.replace("-", "_")):
        raise bad_value(found, "adapters are named with lower-case letters, digits, _ and -", "name an adapter")
    return found.text


def truth(node: Node) -> bool:
    """`true` or `false`; YAML's other words for them are texts here."""
    found = present(node)
    if not found.plain or found.text not in ("true", "false"):
        raise wrong_type(found, "true or false")
    return found.text == "true"


def number(node: Node) -> float:
    """A finite number."""
    found = present(node)
    if not _NUMBER.fullmatch(found.text) or not math.isfinite(float(found.text)):
        raise wrong_type(found, "a number")
    return float(found.text)


def choice(node: Node, options: Iterable[Choice]) -> Choice:
    """The one of `options` that the text names."""
    found = text(node)
    values = {str(option.value): option for option in options}
    if found.text not in values:
        raise bad_value(found, f"it can be {listed(values)}", f"choose one{aside(nearest(found.text, values))}")
    return values[found.text]


def distinct_columns(node: Node, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a list of columns, each one of `columns` and none twice."""
    found: list[str] = []
    for item in series(node):
        if column(item, columns) in found:
            raise bad_value(present(item), "it is listed twice", "remove one of the two")
        found.append(column(item, columns))
    return tuple(found)


def column(node: Node, columns: tuple[str, ...]) -> str:
    """The name of one of `columns`, in their own case."""
    found = text(node)
    if found.text not in columns:
        raise found.place.error(
            "config.unknown_column",
            f"unknown column {found.quoted}{aside(nearest(found.text, columns))}",
            f"the contract has {listed(columns)}",
            "name one of these, or add it to the contract",
        )
    return found.text


def wrong_type(node: Node, wanted: str) -> ConfigError:
    """The error of a value of another shape than `wanted`."""
    shape = {Series: "a list", Fields: "keys with values"}.get(type(node), "")
    if isinstance(node, Scalar):
        shape = "nothing" if node.absent else node.quoted
    return node.place.error(
        "config.wrong_type",
        f"{node.name!r} must be {wanted}",
        f"it is {shape}",
        f"write {wanted}, or leave the key out",
    )


def bad_value(node: Scalar, why: str, next: str, code: str = "config.bad_value") -> ConfigError:
    """The error of a value that its key cannot have."""
    return node.place.error(code, f"{node.name!r} cannot be {node.quoted}", why, next)


def unknown_key(key: str, place: Place, known: tuple[str, ...]) -> ConfigError:
    """The error of a key that means nothing here."""
    return place.error(
        "config.unknown_key",
        f"unknown key {quoted(key)}{aside(nearest(key, known))}",
        f"the keys here are {listed(known)}",
        "correct the key, or remove it",
    )


def refuse_slips(keys: Fields, known: tuple[str, ...]) -> None:
    """Raises ConfigError for a key that is nearly one of `known`: it is more likely a slip than an option of
    the adapter, and a lookback that nobody reads would lose rows in silence."""
    for key, place in keys.keys.items():
        if key not in known and nearest(key, known, like=_NEARLY):
            raise unknown_key(key, place, known)


def refuse_without_effect(found: Fields, where: str, rules: Iterable[tuple[str, str, bool]]) -> None:
    """Raises ConfigError for a key that is there without what it needs: each rule has the key, that in words, and
    whether it is met; `where` says in what."""
    for key, needs, met in rules:
        if key in found.keys and not met:
            raise found.keys[key].error(
                "config.no_effect",
                f"{key!r} has no effect {where}",
                f"it needs {needs}",
                f"add {needs}, or remove {key!r}",
            )


def dataset_name(node: Node) -> str:
    """The name of a dataset, in full. Raises ConfigError for a text that names none."""
    found = text(node)
    try:
        return str(parse_dataset(found.text))
    except ValueError as error:
        raise bad_value(found, str(error), "write it like bronze.orders", "config.bad_dataset") from None


def listed(options: Iterable[str]) -> str:
    """The options, comma-separated, as many as fit on a line."""
    names = list(options)
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "") or "none"
