"""Finding an adapter by its port and name, among all that the installed plugins offer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve

from lakekit.domain.errors import LakekitError, PluginError
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.domain.report import Finding
from lakekit.plugin.discovery import Origin, discover
from lakekit.plugin.drivers import driver_missing, missing_modules
from lakekit.plugin.hookspecs import GROUP
from lakekit.plugin.listing import PluginInfo, PluginProblem
from lakekit.plugin.loading import Loaded, load
from lakekit.plugin.provider import Context, Port, Provider, TransformPackage

if TYPE_CHECKING:
    from pathlib import Path

    import click

    from lakekit.ports.storage import ObjectStorage


def load_plugins(reserved: Collection[str] = ()) -> Plugins:
    """Every installed plugin, each loaded on its own. No plugin's command may take a name in `reserved`."""
    return Plugins([load(found) for found in discover(GROUP)], reserved)


class Plugins:
    """What the loaded plugins offer. A name claimed more than once goes to nobody: using it raises."""

    def __init__(self, loaded: Sequence[Loaded], reserved: Collection[str] = ()) -> None:
        self._loaded = tuple(loaded)
        self._reserved = frozenset(reserved)
        self._providers: dict[tuple[Port, str], list[tuple[Origin, Provider]]] = {}
        self._commands: dict[str, list[tuple[Origin, click.Command]]] = {}
        self._packages: dict[str, list[tuple[Origin, TransformPackage]]] = {}
        for plugin in self._loaded:
            for provider in plugin.providers:
                offers = self._providers.setdefault((provider.port, provider.name), [])
                offers.append((plugin.origin, provider))
            for command in plugin.commands:
                self._commands.setdefault(command.name or "", []).append((plugin.origin, command))
            for package in plugin.packages:
                self._packages.setdefault(package.name, []).append((plugin.origin, package))

    def adapter(self, port: Port, name: str) -> Provider:
        """The provider of that name.

        Raises PluginError: `plugin.unknown` when there is none, `plugin.collision` when there are several.
        """
        return self._offer(port, name)[1]

    def make(self, port: Port, name: str, context: Context) -> Any:
        """The adapter itself; its driver is imported now, or when the adapter first needs it.

        Raises PluginError as `adapter` does, `plugin.driver_missing` when a module of the driver is not
        installed, `plugin.failed` when the factory breaks. A LakekitError of the factory passes.
        """
        origin, provider = self._offer(port, name)
        if missing := missing_modules(provider):
            raise driver_missing(origin, provider, missing)
        try:
            return provider.factory(evolve(context, places=lambda lake: self.storage(evolve(context, lake=lake))))
        except LakekitError:
            raise
        except ImportError as error:
            raise driver_missing(origin, provider, (error.name or "of its driver",)) from error
        except Exception as error:
            # The text of the error stays in the chain: it may hold the value of an option.
            raise PluginError(
                "plugin.failed",
                f"the {_label(port)} {name!r} cannot be made",
                where=f"plugin {origin}",
                why=f"its factory raised {type(error).__name__}",
                next="run it again with --debug (before the command) to see the traceback",
            ) from error

    def transforms(self, name: str) -> Path:
        """The folder of the transforms of that name. Raises PluginError as `adapter` does."""
        offers = self._packages.get(name)
        if offers is None:
            raise self._unknown("transforms", name, [n for n, made in self._packages.items() if not self._rivals(made)])
        if rivals := self._rivals(offers):
            raise _collision("transforms", name, rivals)
        return offers[0][1].folder

    def storage(self, context: Context) -> ObjectStorage:
        """The storage of the lake's address. Raises PluginError as `make` does."""
        made: ObjectStorage = self.make(Port.STORAGE, context.lake_kind, context)
        return made

    def names(self, port: Port) -> tuple[str, ...]:
        """The names that can be used for a port, in order."""
        offers = ((name, made) for (of, name), made in self._providers.items() if of is port)
        return tuple(sorted(name for name, made in offers if not self._rivals(made)))

    def commands(self) -> Mapping[str, click.Command]:
        """The commands that can be used, by name, in order."""
        offers = ((n, made) for n, made in sorted(self._commands.items()) if n not in self._reserved)
        return {name: made[0][1] for name, made in offers if not self._rivals(made)}

    def findings(self) -> tuple[Finding, ...]:
        """What the providers that can be used here find on this machine; one that breaks is a finding too."""
        found: list[Finding] = []
        for provider in (offers[0][1] for offers in self._providers.values() if not self._rivals(offers)):
            if missing_modules(provider):
                continue
            try:
                found += provider.findings()
            except Exception as error:  # noqa: BLE001  # one plugin that breaks hides nothing of the others
                found.append(Finding(f"{_label(provider.port)} {provider.name}", False, type(error).__name__))
        return tuple(found)

    def problems(self) -> tuple[PluginProblem, ...]:
        """What is broken or in dispute, a line each, by plugin."""
        return tuple(
            PluginProblem(plugin.origin.plugin, plugin.origin.distribution, plugin.origin.version, reason)
            for plugin in self._loaded
            for reason in self._reasons(plugin)
        )

    def listing(self) -> tuple[PluginInfo, ...]:
        """Every installed plugin, broken ones included, by name."""
        return tuple(
            PluginInfo(
                plugin.origin.plugin,
                plugin.origin.distribution,
                plugin.origin.version,
                plugin.providers,
                tuple(command.name or "" for command in plugin.commands),
                tuple(package.name for package in plugin.packages),
                "; ".join(self._reasons(plugin)) or None,
            )
            for plugin in self._loaded
        )

    def _offer(self, port: Port, name: str) -> tuple[Origin, Provider]:
        offers = self._providers.get((port, name))
        if offers is None:
            raise self._unknown(_label(port), name, self.names(port))
        if rivals := self._rivals(offers):
            raise _collision(_label(port), name, rivals)
        return offers[0]

    def _rivals(self, offers: Sequence[tuple[Origin, object]]) -> tuple[Origin, ...]:
        """Who claims the one name that these offers have; nobody when there is one offer by one plugin.

        Plugins of one name both claim what either offers: which of them is meant cannot be told.
        """
        claimants = [origin for origin, _ in offers]
        named = {origin.plugin for origin in claimants}
        claimants += [p.origin for p in self._loaded if p.origin.plugin in named and p.origin not in claimants]
        return tuple(claimants) if len(claimants) > 1 else ()

    def _reasons(self, plugin: Loaded) -> tuple[str, ...]:
        if plugin.reason:
            return (plugin.reason,)
        disputes = [
            (f"{_label(p.port)} {p.name!r}", self._rivals(self._providers[p.port, p.name])) for p in plugin.providers
        ]
        names = [command.name or "" for command in plugin.commands]
        disputes += [(f"command {name!r}", self._rivals(self._commands[name])) for name in names]
        packages = [package.name for package in plugin.packages]
        disputes += [(f"transforms {name!r}", self._rivals(self._packages[name])) for name in packages]
        told = [f"{what} is claimed by {_listed(rivals)}" for what, rivals in disputes if rivals]
        told += [f"command {name!r} is lakekit's own" for name in names if name in self._reserved]
        return tuple(dict.fromkeys(told))

    def _unknown(self, what: str, name: str, names: Sequence[str]) -> PluginError:
        broken = [plugin.origin for plugin in self._loaded if plugin.reason]
        hint = "`lakekit plugins` shows what is installed, and what is broken"
        return PluginError(
            "plugin.unknown",
            f"there is no {what} {name!r}",
            why=f"registered: {', '.join(names) or 'none'}" + (f"; broken: {_listed(broken)}" if broken else ""),
            next=did_you_mean(nearest(name, names)) or hint,
        )


def _collision(what: str, name: str, rivals: Iterable[Origin]) -> PluginError:
    return PluginError(
        "plugin.collision",
        f"the {what} {name!r} is claimed more than once, so nobody gets it",
        why=f"claimed by {_listed(rivals)}",
        next="uninstall the distribution that is not wanted, or ask its authors for another name",
    )


def _label(port: Port) -> str:
    return port.value.replace("_", " ")


def _listed(origins: Iterable[Origin]) -> str:
    return " and ".join(map(str, origins))
