"""Plan: what the next run would read, by the ledger and a look at the source; nothing is read or changed."""

from __future__ import annotations

from attrs import evolve

from lakekit.app.drift import as_the_table
from lakekit.app.ledger import Ledger
from lakekit.app.opening import next_bounds
from lakekit.app.tools import Job, Tools
from lakekit.domain.errors import LakekitError
from lakekit.domain.report import DatasetPlan, failure_of
from lakekit.domain.stream import Ledgered, StreamHead


def plan(tools: Tools, job: Job) -> DatasetPlan:
    """What `ingest` would do with the dataset, as far as the ledger knows: a table that was dropped or put back since
    is met by the run itself."""
    told = DatasetPlan(str(job.dataset), job.mode)
    try:
        ledger = Ledger(tools.state, str(job.dataset), job.stream)
        head = ledger.head()
        known = ledger.known(head) if head else Ledgered(StreamHead(str(job.dataset), job.stream))
        if pending := known.pending:
            return evolve(told, mode=pending.mode, batch=pending.number, status=pending.status, bounds=pending.bounds)
        return evolve(told, bounds=next_bounds(as_the_table(tools, job), ledger, known))
    except LakekitError as error:
        return evolve(told, failure=failure_of(error))
