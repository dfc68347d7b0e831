"""What `lakekit plugins` and `lakekit doctor` tell about plugins."""

from __future__ import annotations

from attrs import frozen

from lakekit.plugin.provider import Provider


@frozen
class PluginProblem:
    """Something that a plugin cannot be used for, and why, on one line."""

    plugin: str
    distribution: str
    version: str
    reason: str


@frozen
class PluginInfo:
    """One installed plugin. `providers`, `commands` and `transforms` are what it offers, refused ones included;
    `problem` is None when all of it can be used."""

    plugin: str
    distribution: str
    version: str
    providers: tuple[Provider, ...] = ()
    commands: tuple[str, ...] = ()
    transforms: tuple[str, ...] = ()
    problem: str | None = None
