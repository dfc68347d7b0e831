"""Which of a project's datasets a command line means."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from attrs import frozen

from lakekit.domain.errors import ConfigError
from lakekit.domain.graph import downstream, upstream
from lakekit.domain.names import Dataset, parse_dataset
from lakekit.domain.nearest import did_you_mean, nearest


class Selectable(Protocol):
    """A dataset that can be asked for: by its name, its tags, its file, and by what it is made from. `together` are
    those that are always meant with it."""

    @property
    def dataset(self) -> Dataset: ...

    @property
    def tags(self) -> Collection[str]: ...

    @property
    def place(self) -> str: ...

    @property
    def input_names(self) -> Collection[str]: ...

    @property
    def together(self) -> Collection[str]: ...


Entry = TypeVar("Entry", bound=Selectable)

_WILD = "*?["
_STEPS = re.compile(r"(?:(\d{0,4})(\+))?(.*?)(?:(\+)(\d{0,4}))?", re.DOTALL)


@frozen
class Selection:
    """Names and patterns of datasets: those meant, all where there is none, and those left out of them.

    A pattern has `*`, `?` or `[...]` and matches whole names, with their layer or without: `bronze.*`, `cust*`. A `+`
    before one means all that it is made from too, behind one all that is made from it; `2+` and `+2` go two steps.
    `tag:daily` and `path:transforms/gold/*` select by tag and by file. `may_be_empty` says that a selection of none is
    no slip.
    """

    names: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    may_be_empty: bool = False

    def of(self, entries: Mapping[str, Entry]) -> tuple[Entry, ...]:
        """The datasets that are meant, each once: in the order of asking, or of `entries` where a `+` or all is asked.

        Raises ConfigError for a name that is none, for a pattern that matches nothing, and where nothing is left.
        """
        wanted = [n for name in self.names for n in self._meant(entries, name)] if self.names else list(entries)
        left_out = {n for name in self.exclude for n in self._meant(entries, name)}
        chosen = [name for name in dict.fromkeys(wanted) if name not in left_out]
        if not chosen and not self.may_be_empty:
            raise _nothing(entries) if entries else _no_datasets()
        return tuple(entries[name] for name in chosen)

    def _meant(self, entries: Mapping[str, Entry], word: str) -> list[str]:
        match = _STEPS.fullmatch(word)
        up, plus, name, behind, down = match.groups() if match else ("", None, word, None, "")
        found = {n for m in self._matching(entries, name) for n in (m, *entries[m].together)}
        if not plus and not behind:
            return [n for n in entries if n in found]
        graph = {n: entry.input_names for n, entry in entries.items()}
        above = upstream(graph, found, int(up) if up else None) if plus else found
        below = downstream(graph, found, int(down) if down else None) if behind else found
        return [n for n in entries if n in above | below]

    def _matching(self, entries: Mapping[str, Entry], name: str) -> list[str]:
        kind, colon, rest = name.partition(":")
        if colon and kind == "tag":
            found = [n for n, e in entries.items() if rest in e.tags]
        elif colon and kind == "path":
            below = f"{rest.rstrip('/')}/"
            found = [n for n, e in entries.items() if fnmatchcase(e.place, rest) or e.place.startswith(below)]
        elif set(_WILD) & set(name):
            found = [n for n, e in entries.items() if any(fnmatchcase(t, name) for t in (n, e.dataset.name))]
        else:
            return [str(named(entries, name).dataset)]
        if not found and not self.may_be_empty:
            hint = _hint(entries, name.strip(_WILD))
            raise ConfigError("config.nothing_selected", f"no dataset matches {name!r}", next=hint)
        return found


EVERYTHING = Selection()
"""All datasets, of which there must be one."""

ANYTHING = Selection(may_be_empty=True)
"""All datasets, if there are any."""


def named(entries: Mapping[str, Entry], name: str) -> Entry:
    """The one of this name; without a layer, bronze's, or else the only one that is called so. Raises ConfigError where
    there is none."""
    try:
        dataset = str(parse_dataset(name))
    except ValueError as error:
        raise ConfigError("config.bad_dataset", str(error)) from error
    if dataset not in entries:
        alike = [n for n, entry in entries.items() if entry.dataset.name == name]
        if len(alike) != 1:
            raise ConfigError("config.unknown_dataset", f"there is no dataset {dataset}", next=_hint(entries, dataset))
        dataset = alike[0]
    return entries[dataset]


def _nothing(entries: Mapping[str, Entry]) -> ConfigError:
    return ConfigError(
        "config.nothing_selected",
        "every dataset that was selected is excluded",
        why=f"there are {', '.join(sorted(entries))}",
        next="exclude less, or add --allow-empty where that is meant",
    )


def _no_datasets() -> ConfigError:
    return ConfigError(
        "config.no_sources",
        "there is no dataset to work on",
        why="the settings name no sources under `sources:`, or the project has no transforms",
        next="`lakekit init` writes an example",
    )


def _hint(entries: Mapping[str, Entry], word: str) -> str:
    names = {**{e.dataset.name: dataset for dataset, e in entries.items()}, **{d: d for d in entries}}
    meant = names.get(nearest(word, names), "")
    return did_you_mean(meant) or f"there are {', '.join(sorted(entries)) or 'none'}"
