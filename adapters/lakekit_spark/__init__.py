"""The engine for what one machine cannot hold: Spark, local, on a cluster, or behind Spark Connect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider

if TYPE_CHECKING:
    from lakekit.ports.engine import Engine


@hookimpl
def lakekit_providers() -> list[Provider]:
    """The engine `spark`."""
    return [Provider(Port.ENGINE, "spark", _engine, modules=("pyspark",), extra="spark")]


def _engine(context: Context) -> Engine:
    from lakekit_spark.engine import SparkEngine
    from lakekit_spark.options import read_options

    return SparkEngine(read_options(context.options))
