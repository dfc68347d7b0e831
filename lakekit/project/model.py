"""A user's project, as values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from lakekit.domain.contract import Contract
from lakekit.domain.names import Dataset
from lakekit.domain.suite import Check
from lakekit.domain.table_options import AS_THEY_ARE, TableOptions


class LoadType(enum.Enum):
    """`FULL` reads everything and replaces the table; `INCREMENTAL` reads what is new and appends."""

    FULL = "full"
    INCREMENTAL = "incremental"


@frozen
class SourceSettings:
    """One entry of `sources:`. `options` are the adapter's own keys, such as `path` for files."""

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

    `sources` has them by dataset (`bronze.orders`), in the order of the file. `lineage` and `metrics` name an
    adapter each, with its options; None turns that telemetry off. `bucket` is where a project in a bucket begins.
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
    bucket: str | None = None
