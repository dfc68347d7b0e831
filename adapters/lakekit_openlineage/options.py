"""The adapter's own keys in the settings: `path` and `namespace`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from lakekit.domain.errors import ConfigError
from lakekit.plugin.provider import Context

KEYS = ("namespace", "path")


@frozen
class Options:
    """Where events go, and the namespace of jobs and sources."""

    path: Path
    namespace: str


def read_options(context: Context) -> Options:
    """The options of the settings.

    A relative `path` lies within the project, the default one in its private folder.
    Raises ConfigError for an unknown key, for a value that is not a text, and for a `path` that is a URL.
    """
    given = context.options
    if unknown := sorted(set(given) - set(KEYS)):
        raise _wrong(f"unknown option {unknown[0]!r}", f"the options are {' and '.join(KEYS)}")
    path = _text(given, "path")
    if path and "://" in path:
        raise _wrong("option 'path' is not a local file", "events are written to a file of this host")
    file = context.root / path if path else context.private / "lineage.jsonl"
    return Options(file, _text(given, "namespace") or "lakekit")


def _text(given: Mapping[str, object], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise _wrong(f"option {key!r} is not a text", "write it as one, or leave it out")
    return value


def _wrong(what: str, next_: str) -> ConfigError:
    return ConfigError("config.lineage", what, where="lineage: openlineage", next=next_)
