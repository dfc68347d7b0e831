"""Delta tables, behind the ports `TableStore` and `Upkeep`, over delta-rs (`deltalake`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider

if TYPE_CHECKING:
    from lakekit.ports.storage import ObjectStorage
    from lakekit.ports.table_store import TableStore
    from lakekit.ports.upkeep import Upkeep


@hookimpl
def lakekit_providers() -> list[Provider]:
    """The table store `delta`, and the upkeep of its tables."""
    return [
        Provider(Port.TABLE_STORE, "delta", _table_store, modules=("deltalake",), extra="local"),
        Provider(Port.UPKEEP, "delta", _upkeep, modules=("deltalake",), extra="local"),
    ]


def _table_store(context: Context) -> TableStore:
    from lakekit_delta.store import DeltaStore

    return DeltaStore(_storage(context))


def _upkeep(context: Context) -> Upkeep:
    from lakekit_delta.upkeep import DeltaUpkeep

    return DeltaUpkeep(_storage(context))


def _storage(context: Context) -> ObjectStorage:
    from lakekit.domain.errors import PluginError
    from lakekit_delta.place import check_lake

    if context.storage is None:
        raise PluginError("plugin.no_storage", "Delta tables need the lake's storage", where=context.lake)
    check_lake(context.lake)
    return context.storage
