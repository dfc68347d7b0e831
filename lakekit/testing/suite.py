"""What the suites of all ports have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port


class Suite:
    """A suite says which `port` it holds an adapter to; a subclass of it says which `provider` it tests.

    A subclass without a `provider` tests something that no plugin registers, such as an in-memory stand-in.
    """

    port: ClassVar[Port]
    provider: ClassVar[str] = ""

    def registered(self, context: Context) -> Any:
        """The adapter that the installed plugins register as `provider` for `port`. Raises PluginError."""
        return load_plugins().make(self.port, self.provider, context)
