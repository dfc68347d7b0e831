"""What the suites of all ports have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from attrs import evolve

from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port


class Suite:
    """A suite says which `port` it holds an adapter to; a subclass of it says which `provider` it tests.

    A subclass without a `provider` tests something that no plugin registers, such as an in-memory stand-in.
    """

    port: ClassVar[Port]
    provider: ClassVar[str] = ""

    @classmethod
    def registered(cls, context: Context) -> Any:
        """The adapter that the installed plugins register as `provider` for `port`, given the lake's storage unless it
        is one itself. Raises PluginError."""
        plugins = load_plugins()
        if cls.port is not Port.STORAGE:
            context = evolve(context, storage=plugins.storage(context))
        return plugins.make(cls.port, cls.provider, context)


class OptionsSuite(Suite):
    """Of a port whose adapters have options: override `options` with those of the adapter, as they stand in the
    settings."""

    @pytest.fixture(scope="class")
    @classmethod
    def options(cls) -> Mapping[str, object]:
        return {}

    @pytest.fixture(scope="class")
    @classmethod
    def context(cls, options: Mapping[str, object], tmp_path_factory: pytest.TempPathFactory) -> Context:
        root = tmp_path_factory.mktemp("root")
        return Context(root, str(root), root / "private", options)
