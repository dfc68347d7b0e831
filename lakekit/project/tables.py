"""`delta:` of a source: what its table is like beyond its columns."""

from __future__ import annotations

from datetime import timedelta

from lakekit.domain.contract import Contract
from lakekit.domain.table_options import PARTITION_KINDS, TableOptions
from lakekit.domain.types import UNORDERED, Kind
from lakekit.domain.upkeep import SAFE_HOURS
from lakekit.domain.watermark import duration
from lakekit.project.nodes import Node
from lakekit.project.reading import bad_value, column, distinct_columns, fields, listed, present, series, text, truth

KEYS = (
    *("partition_by", "cluster_by", "constraints", "change_data_feed", "log_retention", "file_retention"),
    *("deletion_vectors", "column_mapping"),
)
_OWN = ("_run_date",)
"""Columns of lakekit's by which a table may be partitioned."""

_UNREADABLE = {
    "deletion_vectors": "false",
    "column_mapping": "none",
}
"""Features that may be named to say that they are off: engines are handed a table's files, and would read rows that
are deleted, or columns under other names."""


def read_table_options(node: Node, contract: Contract) -> TableOptions:
    """The options that `node` holds. Raises ConfigError, at the place, for what cannot be."""
    entries = fields(node, KEYS).entries
    for feature, off in _UNREADABLE.items():
        if feature in entries:
            _refuse_feature(entries[feature], off)
    return TableOptions(
        partition_by=_partitions(entries["partition_by"], contract) if "partition_by" in entries else None,
        cluster_by=_cluster_by(entries["cluster_by"], contract) if "cluster_by" in entries else (),
        constraints=truth(entries["constraints"]) if "constraints" in entries else None,
        change_data_feed=truth(entries["change_data_feed"]) if "change_data_feed" in entries else None,
        log_retention=_retention(entries.get("log_retention")),
        file_retention=_retention(entries.get("file_retention")),
    )


def _refuse_feature(node: Node, off: str) -> None:
    found = present(node)
    if found.text != off:
        why = "not every engine of lakekit can read such a table"
        raise bad_value(found, why, f"write {off}, or leave the key out", "table.unreadable_feature")


def _partitions(node: Node, contract: Contract) -> tuple[str, ...]:
    found: list[str] = []
    for item in series(node):
        named = column(item, (*(c.name for c in contract.columns), *_OWN))
        if named in found:
            raise bad_value(present(item), "it is listed twice", "remove one of the two")
        if named not in _OWN:
            _check_partition(item, named, contract)
        found.append(named)
    return tuple(found)


def _cluster_by(node: Node, contract: Contract) -> tuple[str, ...]:
    names = distinct_columns(node, tuple(c.name for c in contract.columns))
    for item, named in zip(series(node), names, strict=True):
        found, why = contract.column(named), ""
        if found.pii:
            why = "it is personal, so files have no statistics of it and a query reads all of them anyway"
        elif found.type.kind in UNORDERED:
            why = f"it is a {found.type}, of which files have no statistics"
        if why:
            raise bad_value(text(item), why, "leave it out", "table.bad_cluster_by")
    return names


def _check_partition(item: Node, named: str, contract: Contract) -> None:
    found, why = contract.column(named), ""
    if found.type.kind not in PARTITION_KINDS:
        kinds = listed(sorted(kind.value for kind in PARTITION_KINDS))
        why = f"it is a {found.type}; a table is partitioned by {kinds}"
    elif found.pii:
        why = "it is personal, and partitions are told in paths and in the log"
    elif found.type.kind is Kind.STRING and ("" not in found.null_markers or found.default == ""):
        why = "it may hold the empty text, which a partition cannot: Delta reads it as no value"
    if why:
        raise bad_value(text(item), why, "choose another column", "table.bad_partition")


def _retention(node: Node | None) -> timedelta | None:
    if node is None:
        return None
    found = text(node)
    try:
        told = duration(found.text)
    except (ValueError, OverflowError):
        raise bad_value(found, "it is no duration", "write one such as 30d or 4w") from None
    if told < timedelta(hours=SAFE_HOURS):
        why = f"readers and batches need what is younger than {SAFE_HOURS:g} hours"
        raise bad_value(found, why, "write 7d or more")
    return told
