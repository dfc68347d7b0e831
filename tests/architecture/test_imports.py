"""What an import costs. Run twice: with every driver installed, and (session `imports`) with none."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lakekit

DRIVERS = {
    "boto3",
    "deltalake",
    "duckdb",
    "holidays",
    "openlineage",
    "pandas",
    "polars",
    "pyarrow",
    "pyspark",
    "requests",
}
HEAVY = DRIVERS | {"numpy", "sqlglot"}
ADAPTERS = sorted(path.parent.name for path in Path(__file__).parents[2].glob("adapters/*/__init__.py"))

SHOW_MODULES = """
import json, sys
try:
    {statement}
except SystemExit as stop:
    assert not stop.code, stop.code
print("\\n" + json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


def modules_after(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded when it has run `statement`."""
    script = SHOW_MODULES.format(statement=statement)
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def core_modules() -> Iterator[str]:
    yield from (found.name for found in pkgutil.walk_packages(lakekit.__path__, "lakekit."))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_asking_for_help_or_version_loads_no_heavy_module(arguments: list[str]) -> None:
    loaded = modules_after(f"from lakekit.cli.main import main; sys.argv = ['lakekit', *{arguments!r}]; main()")
    assert "click" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("package", ADAPTERS)
def test_loading_an_adapter_to_register_it_loads_no_driver(package: str) -> None:
    assert modules_after(f"import {package}") & DRIVERS == set()


@pytest.mark.parametrize("name", [*core_modules(), *ADAPTERS])
def test_the_core_and_every_adapter_import_with_or_without_the_drivers(name: str) -> None:
    assert importlib.import_module(name).__name__ == name
