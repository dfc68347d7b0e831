"""What a run would read, as lines for a person and as a document."""

from __future__ import annotations

from collections.abc import Sequence

from lakekit.cli import documents
from lakekit.cli.grid import fitting, grid
from lakekit.cli.words import bare, number, progress, size
from lakekit.domain.batch import FileMark, Mode
from lakekit.domain.report import DatasetPlan

_WOULD = {
    Mode.FULL: "load all of it anew",
    Mode.CURSOR: "read new rows",
    Mode.FILES: "read new files",
}


def lines(plans: Sequence[DatasetPlan], width: int) -> list[str]:
    """A line per dataset."""
    rows = [(plan.dataset, *_cells(plan)) for plan in plans]
    short = [(bare(name), *rest) for name, *rest in rows]
    heads = ("dataset", "would", ">files", ">size", "from", "until")
    return fitting(width, grid(heads, rows), grid(heads, short))


def problems(plans: Sequence[DatasetPlan]) -> list[str]:
    """Why a dataset could not be planned."""
    failed = [(plan.dataset, plan.failure.lines) for plan in plans if plan.failure]
    return [line for dataset, (first, *rest) in failed for line in (f"{dataset}: {first}", *rest)]


def exit_code(plans: Sequence[DatasetPlan]) -> int:
    """The least of the failures' codes, 0 without one."""
    return min((plan.failure.exit_code for plan in plans if plan.failure), default=0)


def document(plans: Sequence[DatasetPlan]) -> dict[str, object]:
    """Of `ingest --dry-run`; sizes in bytes. `mode` and what follows are null where nothing would be read."""
    return {"datasets": [_told(plan) for plan in plans]}


def _cells(plan: DatasetPlan) -> tuple[str, ...]:
    bounds = plan.bounds
    if plan.failure:
        return ("fail", "-", "-", "-", "-")
    if bounds is None:
        return ("nothing new", "-", "-", "-", "-")
    would = f"go on with batch {plan.batch}" if plan.batch else _WOULD[plan.mode]
    files = bounds.files
    counted = (number(len(files)), size(_bytes(files))) if files else ("-", "-")
    return (would, *counted, progress(bounds.low), progress(bounds.high))


def _told(plan: DatasetPlan) -> dict[str, object]:
    bounds = plan.bounds
    return {
        "dataset": plan.dataset,
        "batch": plan.batch,
        "batch_status": plan.status.value if plan.status else None,
        "mode": plan.mode.value if bounds else None,
        "files": [file.path for file in bounds.files] if bounds else None,
        "bytes": _bytes(bounds.files) if bounds else None,
        "from": bounds.low.value if bounds and bounds.low else None,
        "until": bounds.high.value if bounds and bounds.high else None,
        "failure": documents.brief(plan.failure),
    }


def _bytes(files: Sequence[FileMark]) -> int:
    return sum(file.size for file in files)
