"""What the use cases work with: the ports, and one dataset's job."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from lakekit.domain.batch import Mode
from lakekit.domain.contract import Contract
from lakekit.domain.events import INGEST
from lakekit.domain.names import Dataset
from lakekit.domain.report import DatasetPlan
from lakekit.domain.suite import Check
from lakekit.domain.table_options import AS_THEY_ARE, TableOptions
from lakekit.ports.clock import Clock, Ids, Processes
from lakekit.ports.engine import Engine
from lakekit.ports.landing import Landing
from lakekit.ports.log import Log
from lakekit.ports.progress import Progress
from lakekit.ports.source import Source
from lakekit.ports.state_store import StateStore
from lakekit.ports.table_store import TableStore
from lakekit.ports.telemetry import Alerts, Lineage, Metrics, Reporter


@frozen
class Tools:
    """The ports of a run."""

    engine: Engine
    tables: TableStore
    landing: Landing
    state: StateStore
    lineage: Lineage
    metrics: Metrics
    alerts: Alerts
    log: Log
    reporter: Reporter
    clock: Clock
    ids: Ids
    processes: Processes
    lease_seconds: float


@frozen
class Run:
    """One invocation: its id, the trace id that its logs and events share (32 hex digits each), and its command."""

    id: str
    trace: str
    command: str = INGEST


@frozen
class Job:
    """One dataset to ingest. `source` makes the source when it is needed, so that its mistakes are its dataset's, and
    gives it whom to tell how far it has read. Where something was `planned`, no batch of other bounds is opened."""

    dataset: Dataset
    stream: str
    contract: Contract
    mode: Mode
    source: Callable[[Progress], Source]
    source_name: str
    checks: tuple[Check, ...] = ()
    options: TableOptions = AS_THEY_ARE
    cursor: str | None = None
    lookback: str | None = None
    until: str | None = None
    planned: DatasetPlan | None = None

    @property
    def lease(self) -> str:
        """The name of the lease that whoever works on its tables holds."""
        return f"{self.dataset}/{self.stream}"
