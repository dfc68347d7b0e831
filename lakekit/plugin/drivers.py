"""Drivers that a provider needs, and the line that mends a missing one."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

from lakekit.domain.errors import PluginError
from lakekit.plugin.discovery import Origin
from lakekit.plugin.provider import Provider


def missing_modules(provider: Provider) -> tuple[str, ...]:
    """The driver's modules that are not installed. Looks for them without importing them."""
    return tuple(module for module in provider.modules if not _installed(module))


def driver_missing(origin: Origin, provider: Provider, modules: Sequence[str]) -> PluginError:
    """The error for a driver that is not installed, with the command that installs it."""
    port = provider.port.value.replace("_", " ")
    extra = f"pip install '{origin.distribution}[{provider.extra}]'" if provider.extra else ""
    return PluginError(
        "plugin.driver_missing",
        f"the {port} {provider.name!r} needs a driver that cannot be imported",
        where=f"plugin {origin}",
        why=f"no Python module {', '.join(modules)}",
        next=extra or f"install what provides {', '.join(modules)}",
    )


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # a parent that is missing or breaks; a module made by hand
        return False
