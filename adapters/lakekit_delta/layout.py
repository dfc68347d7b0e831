"""The shape of a table: its files by partition, and how their values lie."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lakekit.domain.layout import Partition, Range
from lakekit.domain.types import flat_type
from lakekit.domain.upkeep import TableShape
from lakekit_delta.driver import reading
from lakekit_delta.log import Log
from lakekit_delta.place import Place
from lakekit_delta.stats import exact
from lakekit_delta.tables import snapshot_of

if TYPE_CHECKING:
    from arro3.core import Table
    from deltalake import DeltaTable

CLUSTERED_BY = "lakekit.clusteredBy"
"""What our clusterings say of themselves in `commitInfo`, as a JSON list: delta-rs names no columns there."""


def shape_of(folder: Place, table: DeltaTable, columns: Sequence[str]) -> TableShape:
    """The loaded table, with the ranges of the columns."""
    with reading(folder):
        actions = table.get_add_actions(flatten=True)
        sizes = tuple(int(str(size)) for size in actions.column("size_bytes").to_pylist())
        paths = [str(path) for path in actions.column("path").to_pylist()]
        partitions = tuple(table.metadata().partition_columns)
        log = Log(folder)
        written = _last_clustering(log, columns) if columns else frozenset()
        return TableShape(
            version=table.version(),
            files=sizes,
            since_checkpoint=table.version() - log.last_checkpoint(),
            partitions=partitions,
            layout=_layout(table, actions, sizes, partitions, columns),
            clustered=sum(size for path, size in zip(paths, sizes, strict=True) if unquote(path) in written),
        )


def _layout(
    table: DeltaTable, actions: Table, sizes: Sequence[int], partitions: Sequence[str], columns: Sequence[str]
) -> tuple[Partition, ...]:
    values = [actions.column(f"partition.{name}").to_pylist() for name in partitions]
    types = {c.name: flat_type(c.type) for c in snapshot_of(table).columns}
    told = {c: _ranges(actions, c, len(sizes)) for c in columns if (t := types.get(c)) and exact(t)}
    found: dict[tuple[Any, ...], list[int]] = {}
    for place in range(len(sizes)):
        found.setdefault(tuple(str(column[place]) for column in values), []).append(place)
    return tuple(
        Partition(tuple(sizes[i] for i in places), {c: tuple(r[i] for i in places) for c, r in told.items()})
        for places in found.values()
    )


def _ranges(actions: Table, column: str, files: int) -> list[Range | None]:
    """The range of a column in each file; None also where a file has only NULL, which is found without reading it."""
    names = (f"min.{column}", f"max.{column}")
    if any(actions.schema.names.count(name) != 1 for name in names):
        return [None] * files
    lows, highs = (actions.column(name).to_pylist() for name in names)
    told: list[tuple[Any, Any]] = list(zip(lows, highs, strict=True))
    return [None if low is None or high is None else (low, high) for low, high in told]


def _last_clustering(log: Log, columns: Sequence[str]) -> frozenset[str]:
    """The files that the last clustering along these columns added, whoever it was; empty when the log knows none."""
    for version in log.versions():
        info = log.info(version) or {}
        by = info.get(CLUSTERED_BY) or info.get("operationParameters", {}).get("zOrderBy")
        if info.get("operation") == "OPTIMIZE" and isinstance(by, str) and json.loads(by) == list(columns):
            return frozenset(map(unquote, log.added(version)))
    return frozenset()
