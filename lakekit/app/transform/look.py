"""Tables as one look at each finds them."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from lakekit.ports.table_store import TableStore


class _Look:
    def __init__(self, tables: TableStore) -> None:
        self._tables = tables
        self.snapshot = cache(tables.snapshot)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tables, name)


def at_one_look(tables: TableStore) -> TableStore:
    """The same tables, of which each is looked up once and then taken to be of that version: for what only reads, and
    tells of all as they were together."""
    return cast("TableStore", _Look(tables))
