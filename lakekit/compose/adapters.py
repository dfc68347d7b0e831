"""The adapters of a project, made as its settings name them when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve

from lakekit.app.alerting import Chosen
from lakekit.app.telemetry import Silent
from lakekit.app.tools import Tools
from lakekit.logs import json_log
from lakekit.plugin.manager import Plugins
from lakekit.plugin.once import once
from lakekit.plugin.provider import Context, Port
from lakekit.ports.engine import Engine
from lakekit.ports.progress import Progress
from lakekit.ports.runtime import SparkRuntime
from lakekit.ports.secrets import Secrets
from lakekit.ports.source import Source
from lakekit.ports.storage import ObjectStorage
from lakekit.ports.table_store import TableStore
from lakekit.ports.telemetry import Alerts, Reporter
from lakekit.ports.upkeep import Upkeep
from lakekit.project.model import Settings, SourceSettings
from lakekit.system.clock import SystemClock
from lakekit.system.ids import SystemIds
from lakekit.system.processes import SystemProcesses

_EMBEDDED = "embedded"
_ENGINE, _RUNTIME = "duckdb", "sail"
"""The adapters behind `engine: embedded`."""

_TABLES = "delta"

PRIVATE = ".lakekit"
"""The folder within a project for logs, metrics and lineage, readable by its owner alone."""


class Adapters:
    """`engine` is one that somebody else has made, and closes. Whatever is asked for raises PluginError for an adapter
    or a driver that is missing."""

    def __init__(self, settings: Settings, plugins: Plugins, reporter: Reporter, engine: Engine | None) -> None:
        self._settings, self._plugins, self._reporter, self._shared = settings, plugins, reporter, engine

    def close(self) -> None:
        """Free what those that were made hold."""
        made = self.__dict__.get("tools")
        if made is not None:
            if self._shared is None:
                made.engine.close()
            made.landing.close()

    @once
    def tools(self) -> Tools:
        """The ports that use cases work with."""
        settings, clock = self._settings, SystemClock()
        return Tools(
            engine=self._engine(),
            tables=self._make(Port.TABLE_STORE, _TABLES),
            landing=self._make(Port.LANDING, self._context.lake_kind),
            state=self._make(Port.STATE_STORE, settings.state),
            lineage=self._optional(Port.LINEAGE, settings.lineage, settings.lineage_options),
            metrics=self._optional(Port.METRICS, settings.metrics, settings.metrics_options),
            alerts=Chosen(self._alerts(), settings.alerts_on),
            log=json_log(self._private / "logs" / "lakekit.jsonl", clock),
            reporter=self._reporter,
            clock=clock,
            ids=SystemIds(),
            processes=SystemProcesses(),
            lease_seconds=settings.lease_seconds,
        )

    def tables_in(self, folder: Path) -> TableStore:
        """The tables of a folder of this host, which need not be of the lake."""
        context = evolve(self._context, lake=str(folder))
        storage = self._plugins.storage(context)
        made: TableStore = self._plugins.make(Port.TABLE_STORE, _TABLES, evolve(context, storage=storage))
        return made

    def upkeep(self) -> Upkeep:
        """The upkeep of tables."""
        made: Upkeep = self._make(Port.UPKEEP, _TABLES)
        return made

    def runtime(self) -> SparkRuntime:
        """A runtime, for the caller to close: the engine's own, where it is one too. Raises UnsupportedCapability for
        one that cannot work on the lake."""
        name = self._settings.engine.name
        known = self._plugins.names(Port.RUNTIME)
        made: SparkRuntime = self._make(Port.RUNTIME, name if name in known else _RUNTIME, self._engine_options)
        return made

    def source(self, source: SourceSettings, progress: Progress) -> Source:
        """A dataset's source, which tells `progress` how far it has read."""
        context = evolve(
            self._context,
            options=source.options,
            storage=self._storage,
            progress=progress,
            where=lambda option: source.places.get(option, source.places.get("", "")),
        )
        made: Source = self._plugins.make(Port.SOURCE, source.adapter, context)
        return made

    def _engine(self) -> Engine:
        if self._shared is not None:
            return self._shared
        name = self._settings.engine.name
        made: Engine = self._make(Port.ENGINE, _ENGINE if name == _EMBEDDED else name, self._engine_options)
        return made

    @property
    def _engine_options(self) -> Mapping[str, object]:
        told = self._settings.engine
        options = {"memory": told.memory, "threads": told.threads}
        return {**told.options, **{name: value for name, value in options.items() if value is not None}}

    def _alerts(self) -> Alerts:
        made: Alerts = self._optional(Port.ALERTS, self._settings.alerts, self._settings.alerts_options)
        return made

    def _optional(self, port: Port, name: str | None, options: Mapping[str, object]) -> Any:
        return Silent() if name is None else self._make(port, name, options)

    def _make(self, port: Port, name: str, options: Mapping[str, object] | None = None) -> Any:
        return self._plugins.make(port, name, evolve(self._context, options=options or {}, storage=self._storage))

    @property
    def _private(self) -> Path:
        return self._settings.root / PRIVATE

    @property
    def _context(self) -> Context:
        settings = self._settings
        return Context(settings.root, settings.lake, self._private, bucket=settings.bucket, secret=self._secret)

    def _secret(self, reference: str) -> str:
        store, _, name = reference.removeprefix("secret://").partition("/")
        secrets: Secrets = self._make(Port.SECRETS, store)
        return secrets.get(name)

    @once
    def _storage(self) -> ObjectStorage:
        return self._plugins.storage(self._context)
