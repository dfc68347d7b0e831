"""OpenLineage events behind the `Lineage` port."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider

if TYPE_CHECKING:
    from lakekit.ports.telemetry import Lineage


@hookimpl
def lakekit_providers() -> Iterable[Provider]:
    """The one adapter of this package."""
    return [
        Provider(Port.LINEAGE, "openlineage", _make, modules=("openlineage.client", "requests"), extra="openlineage")
    ]


def _make(context: Context) -> Lineage:
    from lakekit_openlineage.lineage import OpenLineage
    from lakekit_openlineage.options import read_options
    from lakekit_openlineage.server import OpenLineageServer
    from lakekit_openlineage.spool import Spool

    told = read_options(context)
    if told.url is None:
        return OpenLineage(told, context.lake)
    return OpenLineageServer(told.url, told.api_key, told.namespace, context.lake, Spool(told.path, told.max_bytes))
