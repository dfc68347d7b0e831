"""What a table is like beyond its columns, as the settings wish it and as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from attrs import field, frozen

from lakekit.domain.types import Kind

PARTITION_KINDS = frozenset({Kind.STRING, Kind.BOOLEAN, Kind.INT, Kind.LONG, Kind.DATE})
"""Kinds whose values a Delta log writes in one way only. Of texts it keeps all but the empty one, which is no value
there (PROTOCOL.md, Partition Value Serialization)."""

OURS = "lakekit_"
"""How the names of constraints begin that lakekit made."""

APPEND_ONLY = "delta.appendOnly"
CHANGE_DATA_FEED = "delta.enableChangeDataFeed"
LOG_RETENTION = "delta.logRetentionDuration"
FILE_RETENTION = "delta.deletedFileRetentionDuration"


@frozen
class TableOptions:
    """What the settings say of a dataset's table. What is None they leave as it is, or as Delta would have it.
    `cluster_by` are the columns that queries filter on: no property of the table, but what `optimize` goes by."""

    partition_by: tuple[str, ...] | None = None
    cluster_by: tuple[str, ...] = ()
    constraints: bool | None = None
    change_data_feed: bool | None = None
    log_retention: timedelta | None = None
    file_retention: timedelta | None = None


AS_THEY_ARE = TableOptions()
"""Of settings that say nothing."""


@frozen
class Definition:
    """A table beyond its columns: the columns by which it is partitioned, the constraints of its rows by name, as
    Spark SQL, and its other properties by Delta's names."""

    partitions: tuple[str, ...] = ()
    constraints: Mapping[str, str] = field(factory=dict)
    properties: Mapping[str, str] = field(factory=dict)


@frozen
class Change:
    """One difference between a table and what is wished: `old` and `new` are None where there is nothing."""

    what: str
    old: str | None
    new: str | None


PARTITIONING = "partition_by"
"""The name of a change that no commit can make."""

PLAIN = Definition()
"""Of a table without partitions and constraints, with the properties of a new one."""


def wished(options: TableOptions, contract_constraints: Mapping[str, str]) -> Definition:
    """The definition of a table that is made now. `contract_constraints` are those that keep the contract's rules."""
    properties = {
        CHANGE_DATA_FEED: None if options.change_data_feed is None else str(options.change_data_feed).lower(),
        LOG_RETENTION: _interval(options.log_retention),
        FILE_RETENTION: _interval(options.file_retention),
    }
    return Definition(
        options.partition_by or (),
        dict(contract_constraints) if options.constraints else {},
        {name: value for name, value in properties.items() if value is not None},
    )


def changes(options: TableOptions, contract_constraints: Mapping[str, str], found: Definition) -> tuple[Change, ...]:
    """What differs between the table and the settings, partitioning first, then properties and constraints by name.
    Where the settings say nothing there is no difference, and none about constraints of others."""
    target = wished(options, contract_constraints)
    told = []
    if options.partition_by is not None and options.partition_by != found.partitions:
        told.append(Change(PARTITIONING, ", ".join(found.partitions) or None, ", ".join(target.partitions) or None))
    for name, value in sorted(target.properties.items()):
        old = found.properties.get(name)
        if old != value and not (old is None and value == "false"):
            told.append(Change(name, old, value))
    if options.constraints is not None:
        ours = {name: text for name, text in found.constraints.items() if name.startswith(OURS)}
        names = sorted(ours.keys() | target.constraints.keys())
        pairs = ((name, ours.get(name), target.constraints.get(name)) for name in names)
        told.extend(Change(name, old, new) for name, old, new in pairs if old != new)
    return tuple(told)


def _interval(told: timedelta | None) -> str | None:
    """As Delta writes it, in the largest unit that tells it whole."""
    if told is None:
        return None
    seconds = int(told.total_seconds())
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds % size == 0:
            return f"interval {seconds // size} {unit}"
    return f"interval {seconds} seconds"
