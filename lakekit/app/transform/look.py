"""Tables as one look at each finds them."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from pathlib import PurePosixPath
from typing import Any, cast

from lakekit.ports.table_store import TableStore

_AT_ONCE = 8


class _Look:
    def __init__(self, tables: TableStore) -> None:
        self._tables = tables
        self.snapshot = cache(tables.snapshot)
        self.changes = cache(tables.changes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tables, name)


def at_one_look(tables: TableStore, ahead: Collection[PurePosixPath]) -> TableStore:
    """The same tables, of which each is looked up once and then taken to be of that version: for what only reads, and
    tells of all as they were together. Those that will be asked for are looked up `ahead`, side by side; what cannot be
    read is told when it is asked for."""
    look = _Look(tables)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="lakekit") as pool:
        wait([pool.submit(look.snapshot, table) for table in ahead])
    return cast("TableStore", look)
