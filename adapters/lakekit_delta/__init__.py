"""Delta tables on a local disk, behind the ports `TableStore` and `Upkeep`, over delta-rs (`deltalake`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider

if TYPE_CHECKING:
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
    from lakekit_delta.store import open_store

    return open_store(context.lake)


def _upkeep(context: Context) -> Upkeep:
    from lakekit_delta.store import lake_folder
    from lakekit_delta.upkeep import DeltaUpkeep

    return DeltaUpkeep(lake_folder(context.lake))
