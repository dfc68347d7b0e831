"""`sources:` of the settings."""

from __future__ import annotations

import re
from pathlib import Path

from attrs import evolve

from lakekit.domain.contract import Contract
from lakekit.domain.names import Dataset, parse_dataset
from lakekit.domain.nearest import aside, nearest
from lakekit.domain.table_options import AS_THEY_ARE
from lakekit.domain.types import ColumnType, Kind
from lakekit.domain.values import parse_value
from lakekit.domain.watermark import CURSOR_KINDS, NullWatermark, duration
from lakekit.project.contracts import contract_file, contracts, read_contract, read_keys
from lakekit.project.files import is_there
from lakekit.project.model import LoadType, SourceSettings
from lakekit.project.nodes import Fields, Node, Place, Scalar, Series, quoted
from lakekit.project.reading import (
    adapter,
    bad_value,
    choice,
    column,
    fields,
    listed,
    name,
    refuse_slips,
    refuse_without_effect,
    required,
    text,
)
from lakekit.project.suites import Suites
from lakekit.project.tables import read_table_options

KEYS = (
    *("adapter", "load_type", "watermark_column", "watermark_state_key"),
    *("lookback", "null_watermark", "contract", "keys", "delta"),
)
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}")


def read_sources(node: Node, root: Path, suites: Suites) -> dict[str, SourceSettings]:
    """The sources by dataset, in the file's order. Raises ConfigError, at the place, for a mistake."""
    made: dict[str, SourceSettings] = {}
    found = fields(node)
    for key, entry in found.entries.items():
        dataset = source_dataset(key, found.keys[key])
        if str(dataset) in made:
            raise found.keys[key].error(
                "config.duplicate_key",
                f"{key!r} names {dataset} a second time",
                f"`{dataset.name}` and `{dataset}` are one dataset",
                "rename one of the two, or remove it",
            )
        made[str(dataset)] = _source(dataset, fields(entry), root, suites)
    return made


def source_dataset(key: str, place: Place) -> Dataset:
    """The dataset in bronze that a source's key names."""
    try:
        dataset = parse_dataset(key)
    except ValueError:
        dataset = None
    if dataset is None or dataset.layer != "bronze":
        raise place.error(
            "config.bad_dataset",
            f"{quoted(key)} cannot name a source",
            "sources land in bronze; a name is lower-case letters, digits and _, and begins with a letter",
            "write it like orders",
        )
    return dataset


def options(entry: Fields, known: tuple[str, ...]) -> dict[str, object]:
    """The adapter's own options: what `entry` says beyond the keys that lakekit knows.

    Unquoted `true`, `false`, numbers and nothing come as such; everything else is a text.
    """
    refuse_slips(entry, known)
    return {key: _option(node) for key, node in entry.entries.items() if key not in known}


def _source(dataset: Dataset, entry: Fields, root: Path, suites: Suites) -> SourceSettings:
    adapter_options = options(entry, KEYS)
    load_type = choice(required(entry, "load_type"), LoadType)
    contract = _contract(dataset, entry, root)
    _check_incremental(entry, load_type)
    cursor = entry.entries.get("watermark_column")
    if cursor and "null_watermark" in entry.entries:
        contract = evolve(contract, null_watermark=_null_watermark(entry.entries["null_watermark"], cursor, contract))
    lookback = entry.entries.get("lookback")
    return SourceSettings(
        dataset=dataset,
        adapter=adapter(entry.entries["adapter"]) if "adapter" in entry.entries else "files",
        load_type=load_type,
        contract=contract,
        checks=suites.of(str(dataset), contract),
        watermark_column=_cursor(cursor, contract) if cursor else None,
        watermark_state_key=_name_or(entry, "watermark_state_key", "live"),
        lookback=_lookback(lookback, cursor, contract) if lookback and cursor else None,
        table=read_table_options(entry.entries["delta"], contract) if "delta" in entry.entries else AS_THEY_ARE,
        options=adapter_options,
        places={"": str(entry.place), **{key: str(entry.keys[key]) for key in adapter_options}},
    )


def _name_or(entry: Fields, key: str, default: str) -> str:
    return name(entry.entries[key]) if key in entry.entries else default


def _contract(dataset: Dataset, entry: Fields, root: Path) -> Contract:
    called = _name_or(entry, "contract", dataset.name)
    if not is_there(root, contract_file(called)):
        place = entry.entries["contract"].place if "contract" in entry.entries else entry.place
        there = contracts(root)
        raise place.error(
            "config.no_contract",
            f"there is no contract {called!r}{aside(nearest(called, there))}",
            f"{contract_file(called)} does not exist; contracts here: {listed(there)}",
            "write that file, or name another contract",
        )
    contract = read_contract(root, called)
    keys = entry.entries.get("keys")
    if keys is None:
        return contract
    return evolve(contract, keys=read_keys(keys, contract))


def _check_incremental(entry: Fields, load_type: LoadType) -> None:
    rules = (
        ("watermark_column", "load_type: incremental", load_type is LoadType.INCREMENTAL),
        ("lookback", "watermark_column", "watermark_column" in entry.keys),
        ("null_watermark", "watermark_column", "watermark_column" in entry.keys),
    )
    refuse_without_effect(entry, f"in {entry.name!r}", rules)


def _cursor(node: Node, contract: Contract) -> str:
    found = contract.column(column(node, tuple(c.name for c in contract.columns)))
    kinds = listed(sorted(kind.value for kind in CURSOR_KINDS))
    why = ""
    if found.type.kind not in CURSOR_KINDS:
        why = f"it is a {found.type}; a watermark column is one of {kinds}"
    elif found.pii:
        why = "it is personal, and a watermark is told in commits, logs and reports"
    elif found.default is not None:
        why = "it has a default, and a row without a place of its own would be read again and again"
    if why:
        next_ = "choose another column, or read by new files"
        raise bad_value(text(node), why, next_, "config.bad_watermark")
    return found.name


def _null_watermark(node: Node, cursor: Node, contract: Contract) -> NullWatermark:
    chosen, found = choice(node, NullWatermark), contract.column(_cursor(cursor, contract))
    why = ""
    if found.required:
        why = f"the contract says that {found.name} is required"
    elif found.name in contract.keys:
        why = f"{found.name} is a key, and keys are required"
    if chosen is NullWatermark.ONCE and why:
        next_ = "write quarantine or stop, or change the contract"
        raise bad_value(text(node), f"{why}, so no row without a value would pass", next_, "config.bad_null_watermark")
    return chosen


def _lookback(node: Node, cursor: Node, contract: Contract) -> str:
    found, type_ = text(node), contract.column(_cursor(cursor, contract)).type
    if not _goes_back(found.text, type_):
        wanted = {
            Kind.TIMESTAMP: "a duration such as 15m, 36h or 3d",
            Kind.DATE: "whole days, such as 3d or 2w",
        }
        why = f"a {type_} goes back by {wanted.get(type_.kind, 'a number of its type, from 0')}"
        raise bad_value(found, why, "write a lookback of that kind", "config.bad_lookback")
    return found.text


def _goes_back(lookback: str, type_: ColumnType) -> bool:
    if type_.kind not in (Kind.DATE, Kind.TIMESTAMP):
        value = parse_value(lookback, type_)
        return value is not None and not str(value).startswith("-")
    try:
        # A date less some hours is the same date: half a day would silently be none.
        return duration(lookback).seconds == 0 or type_.kind is Kind.TIMESTAMP
    except (ValueError, OverflowError):
        return False


def _option(node: Node) -> object:
    if isinstance(node, Series):
        return [_option(item) for item in node.items]
    if isinstance(node, Fields):
        return {key: _option(value) for key, value in node.entries.items()}
    return _plain(node) if node.plain else node.text


def _plain(node: Scalar) -> object:
    if node.absent:
        return None
    if node.text in ("true", "false"):
        return node.text == "true"
    if _WHOLE.fullmatch(node.text):
        return int(node.text)
    return float(node.text) if _FRACTION.fullmatch(node.text) else node.text
