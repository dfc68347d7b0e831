"""A new plugin as files: lakekit's own tutorial plugin under another name."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from lakekit.domain.errors import ConfigError
from lakekit.plugin.listing import PluginInfo

_SHIPPED = Path(__file__).with_name("template")
"""Where the wheel puts `plugins/lakekit_example` of the repository; an editable install reads that folder itself."""

_KINDS = (".md", ".py", ".toml")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40


def template(name: str) -> dict[str, str]:
    """The files of the plugin `name`, as texts by their path in its folder.

    `my-crm` becomes the distribution lakekit-my-crm with the package lakekit_my_crm, whose source is `my-crm`.
    """
    folder = _SHIPPED if _SHIPPED.is_dir() else Path(__file__).parents[2] / "plugins" / "lakekit_example"
    found = (path for part in ("*", "lakekit_example/*", "tests/*") for path in folder.glob(part))
    paths = sorted(path for path in found if path.suffix in _KINDS)
    return {_named(path.relative_to(folder).as_posix(), name): _named(path.read_text("utf-8"), name) for path in paths}


def check_name(name: str, installed: Iterable[PluginInfo]) -> None:
    """Raises ConfigError: `plugin.bad_name` for one that cannot name a distribution, a package and a source, and
    `plugin.name_taken` for one that something installed has."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise ConfigError(
            "plugin.bad_name",
            f"{name!r} cannot name a plugin",
            why=f"a name is at most {_LONGEST} of a-z, 0-9 and single hyphens, a letter first",
            next="write it like acme or my-crm",
        )
    if owner := _owner(name, installed):
        raise ConfigError(
            "plugin.name_taken",
            f"{name!r} is taken",
            why=f"{owner} is installed here, and of two that share a name neither can be used",
            next="choose another name",
        )


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write `files` into `folder`, which is made. Raises ConfigError before anything is written when it holds
    anything, and when it cannot be written."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise ConfigError(
                "plugin.folder_in_use",
                f"{folder} is not empty",
                why="nothing that is yours is overwritten",
                next="name a new folder with --into",
            )
        for name, text in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise ConfigError(
            "plugin.unwritable",
            f"{folder} cannot be written",
            why=error.strerror or type(error).__name__,
            next="name a folder that you may write to, with --into",
        ) from error


def _named(text: str, name: str) -> str:
    return text.replace("lakekit_example", _package(name)).replace("example", name)


def _package(name: str) -> str:
    return f"lakekit_{name.replace('-', '_')}"


def _owner(name: str, installed: Iterable[PluginInfo]) -> str:
    """What has the name already: a plugin, a distribution, an adapter for any port, or a package; "" for nothing."""
    package = _package(name)
    for plugin in installed:
        names = {plugin.plugin, plugin.distribution, *(provider.name for provider in plugin.providers)}
        if {name, package} & {*names, *(taken.lower().replace("-", "_") for taken in names)}:
            return f"the plugin {plugin.plugin!r} of {plugin.distribution} {plugin.version}"
    return f"a package {package}" if importlib.util.find_spec(package) else ""
