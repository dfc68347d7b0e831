"""Keys of a contract that say how a source writes the values of a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from lakekit.domain.notation import APPLIES, PLAIN, Notation, Special
from lakekit.domain.types import ColumnType
from lakekit.project.nodes import Fields, Node
from lakekit.project.reading import choice, listed, truth

KEYS = tuple(APPLIES)
COMMON = KEYS
"""The keys that a whole contract may have under `notation`, for all columns that they mean something to."""


def read_notation(column: Fields, type_: ColumnType, common: Mapping[str, Node]) -> Notation:
    """The notation of a column, by its own keys and else by the contract's. Raises ConfigError, at the place, for a
    key that means nothing to the column's type, and for values that contradict each other."""
    for key in KEYS:
        if key in column.entries and type_.kind not in APPLIES[key]:
            raise _meaningless(key, column, type_)
    told = {k: n for k, n in common.items() if k in APPLIES and type_.kind in APPLIES[k]}
    told |= {k: column.entries[k] for k in KEYS if k in column.entries}
    return evolve(PLAIN, **{key: _READ[key](node) for key, node in told.items()})


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
}
