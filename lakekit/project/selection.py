"""Which of a project's datasets a command line means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from lakekit.domain.errors import ConfigError
from lakekit.domain.names import parse_dataset
from lakekit.project.model import SourceSettings

Sources = Mapping[str, SourceSettings]

_WILD = "*?["


def selected(sources: Sources, names: Sequence[str]) -> tuple[SourceSettings, ...]:
    """Those that are named or that a pattern matches, each once, in the order of asking.

    A pattern has `*`, `?` or `[...]` and matches whole names, with their layer or without: `bronze.*`, `cust*`. Raises
    ConfigError for a name that is none, and for a pattern that matches nothing.
    """
    found = [
        s for name in names for s in (_matching(sources, name) if set(_WILD) & set(name) else (named(sources, name),))
    ]
    return tuple(dict.fromkeys(found))


def named(sources: Sources, name: str) -> SourceSettings:
    """The one of this name. Raises ConfigError as `selected` does."""
    try:
        dataset = str(parse_dataset(name))
    except ValueError as error:
        raise ConfigError("config.bad_dataset", str(error)) from error
    if dataset not in sources:
        raise ConfigError("config.unknown_dataset", f"there is no dataset {dataset}", next=_hint(sources, dataset))
    return sources[dataset]


def _matching(sources: Sources, pattern: str) -> list[SourceSettings]:
    found = [s for s in sources.values() if any(fnmatchcase(n, pattern) for n in (str(s.dataset), s.dataset.name))]
    if not found:
        raise ConfigError(
            "config.nothing_selected", f"no dataset matches {pattern!r}", next=_hint(sources, pattern.strip(_WILD))
        )
    return found


def _hint(sources: Sources, word: str) -> str:
    names = {**{s.dataset.name: dataset for dataset, s in sources.items()}, **{d: d for d in sources}}
    near = get_close_matches(word, names, n=1)
    return f"did you mean {names[near[0]]}?" if near else f"the settings have {', '.join(sorted(sources)) or 'none'}"
