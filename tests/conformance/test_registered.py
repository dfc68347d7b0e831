"""Nothing that lakekit registers is forgotten: each of its adapters is held to the suite of its port."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Port, Provider
from lakekit.testing.suite import Suite

HERE = Path(__file__).parent
FIRST_PARTY = [
    provider for plugin in load_plugins().listing() if plugin.distribution == "lakekit" for provider in plugin.providers
]


def suites() -> Iterator[tuple[Port, str]]:
    """Port and name of every adapter that a class of this folder makes by its registered name."""
    for file in sorted(HERE.glob("*/test_*.py")):
        module = importlib.import_module(f"tests.conformance.{file.parent.name}.{file.stem}")
        yield from ((found.port, found.provider) for name, found in vars(module).items() if _is_collected(name, found))


def _is_collected(name: str, found: object) -> bool:
    return name.startswith("Test") and isinstance(found, type) and issubclass(found, Suite) and bool(found.provider)


@pytest.fixture(scope="module")
def held() -> frozenset[tuple[Port, str]]:
    return frozenset(suites())


def test_lakekit_registers_adapters() -> None:
    assert FIRST_PARTY


@pytest.mark.parametrize("provider", FIRST_PARTY, ids=lambda provider: f"{provider.port.value}-{provider.name}")
def test_every_registered_adapter_is_held_to_the_suite_of_its_port(
    provider: Provider, held: frozenset[tuple[Port, str]]
) -> None:
    assert (provider.port, provider.name) in held


def test_no_suite_is_run_on_a_name_that_nothing_registers(held: frozenset[tuple[Port, str]]) -> None:
    assert held - {(provider.port, provider.name) for provider in FIRST_PARTY} == frozenset()
