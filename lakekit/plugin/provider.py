"""What a plugin registers: a named way to make an adapter."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from lakekit.domain.report import Finding
from lakekit.ports.progress import NOBODY, Progress
from lakekit.ports.storage import ObjectStorage


class Port(enum.Enum):
    """The ports that an adapter can implement."""

    SOURCE = "source"
    ENGINE = "engine"
    RUNTIME = "runtime"
    TABLE_STORE = "table_store"
    UPKEEP = "upkeep"
    LANDING = "landing"
    STATE_STORE = "state_store"
    LINEAGE = "lineage"
    METRICS = "metrics"
    ALERTS = "alerts"
    SECRETS = "secrets"
    STORAGE = "storage"


@frozen
class Context:
    """What a factory may know: the project's folder on this host, the lake's address, a private folder for telemetry
    and other local files (created by who first writes there), the adapter's own options from the settings, and the
    lake's storage, which all but a storage's own factory are given. `bucket` is the URL where a project that lies in a
    bucket begins, `places` makes the storage of a place by its address, such as `s3://bucket`. `secret` gives what a
    reference such as `secret://env/NAME` stands for, and raises ConfigError where there is none. A source
    tells `progress` how far it has read, and its errors name the place of an option by `where`: `config/dev.yaml:7:5`;
    that of the entry where the option is missing, no text for adapters that are no sources."""

    root: Path
    lake: str
    private: Path
    options: Mapping[str, object] = field(factory=dict)
    storage: ObjectStorage | None = None
    bucket: str | None = None
    places: Callable[[str], ObjectStorage] | None = None
    secret: Callable[[str], str] | None = None
    progress: Progress = NOBODY
    where: Callable[[str], str] = lambda _: ""

    @property
    def lake_kind(self) -> str:
        """The name of the adapters that suit the lake: the scheme of its address, or `local` for a folder."""
        scheme, found, _ = self.lake.partition("://")
        return scheme if found else "local"


@frozen
class TransformPackage:
    """Transforms that a plugin brings, for the projects whose settings name it under `transforms`.

    `folder` has them as a project has its own: `transforms/<layer>/<name>.sql` or `.py`, and the contracts that they
    name under `config/schema_definitions/`.
    """

    name: str
    folder: Path


@frozen
class Provider:
    """One adapter: the port it implements, its name in settings, and how to make it.

    `factory` takes a Context and returns the port's implementation; it imports the driver only when called. `modules`
    are the driver's import names and `extra` the extra of lakekit that installs them, for the line that mends a missing
    driver; both are empty for an adapter that needs none. `findings` is what `lakekit doctor` says of this machine
    where those modules are installed; it starts nothing.
    """

    port: Port
    name: str
    factory: Callable[[Context], Any]
    modules: tuple[str, ...] = ()
    extra: str = ""
    findings: Callable[[], Iterable[Finding]] = tuple
