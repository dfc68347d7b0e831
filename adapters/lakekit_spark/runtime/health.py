"""What can be wrong with Sail on a machine, found without starting it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from lakekit.domain.report import Finding
from lakekit_spark.runtime.server import can_close


def about_sail() -> Iterator[Finding]:
    """Whether its port can be closed to others, and whether its driver is the one that is imported."""
    yield port(closed=can_close())
    yield driver(_version("pyspark"), _version("pyspark-client"))


def port(*, closed: bool) -> Finding:
    if closed:
        return Finding("sail port", True, "closed to all other processes, by a packet filter")
    hint = "run lakekit where no one else has an account, or use `engine: spark`"
    told = "open to every user of this machine while a transform runs: they may run Python as you"
    return Finding("sail port", False, told, hint)


def driver(spark: str | None, client: str | None) -> Finding:
    """Both distributions have a package `pyspark`: the one that was installed last has written over the other."""
    if spark is None or client is None:
        return Finding("sail driver", True, f"pyspark-client {client}" if client else f"pyspark {spark}")
    told = f"pyspark {spark} and pyspark-client {client} are both installed, one over the other"
    return Finding("sail driver", False, told, "use an environment for each: lakekit[sail] and lakekit[spark]")


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
