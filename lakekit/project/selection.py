"""Which of a project's datasets a command line means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from attrs import frozen

from lakekit.domain.errors import ConfigError
from lakekit.domain.names import parse_dataset
from lakekit.project.model import SourceSettings

Sources = Mapping[str, SourceSettings]

_WILD = "*?["


@frozen
class Selection:
    """Names and patterns of datasets: those meant, all where there is none, and those left out of them.

    A pattern has `*`, `?` or `[...]` and matches whole names, with their layer or without: `bronze.*`, `cust*`.
    `may_be_empty` says that a selection of none is no slip.
    """

    names: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    may_be_empty: bool = False

    def of(self, sources: Sources) -> tuple[SourceSettings, ...]:
        """The datasets that are meant, each once, in the order of asking.

        Raises ConfigError for a name that is none, for a pattern that matches nothing, and where nothing is left.
        """
        wanted = self._all(sources, self.names) if self.names else sources.values()
        left_out = set(self._all(sources, self.exclude))
        chosen = tuple(dict.fromkeys(source for source in wanted if source not in left_out))
        if not chosen and not self.may_be_empty:
            raise _nothing(sources) if sources else _no_sources()
        return chosen

    def _all(self, sources: Sources, names: Sequence[str]) -> list[SourceSettings]:
        return [source for name in names for source in self._meant(sources, name)]

    def _meant(self, sources: Sources, name: str) -> Sequence[SourceSettings]:
        if not set(_WILD) & set(name):
            return (named(sources, name),)
        found = [s for s in sources.values() if any(fnmatchcase(n, name) for n in (str(s.dataset), s.dataset.name))]
        if not found and not self.may_be_empty:
            hint = _hint(sources, name.strip(_WILD))
            raise ConfigError("config.nothing_selected", f"no dataset matches {name!r}", next=hint)
        return found


EVERYTHING = Selection()
"""All datasets of the settings."""


def named(sources: Sources, name: str) -> SourceSettings:
    """The one of this name. Raises ConfigError where there is none."""
    try:
        dataset = str(parse_dataset(name))
    except ValueError as error:
        raise ConfigError("config.bad_dataset", str(error)) from error
    if dataset not in sources:
        raise ConfigError("config.unknown_dataset", f"there is no dataset {dataset}", next=_hint(sources, dataset))
    return sources[dataset]


def _nothing(sources: Sources) -> ConfigError:
    return ConfigError(
        "config.nothing_selected",
        "every dataset that was selected is excluded",
        why=f"the settings have {', '.join(sorted(sources))}",
        next="exclude less, or add --allow-empty where that is meant",
    )


def _no_sources() -> ConfigError:
    return ConfigError(
        "config.no_sources",
        "the settings name no sources",
        next="add one under `sources:`; `lakekit init` writes an example",
    )


def _hint(sources: Sources, word: str) -> str:
    names = {**{s.dataset.name: dataset for dataset, s in sources.items()}, **{d: d for d in sources}}
    near = get_close_matches(word, names, n=1)
    return f"did you mean {names[near[0]]}?" if near else f"the settings have {', '.join(sorted(sources)) or 'none'}"
