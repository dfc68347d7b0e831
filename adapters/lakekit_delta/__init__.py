"""Delta tables, behind the port `TableStore`, over delta-rs (`deltalake`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider

if TYPE_CHECKING:
    from lakekit.ports.table_store import TableStore


@hookimpl
def lakekit_providers() -> list[Provider]:
    """The table store `delta`."""
    return [Provider(Port.TABLE_STORE, "delta", _table_store, modules=("deltalake",), extra="local")]


def _table_store(context: Context) -> TableStore:
    from lakekit.domain.errors import PluginError
    from lakekit_delta.store import open_store

    if context.storage is None:
        raise PluginError("plugin.no_storage", "the table store `delta` needs the lake's storage", where=context.lake)
    return open_store(context.storage)
