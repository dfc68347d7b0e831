"""The adapter's own keys in the settings."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from attrs import field, frozen

from lakekit.domain.errors import ConfigError
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.plugin.provider import Context

KEYS = ("token", "url")


@frozen
class Options:
    """Where alerts go, and the bearer token that is sent with them. Neither is shown: many addresses are secrets."""

    url: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def read_options(context: Context) -> Options:
    """The options of the settings. `token` refers to a secret, and so may `url`.

    Raises ConfigError for an unknown key, a value that is not a text, a `url` that is missing or none, a token that
    would travel unencrypted, and for a secret that is not there.
    """
    given = context.options
    if unknown := sorted(set(given) - set(KEYS)):
        others = f"the options are {', '.join(KEYS)}, and lakekit's own `on`"
        raise _wrong(f"unknown option {unknown[0]!r}", did_you_mean(nearest(unknown[0], KEYS)) or others)
    url, token = (_text(given, key, context) for key in ("url", "token"))
    if url is None:
        raise _wrong("there is no option 'url'", "write it like https://alerts.example.com/lakekit")
    scheme, host = _parts(url)
    if token and scheme == "http" and not _this_host(host):
        raise _wrong("option 'token' would travel unencrypted", "begin `url` with https://")
    return Options(url, token)


def _parts(url: str) -> tuple[str, str]:
    """The scheme and the host. A user and password would be a secret that the settings spell out."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        parts, sound = urlsplit(""), False
    if not sound or "@" in parts.netloc:
        raise _wrong("option 'url' is no http or https address", "write it like https://alerts.example.com/lakekit")
    return parts.scheme, parts.hostname or ""


def _this_host(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _text(given: Mapping[str, object], key: str, context: Context) -> str | None:
    value = given.get(key)
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise _wrong(f"option {key!r} is not a text", "write it as one, or leave it out")
    if value and value.startswith("secret://") and context.secret:
        return context.secret(value)
    return value


def _wrong(what: str, next_: str) -> ConfigError:
    return ConfigError("config.alerts", what, where="alerts: webhook", next=next_)
