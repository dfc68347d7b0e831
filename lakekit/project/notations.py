"""Keys of a contract that say how a source writes the values of a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import evolve

from lakekit.domain.formats import parse_format
from lakekit.domain.nearest import aside, nearest
from lakekit.domain.notation import APPLIES, PLAIN, Notation, Special
from lakekit.domain.types import ColumnType
from lakekit.domain.zones import zone_names
from lakekit.project.nodes import Fields, Node, Series
from lakekit.project.reading import any_text, bad_value, choice, listed, present, truth

KEYS = tuple(APPLIES)
COMMON = tuple(key for key in KEYS if key != "format")
"""The keys that a whole contract may have under `notation`, for all columns that they mean something to."""


def read_notation(column: Fields, type_: ColumnType, common: Mapping[str, Node]) -> Notation:
    """The notation of a column, by its own keys and else by the contract's. Raises ConfigError, at the place, for a
    key that means nothing to the column's type, and for values that contradict each other."""
    for key in KEYS:
        if key in column.entries and type_.kind not in APPLIES[key]:
            raise _meaningless(key, column, type_)
    told = {k: n for k, n in common.items() if k in APPLIES and type_.kind in APPLIES[k]}
    told |= {k: column.entries[k] for k in KEYS if k in column.entries}
    _check_formats(column, type_)
    made = evolve(PLAIN, **{key: _READ[key](node) for key, node in told.items()})
    if made.thousands_separator == made.decimal_separator:
        node = next(told[key] for key in ("thousands_separator", "decimal_separator") if key in told)
        why = "decimals and thousands are set apart by the same character"
        raise bad_value(present(node), why, "change one of the two", "contract.bad_notation")
    return made


def _check_formats(column: Fields, type_: ColumnType) -> None:
    for node in _list(column.entries["format"]) if "format" in column.entries else ():
        try:
            parse_format(any_text(node).text, type_.kind)
        except ValueError as error:
            raise bad_value(any_text(node), str(error), "write it like %d.%m.%Y", "contract.bad_format") from None


def _list(node: Node) -> Sequence[Node]:
    return node.items if isinstance(node, Series) else (node,)


def _formats(node: Node) -> tuple[str, ...]:
    return tuple(any_text(item).text for item in _list(node))


def _separator(node: Node) -> str:
    found = any_text(node)
    if len(found.text) != 1 or found.text in "+-0123456789eE":
        raise bad_value(
            found, "it is not one character that no number has", "write it like ','", "contract.bad_notation"
        )
    return found.text


def _zone(node: Node) -> str:
    found = any_text(node)
    if found.text not in zone_names():
        next_ = f"name one as the IANA does, like Europe/Berlin{aside(nearest(found.text, zone_names()))}"
        raise bad_value(found, "there is no such time zone", next_, "contract.bad_zone")
    return found.text


def _meaningless(key: str, column: Fields, type_: ColumnType) -> Exception:
    kinds = listed(sorted(kind.value for kind in APPLIES[key]))
    return column.keys[key].error(
        "contract.meaningless_key",
        f"a column of type {type_} has no {key!r}",
        f"it is for {kinds}",
        "leave the key out, or change the type",
    )


def _special(node: Node) -> Special:
    return choice(node, Special)


_READ: Mapping[str, Callable[[Node], Any]] = {
    "trim": truth,
    "nan": _special,
    "infinity": _special,
    "decimal_separator": _separator,
    "thousands_separator": _separator,
    "format": _formats,
    "zone": _zone,
}
