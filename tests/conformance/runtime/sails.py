"""Sail, as lakekit finds it among its plugins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lakekit.plugin.provider import Context
from lakekit.ports.runtime import SparkRuntime
from lakekit.testing.runtime import RuntimeSuite
from tests.conformance.runtime.parquet import read_parquet, write_parquet
from tests.sail import SAIL

OPTIONS: Mapping[str, object] = {"memory": "1GB", "threads": 2}


class Sail:
    """How Sail is made."""

    provider = "sail"
    pytestmark = SAIL

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls) -> Mapping[str, object]:
        return OPTIONS


class OnSail(Sail, RuntimeSuite):
    """What the port promises."""

    write_parquet = staticmethod(write_parquet)
    read_parquet = staticmethod(read_parquet)


def context(folder: Path, **options: object) -> Context:
    return Context(folder.parent, str(folder.parent), folder, {**OPTIONS, **options})


def sail(folder: Path) -> SparkRuntime:
    made: SparkRuntime = OnSail.registered(context(folder))
    return made
