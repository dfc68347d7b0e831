"""The hooks by which a distribution adds to lakekit.

A plugin is what an entry point of group `lakekit` names, usually a module; its functions marked with
`hookimpl` answer these hooks. Hooks take no arguments and are asked at each start, so they must be cheap: a
driver is imported by the factory of a Provider, or in the body of a command, not when the plugin is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

from lakekit.plugin.provider import Provider, TransformPackage

if TYPE_CHECKING:
    import click

GROUP = "lakekit"
"""The entry-point group, and the name under which pluggy knows this project."""

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def lakekit_providers() -> Iterable[Provider]:
    """The adapters of this plugin. No two plugins may offer the same name for the same port."""
    raise NotImplementedError


@hookspec
def lakekit_transforms() -> Iterable[TransformPackage]:
    """Transforms for projects that name them: folders of files, as a project has its own.

    No two plugins may offer the same name.
    """
    raise NotImplementedError


@hookspec
def lakekit_commands() -> Iterable[click.Command]:
    """Commands to add to `lakekit`, each with a name.

    No two plugins may offer the same name, and none may offer one of lakekit's own.
    """
    raise NotImplementedError
