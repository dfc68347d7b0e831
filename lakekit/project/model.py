"""A user's project, as values."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from lakekit.domain.alert import AlertKind
from lakekit.domain.contract import Contract
from lakekit.domain.names import Dataset
from lakekit.domain.suite import Check
from lakekit.domain.table_options import AS_THEY_ARE, TableOptions
from lakekit.domain.transform import Transform

Function = Callable[[Mapping[str, Any]], Any]
"""What makes a DataFrame of DataFrames, by dataset."""


@frozen
class Draft:
    """A transform as its file tells it, and what it runs: a query, whose inputs and code are still to be read from it,
    or a function."""

    transform: Transform
    body: str | Function


class LoadType(enum.Enum):
    """`FULL` reads everything and replaces the table; `INCREMENTAL` reads what is new and appends."""

    FULL = "full"
    INCREMENTAL = "incremental"


@frozen
class SourceSettings:
    """One entry of `sources:`. `options` are the adapter's own keys, such as `path` for files;
    `places` says where each of them stands, and the entry itself under no name."""

    dataset: Dataset
    adapter: str
    load_type: LoadType
    contract: Contract
    checks: tuple[Check, ...] = ()
    watermark_column: str | None = None
    watermark_state_key: str = "live"
    lookback: str | None = None
    table: TableOptions = AS_THEY_ARE
    # A mapping has no hash, and sources are put into sets.
    options: Mapping[str, object] = field(factory=dict, hash=False)
    places: Mapping[str, str] = field(factory=dict, hash=False)
    place: str = ""

    @property
    def tags(self) -> frozenset[str]:
        """A source has none."""
        return frozenset()

    @property
    def input_names(self) -> tuple[str, ...]:
        """No dataset of the lake."""
        return ()

    @property
    def together(self) -> tuple[str, ...]:
        """No other."""
        return ()


@frozen
class EngineSettings:
    """`name` is `embedded` or an engine adapter's; `memory` is a size such as `2GB`, None for its default.

    `options` are the keys that some engines have: `master`, `remote` and `conf`.
    """

    name: str = "embedded"
    memory: str | None = None
    threads: int | None = None
    options: Mapping[str, object] = field(factory=dict)


@frozen
class Settings:
    """One environment of a project: its folder on this host, its lake as an absolute folder or a bucket's URL.

    `sources` has them by dataset (`bronze.orders`), in the order of the file, and so has `transforms`, in order of
    dataset. `lineage`, `metrics` and `alerts` name an adapter each, with its options; None turns that telemetry off.
    `alerts_on` are the kinds of alerts that are sent. `bucket` is
    where a project in a bucket begins. `packages` names the transforms of plugins that are used.
    """

    root: Path
    environment: str
    lake: str
    sources: Mapping[str, SourceSettings]
    engine: EngineSettings = EngineSettings()
    state: str = "sqlite"
    lease_seconds: float = 60.0
    lineage: str | None = None
    lineage_options: Mapping[str, object] = field(factory=dict)
    metrics: str | None = "jsonl"
    metrics_options: Mapping[str, object] = field(factory=dict)
    alerts: str | None = None
    alerts_options: Mapping[str, object] = field(factory=dict)
    alerts_on: frozenset[AlertKind] = frozenset(AlertKind)
    bucket: str | None = None
    packages: tuple[str, ...] = ()
    transforms: Mapping[str, Draft] = field(factory=dict)
