"""The files of a version, and those of them that can be left unread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lakekit.domain.types import flat_type
from lakekit.domain.values import format_value, parse_value
from lakekit.domain.watermark import CURSOR_KINDS
from lakekit_delta.driver import reading
from lakekit_delta.place import Place
from lakekit_delta.spelling import path_within
from lakekit_delta.stats import exact, may_reach
from lakekit_delta.tables import snapshot_of

if TYPE_CHECKING:
    from arro3.core import Table
    from deltalake import DeltaTable


def active_paths(folder: Place, table: DeltaTable) -> list[str]:
    """The files of the loaded version."""
    with reading(folder):
        return _paths(folder, table.get_add_actions(flatten=True))


def files_reaching(folder: Place, table: DeltaTable, column: str, low: str, *, nulls: bool = False) -> list[str]:
    """Those that may hold a value of `column` at or above `low` or, with `nulls`, a row without one; when in doubt, all
    of them."""
    type_ = next((flat_type(c.type) for c in snapshot_of(table).columns if c.name == column), None)
    bound = parse_value(low, type_) if type_ and type_.kind in CURSOR_KINDS and exact(type_) else None
    with reading(folder):
        actions = table.get_add_actions(flatten=True)
        paths = _paths(folder, actions)
        names = [n for n in (f"partition.{column}", f"max.{column}") if actions.schema.names.count(n) == 1]
        if bound is None or not names:
            return paths
        maxima = actions.column(names[0]).to_pylist()
        lacking = _null_counts(actions, column, names[0]) if nulls else [0] * len(paths)
    told = zip(paths, maxima, lacking, strict=True)
    return [path for path, maximum, missing in told if missing != 0 or may_reach(maximum, bound)]


def _null_counts(actions: Table, column: str, maximum: str) -> list[int | None]:
    """How many rows of each file have no value, None where the log does not say. All rows of a partition have one
    value, or none of them has: then nothing is known of a maximum either."""
    name = f"null_count.{column}"
    if maximum.startswith("partition."):
        return [0] * actions.num_rows
    told = actions.column(name).to_pylist() if actions.schema.names.count(name) == 1 else [None] * actions.num_rows
    return list(told)


def partitions_of(actions: Table, columns: Sequence[str]) -> list[dict[str, str | None]]:
    """The values of the partitioning columns, in the order of the actions."""
    told = {name: [_told(v) for v in actions.column(f"partition.{name}").to_pylist()] for name in columns}
    return [{name: told[name][i] for name in columns} for i in range(actions.num_rows)]


def _told(value: Any) -> str | None:
    return None if value is None else format_value(value)


def _paths(folder: Place, actions: Table) -> list[str]:
    return [str(folder / path) for path in paths_within(folder, actions)]


def paths_within(folder: Place, actions: Table) -> list[str]:
    """The files' paths within the table's folder, in the order of the actions."""
    return [path_within(folder, str(path)) for path in actions.column("path").to_pylist()]
