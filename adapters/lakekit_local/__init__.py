"""The adapters that need nothing but Python: storage, landing zone, state store, secrets, metrics and alerts of
one host."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider

if TYPE_CHECKING:
    from lakekit_local.alerts_jsonl import JsonLinesAlerts
    from lakekit_local.landing import LocalLanding
    from lakekit_local.metrics_jsonl import JsonLinesMetrics
    from lakekit_local.secrets_env import EnvironmentSecrets
    from lakekit_local.state_store import SqliteStateStore
    from lakekit_local.storage import LocalStorage


@hookimpl
def lakekit_providers() -> Iterable[Provider]:
    """Storage and landing `local`, state store `sqlite`, metrics and alerts `jsonl`, secrets `env`."""
    return (
        Provider(Port.STORAGE, "local", _storage),
        Provider(Port.LANDING, "local", _landing),
        Provider(Port.STATE_STORE, "sqlite", _state_store),
        Provider(Port.METRICS, "jsonl", _metrics),
        Provider(Port.ALERTS, "jsonl", _alerts),
        Provider(Port.SECRETS, "env", _secrets),
    )


def _storage(context: Context) -> LocalStorage:
    from lakekit_local.disk import refuse_bucket
    from lakekit_local.storage import LocalStorage

    refuse_bucket(context.lake, "the storage `local`")
    return LocalStorage(Path(context.lake))


def _landing(context: Context) -> LocalLanding:
    from lakekit_local.landing import LocalLanding

    return LocalLanding(context.lake)


def _state_store(context: Context) -> SqliteStateStore:
    from lakekit_local.state_store import SqliteStateStore

    return SqliteStateStore(context.lake)


def _metrics(context: Context) -> JsonLinesMetrics:
    from lakekit.system.clock import SystemClock
    from lakekit_local.metrics_jsonl import JsonLinesMetrics

    return JsonLinesMetrics(context.private / "metrics.jsonl", SystemClock())


def _alerts(context: Context) -> JsonLinesAlerts:
    from lakekit.domain.errors import ConfigError
    from lakekit_local.alerts_jsonl import JsonLinesAlerts

    if context.options:
        what = f"unknown option {min(context.options)!r}"
        raise ConfigError("config.alerts", what, where="alerts: jsonl", next="remove it: `on` is all that it takes")
    return JsonLinesAlerts(context.private / "alerts.jsonl")


def _secrets(_: Context) -> EnvironmentSecrets:
    from lakekit_local.secrets_env import EnvironmentSecrets

    return EnvironmentSecrets()
