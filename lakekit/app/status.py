"""Status: where each dataset stands, by the ledger and its tables; nothing is changed."""

from __future__ import annotations

from lakekit.app.ledger import Ledger
from lakekit.app.quarantine import total
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Mode, Status
from lakekit.domain.drift import NO_DRIFT
from lakekit.domain.report import DatasetStatus


def status(tools: Tools, job: Job) -> DatasetStatus:
    """The dataset's newest batch, its progress and its quarantine."""
    ledger = Ledger(tools.state, str(job.dataset), job.stream)
    head = ledger.head()
    known = ledger.known(head) if head else None
    last = known.last if known else None
    done = known.published if known else None
    snapshot = tools.tables.snapshot(job.dataset.table)
    files = len({f for b in ledger.published(head) for f in b.bounds.files}) if head else 0
    return DatasetStatus(
        dataset=str(job.dataset),
        load_type=job.mode.value,
        batch=last.number if last else None,
        batch_status=last.status.value if last else None,
        watermark=known.watermark if known else None,
        files_read=files if job.mode is Mode.FILES else 0,
        table_version=snapshot.version if snapshot else None,
        quarantined=total(tools, job),
        published_at=done.seal.ingest_ts if done and done.seal else None,
        held=last.verdict if last and last.status is Status.HELD else None,
        drift=last.drift if last else NO_DRIFT,
    )
