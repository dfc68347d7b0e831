"""Tables that others keep, as a command line names them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from lakekit.app.transform.adopt import Old
from lakekit.domain.names import parse_dataset
from lakekit.ports.table_store import TableStore


def old_table(told: str, lake: TableStore, elsewhere: Callable[[Path], TableStore]) -> Old:
    """The table that a dataset's name names, such as `gold.dim_old`, a folder of the lake such as `gold/dim_old`, or,
    where the lake has no such table, the path of a folder on this host. It need not be there."""
    try:
        if told.startswith("lake://") or ("." in told and "/" not in told):
            return Old(lake, parse_dataset(told).table, told)
    except ValueError:
        pass  # then it is a path
    inner = PurePosixPath(told)
    if not inner.is_absolute() and ".." not in inner.parts and inner.parts and lake.snapshot(inner) is not None:
        return Old(lake, inner, told)
    folder = Path(told).resolve()
    return Old(elsewhere(folder.parent), PurePosixPath(folder.name), told)
