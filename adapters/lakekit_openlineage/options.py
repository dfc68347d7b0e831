"""The adapter's own keys in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from attrs import frozen

from lakekit.domain.errors import ConfigError
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.plugin.provider import Context

KEYS = ("api_key", "max_bytes", "namespace", "path", "url")
MAX_BYTES = 100_000_000
_ENDPOINT = "/api/v1/lineage"


@frozen
class Options:
    """Where events go, to a server's `url` or a file, and the namespace of jobs and sources. `path` is the file, or the
    folder in which events wait for the server, `max_bytes` of them at most."""

    path: Path
    namespace: str
    url: str | None = None
    api_key: str | None = None
    max_bytes: int = MAX_BYTES


def read_options(context: Context) -> Options:
    """The options of the settings.

    A `url` without a path is completed by the one that OpenLineage's servers have. A relative `path` lies within the
    project, the default one in its private folder. `api_key` refers to a secret.
    Raises ConfigError for an unknown key, for a value that is not a text, or not a number of bytes, for a `path` that
    is a URL, for a `url` that is none, and for a secret that is not there.
    """
    given = context.options
    if unknown := sorted(set(given) - set(KEYS)):
        next_ = did_you_mean(nearest(unknown[0], KEYS)) or f"the options are {', '.join(KEYS)}"
        raise _wrong(f"unknown option {unknown[0]!r}", next_)
    path, url, key = (_text(given, name) for name in ("path", "url", "api_key"))
    if path and "://" in path:
        raise _wrong("option 'path' is not on this host", "name the server by `url`")
    if key and not url:
        raise _wrong("option 'api_key' has no effect", "it needs `url`")
    if "max_bytes" in given and not url:
        raise _wrong("option 'max_bytes' has no effect", "it needs `url`")
    default = context.private / ("lineage" if url else "lineage.jsonl")
    return Options(
        path=context.root / path if path else default,
        namespace=_text(given, "namespace") or "lakekit",
        url=_endpoint(url) if url else None,
        api_key=context.secret(key) if key and context.secret else None,
        max_bytes=_bytes(given),
    )


def _bytes(given: Mapping[str, object]) -> int:
    value = given.get("max_bytes", MAX_BYTES)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _wrong("option 'max_bytes' is no number of bytes", f"write it like {MAX_BYTES}")
    return value


def _endpoint(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        parts, sound = urlsplit(""), False
    if not sound:
        raise _wrong("option 'url' is no http or https address", "write it like http://marquez:5000")
    return urlunsplit(parts if parts.path.strip("/") else parts._replace(path=_ENDPOINT))


def _text(given: Mapping[str, object], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise _wrong(f"option {key!r} is not a text", "write it as one, or leave it out")
    return value


def _wrong(what: str, next_: str) -> ConfigError:
    return ConfigError("config.lineage", what, where="lineage: openlineage", next=next_)
