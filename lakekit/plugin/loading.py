"""Loading one plugin, taken whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy
from attrs import frozen

from lakekit.plugin import hookspecs
from lakekit.plugin.discovery import Found, Origin
from lakekit.plugin.provider import Port, Provider, TransformPackage

if TYPE_CHECKING:
    import click

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@frozen
class Loaded:
    """What a plugin offers, or the one line of `reason` why it offers nothing."""

    origin: Origin
    providers: tuple[Provider, ...] = ()
    commands: tuple[click.Command, ...] = ()
    packages: tuple[TransformPackage, ...] = ()
    reason: str = ""


class _WrongShapeError(Exception):
    """A plugin is not what the contract of its hooks says."""


def load(found: Found) -> Loaded:
    """Import the plugin and ask its hooks. Whatever it raises, exit included, becomes its reason."""
    if found.entry is None:
        return Loaded(found.origin, reason=found.reason)
    try:
        hook = _registered(found.entry.load(), found.origin.plugin)
        providers = tuple(_providers(hook.lakekit_providers()))
        commands, packages = _commands(hook.lakekit_commands()), _packages(hook.lakekit_transforms())
        return Loaded(found.origin, providers, tuple(commands), tuple(packages))
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's code breaks nothing but itself
        return Loaded(found.origin, reason=_one_line(error))


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300]
    if isinstance(error, _WrongShapeError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _registered(plugin: object, name: str) -> pluggy.HookRelay:
    """The plugin's hooks. Each plugin has a manager of its own, so that none can wrap or break another's."""
    manager = pluggy.PluginManager(hookspecs.GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, name)
    manager.check_pending()
    if not manager.get_hookcallers(plugin):
        raise _WrongShapeError("it answers no hook: is `@hookimpl` missing?")
    return manager.hook


def _providers(answers: list[Any]) -> Iterator[Provider]:
    for provider in (provider for answer in answers for provider in answer):
        if not isinstance(provider, Provider):
            raise _WrongShapeError(f"lakekit_providers gave a {type(provider).__name__}, not a Provider")
        for attribute, rule, holds in _RULES:
            if not holds(getattr(provider, attribute)):
                raise _WrongShapeError(f"provider {provider.name!r}: {attribute} must be {rule}")
        yield provider


def _commands(answers: list[Any]) -> Iterator[click.Command]:
    for command in (command for answer in answers for command in answer):
        import click

        if not (isinstance(command, click.Command) and command.name):
            kind = type(command).__name__
            raise _WrongShapeError(f"lakekit_commands gave a {kind}, not a click command with a name")
        yield command


def _packages(answers: list[Any]) -> Iterator[TransformPackage]:
    for package in (package for answer in answers for package in answer):
        if not isinstance(package, TransformPackage):
            raise _WrongShapeError(f"lakekit_transforms gave a {type(package).__name__}, not a TransformPackage")
        if not _is_name(package.name) or not isinstance(package.folder, Path):
            raise _WrongShapeError(f"transforms {package.name!r}: it has a name of a-z, 0-9, _ and -, and a folder")
        yield package


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _are_modules(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(module, str) and module for module in value)


_RULES: tuple[tuple[str, str, Callable[[object], bool]], ...] = (
    ("port", "a Port", lambda value: isinstance(value, Port)),
    ("name", "made of a-z, 0-9, _ and -", _is_name),
    ("factory", "callable", callable),
    ("modules", "a tuple of module names", _are_modules),
    ("extra", "a text", lambda value: isinstance(value, str)),
)
