"""History: the batches of a dataset, by the ledger alone."""

from __future__ import annotations

from itertools import islice

from lakekit.app.ledger import Ledger
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch


def history(tools: Tools, job: Job, limit: int) -> tuple[Batch, ...]:
    """At most `limit` batches of the dataset's stream, the newest first. Those of an earlier generation count as far
    as the table holds their rows."""
    ledger = Ledger(tools.state, str(job.dataset), job.stream)
    head = ledger.head()
    return tuple(islice(ledger.newest_first(head), limit)) if head else ()
