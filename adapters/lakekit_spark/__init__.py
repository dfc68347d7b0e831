"""The engine for what one machine cannot hold: Spark, local, on a cluster, or behind Spark Connect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider

if TYPE_CHECKING:
    from lakekit.domain.report import Finding
    from lakekit.ports.engine import Engine
    from lakekit.ports.runtime import SparkRuntime


@hookimpl
def lakekit_providers() -> list[Provider]:
    """The engine `spark`, and the runtimes `spark` and `sail`."""
    return [
        Provider(Port.ENGINE, "spark", _engine, modules=("pyspark",), extra="spark", findings=_about_spark),
        Provider(Port.RUNTIME, "spark", _spark, modules=("pyspark",), extra="spark"),
        Provider(
            Port.RUNTIME, "sail", _sail, modules=("pysail", "pyspark", "grpc"), extra="sail", findings=_about_sail
        ),
    ]


def _engine(context: Context) -> Engine:
    from lakekit_spark.engine import SparkEngine
    from lakekit_spark.lake import lake_of
    from lakekit_spark.options import read_options

    return SparkEngine(read_options(context.options), lake_of(context, "Spark"))


def _about_spark() -> Iterable[Finding]:
    from lakekit_spark.health import about_spark

    return about_spark()


def _about_sail() -> Iterable[Finding]:
    from lakekit_spark.runtime.health import about_sail

    return about_sail()


def _spark(context: Context) -> SparkRuntime:
    from lakekit_spark.lake import lake_of
    from lakekit_spark.options import read_options
    from lakekit_spark.runtime.frames import FrameRuntime
    from lakekit_spark.runtime.spark import SparkBackend

    return FrameRuntime(SparkBackend(read_options(context.options), lake_of(context, "Spark")))


def _sail(context: Context) -> SparkRuntime:
    from lakekit_spark.lake import lake_of
    from lakekit_spark.runtime.frames import FrameRuntime
    from lakekit_spark.runtime.sail import SailBackend, sail_options

    return FrameRuntime(SailBackend(sail_options(context.options), context.private / "sail", lake_of(context, "Sail")))
