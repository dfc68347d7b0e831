"""The embedded engine: DuckDB in this process, with bounded memory, spilling to a private folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider

if TYPE_CHECKING:
    from lakekit.ports.engine import Engine


@hookimpl
def lakekit_providers() -> list[Provider]:
    """The engine `duckdb`, which is what `engine: embedded` means."""
    return [Provider(Port.ENGINE, "duckdb", _engine, modules=("duckdb",), extra="local")]


def _engine(context: Context) -> Engine:
    from lakekit_duckdb.engine import DuckDBEngine
    from lakekit_duckdb.limits import limits

    remote = context.storage if context.storage and "://" in context.lake else None
    return DuckDBEngine(limits(context.options), context.private / "spill", remote)
