"""Contracts: what the rows of a dataset must look like, and the rules that follow from it."""

from __future__ import annotations

import enum
import hashlib
import json

import attrs
from attrs import asdict, frozen

from lakekit.domain.evolution import AS_BEFORE, Evolution
from lakekit.domain.notation import PLAIN, Notation
from lakekit.domain.types import ColumnType
from lakekit.domain.watermark import NullWatermark


@frozen
class Column:
    """One column of a contract. Limits, allowed values and default are texts, read by the column's own type.

    `null_markers` are the texts that mean «no value»; `pii` is the tag of a personal column, None for others;
    `notation` says how the source writes the values.
    """

    name: str
    type: ColumnType
    required: bool = False
    default: str | None = None
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    allowed: tuple[str, ...] = ()
    null_markers: tuple[str, ...] = ("",)
    pii: str | None = None
    description: str = ""
    notation: Notation = PLAIN


@frozen
class Contract:
    """The columns of a dataset in their order, the keys that name a row (none: rows have no identity), what is done
    about a source that has drifted from them, and about rows without a value in the watermark column of a load."""

    name: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = ()
    evolution: Evolution = AS_BEFORE
    null_watermark: NullWatermark = NullWatermark.QUARANTINE

    @property
    def version(self) -> str:
        """Twelve hex digits that change when, and only when, a rule or a column changes; descriptions do not count."""
        told = asdict(self, filter=_counts, value_serializer=_plain)
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def personal(self) -> frozenset[str]:
        """Columns that get no statistics and whose values appear nowhere but in the tables. `_extra` counts as one."""
        return frozenset(c.name for c in self.columns if c.pii) | {"_extra"}

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        return {c.name: c for c in self.columns}[name]


@frozen
class Rule:
    """One thing that a row can fail. `message` is fixed text: it never shows the value."""

    code: str
    column: str
    message: str


MALFORMED = "malformed_record"
CURSOR_MISSING = "cursor_missing"


def rules(contract: Contract, cursor: str | None = None) -> tuple[Rule, ...]:
    """Every rule of the contract, in the order of its columns; a row is accepted when it fails none.

    Keys count as required, and so does `cursor`, the watermark column of an incremental load, unless the contract lets
    rows without a value there pass once: such a row has no place on the axis along which a dataset is read.
    """
    placed = None if contract.null_watermark is NullWatermark.ONCE else cursor
    return tuple(rule for column in contract.columns for rule in _column_rules(column, contract.keys, placed))


def _column_rules(column: Column, keys: tuple[str, ...], cursor: str | None) -> list[Rule]:
    name, made = column.name, []
    if column.name == cursor:
        made.append(Rule(CURSOR_MISSING, name, "no value in the watermark column"))
    elif column.required or name in keys:
        made.append(Rule("missing_value", name, "no value in a required column"))
    made.append(Rule("cast_failed", name, f"no {column.type}"))
    if column.pattern is not None:
        made.append(Rule("pattern_mismatch", name, f"does not match {column.pattern}"))
    if column.minimum is not None:
        made.append(Rule("below_minimum", name, f"below {column.minimum}"))
    if column.maximum is not None:
        made.append(Rule("above_maximum", name, f"above {column.maximum}"))
    if column.allowed:
        made.append(Rule("not_allowed", name, "not one of the allowed values"))
    return made


_NOTATION = frozenset(a.name for a in attrs.fields(Notation))


def _counts(attribute: attrs.Attribute[object], value: object) -> bool:
    """Whether a version tells it: keys that contracts did not always have only where they are set."""
    if attribute.name in {"evolution", "notation", "null_watermark", *_NOTATION}:
        return bool(value != attribute.default)
    return attribute.name != "description"


def _plain(_: object, __: object, value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    return str(value) if isinstance(value, ColumnType) else value
