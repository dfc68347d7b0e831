"""The settings of one environment, as the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lakekit.domain.alert import AlertKind
from lakekit.project.addresses import lake_address
from lakekit.project.model import EngineSettings, Settings
from lakekit.project.nodes import Fields, Node
from lakekit.project.reading import adapter, bad_value, choice, fields, number, required, series, text
from lakekit.project.sources import options, read_sources
from lakekit.project.suites import Suites

KEYS = ("lake", "engine", "sources", "transforms", "state", "lease_seconds", "lineage", "metrics", "alerts")

_SIZE = re.compile(r"[1-9][0-9]{0,8}(\.[0-9]{1,3})? ?[KMGT]i?B")
_THREADS = re.compile(r"[1-9][0-9]{0,3}")
_MAX_LEASE = 86_400
_ENGINE_LIMITS, _ENGINE_OPTIONS = ("memory", "threads"), ("master", "remote", "conf")


def read_settings(node: Node, root: Path, environment: str, suites: Suites, bucket: str | None = None) -> Settings:
    """The settings that `node` holds, of the project in `root`, or in `bucket`, of which `root` is a copy.

    Raises ConfigError, at the place, for the first mistake.
    """
    found = fields(node, KEYS)
    entries = found.entries
    lineage, lineage_options = _telemetry(entries.get("lineage"), None)
    metrics, metrics_options = _telemetry(entries.get("metrics"), "jsonl")
    alerts, alerts_options = _telemetry(entries.get("alerts"), None, "on")
    lake = lake_address(text(required(found, "lake")), bucket or root)
    return Settings(
        root=root,
        environment=environment,
        lake=lake,
        sources=read_sources(entries["sources"], root, suites) if "sources" in entries else {},
        engine=_engine(entries["engine"]) if "engine" in entries else EngineSettings(),
        state=adapter(entries["state"]) if "state" in entries else _state_store(lake),
        lease_seconds=_lease(entries["lease_seconds"]) if "lease_seconds" in entries else 60.0,
        lineage=lineage,
        lineage_options=lineage_options,
        metrics=metrics,
        metrics_options=metrics_options,
        alerts=alerts,
        alerts_options=alerts_options,
        alerts_on=_kinds(entries.get("alerts")),
        bucket=bucket,
        packages=_packages(entries["transforms"]) if "transforms" in entries else (),
    )


def _packages(node: Node) -> tuple[str, ...]:
    return tuple(dict.fromkeys(adapter(item) for item in series(node)))


def _state_store(lake: str) -> str:
    """The one that is safe for all who can reach the lake."""
    return "s3" if lake.startswith("s3://") else "sqlite"


def _engine(node: Node) -> EngineSettings:
    if not isinstance(node, Fields):
        return EngineSettings(adapter(node))
    entries = fields(node, ("name", *_ENGINE_LIMITS, *_ENGINE_OPTIONS)).entries
    threads = _matching(entries.get("threads"), _THREADS, "a whole number from 1")
    return EngineSettings(
        name=adapter(entries["name"]) if "name" in entries else "embedded",
        memory=_matching(entries.get("memory"), _SIZE, "a size such as 512MB or 2GB"),
        threads=int(threads) if threads else None,
        options=options(node, ("name", *_ENGINE_LIMITS)),
    )


def _telemetry(node: Node | None, default: str | None, *own: str) -> tuple[str | None, Mapping[str, object]]:
    """The adapter's name and its options, without `own` keys of lakekit. `none` turns the telemetry off."""
    if node is None:
        return default, {}
    entry = node if isinstance(node, Fields) else None
    named = adapter(required(entry, "adapter") if entry else node)
    return (None if named == "none" else named), options(entry, ("adapter", *own)) if entry else {}


def _kinds(node: Node | None) -> frozenset[AlertKind]:
    """Those that `on` of the alerts lists, or all."""
    listed = node.entries.get("on") if isinstance(node, Fields) else None
    if listed is None:
        return frozenset(AlertKind)
    kinds = frozenset(choice(item, AlertKind) for item in series(listed))
    if not kinds:
        next_ = "name a kind, or write alerts: none"
        raise listed.place.error("config.bad_value", "'on' names no kind of alert", "nobody would be told", next_)
    return kinds


def _lease(node: Node) -> float:
    seconds = number(node)
    if not 0 < seconds <= _MAX_LEASE:
        why = "a lease lasts more than 0 seconds and at most a day"
        raise bad_value(text(node), why, "write a number such as 60")
    return seconds


def _matching(node: Node | None, pattern: re.Pattern[str], wanted: str) -> str | None:
    if node is None:
        return None
    found = text(node)
    if not pattern.fullmatch(found.text):
        raise bad_value(found, f"it is not {wanted}", f"write {wanted}")
    return found.text
