"""Reports as lines for a person: values in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from lakekit.cli.grid import fitting, grid
from lakekit.cli.words import bare, known, number, progress, second, value, visible
from lakekit.domain.batch import ReasonCount
from lakekit.domain.drift import Drift
from lakekit.domain.errors import LakekitError
from lakekit.domain.held import held_batch
from lakekit.domain.report import (
    BatchReport,
    DatasetStatus,
    Ending,
    Finding,
    QuarantinedRow,
    RunReport,
)
from lakekit.domain.suite import Verdict
from lakekit.plugin.listing import PluginInfo

Quarantines = Mapping[str, tuple[int, Sequence[ReasonCount]]]
"""Per dataset the rows in its quarantine, and their reasons."""

BOOKS = (">read", ">published", ">quarantined", ">duplicates", "watermark", ">seconds")
BOOKS_SHORT = (">read", ">publ.", ">quar.", ">dupl.", "watermark", ">sec.")

_SHOWN = 12

_NOTES = {
    Ending.PUBLISHED: "",
    Ending.NOTHING_NEW: "nothing new",
    Ending.HELD: click.style("held", fg="yellow"),
    Ending.FAILED: click.style("failed", fg="red"),
    Ending.NOT_RUN: "not run",
}


def books(report: RunReport, width: int) -> list[str]:
    """A line per dataset with the books of its batch, and how it ended where that is not the usual way."""
    rows = [(batch.dataset, *amounts(batch), _note(batch)) for batch in report.batches]
    short = [(bare(name), *rest) for name, *rest in rows]
    return fitting(
        width,
        grid(("dataset", *BOOKS, ""), rows),
        grid(("dataset", *BOOKS_SHORT, ""), rows),
        grid(("dataset", *BOOKS_SHORT, ""), short),
    )


def amounts(batch: BatchReport) -> tuple[str, ...]:
    """The cells of `BOOKS` for one batch. Those of a held one say what it would come to; it has moved nothing."""
    counts = batch.counts
    told = (counts.read, counts.published, counts.quarantined, counts.duplicates)
    reached = "-" if batch.ending is Ending.HELD else progress(batch.watermark)
    return (*map(number, told), reached, f"{batch.seconds:.2f}")


def problems(report: RunReport) -> list[str]:
    """What stopped each batch that was not published, and what to do next; how sources have drifted, and which columns
    were widened."""
    drifts = [line for batch in report.batches if batch.drift for line in _drift(batch.dataset, batch.drift)]
    wider = [line for batch in report.batches for line in _widened(batch)]
    return [*drifts, *wider, *(line for batch in report.batches for line in _problem(batch))]


def next_steps(report: RunReport) -> list[str]:
    """What to look at after a run that rejected rows; problems name their own next steps."""
    published = [batch for batch in report.batches if batch.ending is Ending.PUBLISHED]
    rejected = [(batch.dataset, batch.counts.quarantined) for batch in published if batch.counts.quarantined]
    if not rejected:
        return []
    rows, worst = sum(count for _, count in rejected), max(rejected, key=lambda told: told[1])[0]
    return [f"next: {number(rows)} rows were rejected; to see why, run lakekit quarantine show {bare(worst)}"]


def status(datasets: Sequence[DatasetStatus], width: int) -> list[str]:
    """A line per dataset; how sources differ from their contracts; the failed checks of each batch that is held."""
    held = [line for d in datasets if d.held for line in _held(d.dataset, d.batch, d.held)]
    full = ("dataset", "load", ">batch", "state", "read up to", ">version", ">quarantined", "published at")
    short = ("dataset", ">batch", "state", "read up to", ">quar.", "published at")
    wide = [_standing(dataset) for dataset in datasets]
    narrow = [(bare(cells[0]), *cells[2:5], *cells[6:]) for cells in wide]
    drifts = [line for d in datasets for line in _drift(d.dataset, d.drift)]
    return [*fitting(width, grid(full, wide), grid(short, narrow)), *drifts, *held]


def quarantines(summaries: Quarantines) -> list[str]:
    """Per dataset the rows in its quarantine, and how many of them each rule rejected."""
    return grid(
        ("dataset", "reason", "column", ">rows"),
        [row for item in summaries.items() for row in _quarantine(*item)],
    )


def quarantined_rows(rows: Sequence[QuarantinedRow]) -> list[str]:
    """Each rejected row: where it stood, why it was rejected, its values as they came."""
    return [line for row in rows for line in _quarantined(row)] or ["no such row in the quarantine"]


def doctor(findings: Sequence[Finding]) -> list[str]:
    """A line per finding, and one more with what mends it where it is not in order."""
    return [line for finding in findings for line in _finding(finding)]


def plugins(listing: Sequence[PluginInfo]) -> list[str]:
    """A line per plugin with what it offers, and one more for what is broken."""
    rows = [(p.plugin, f"{p.distribution} {p.version}", _offered(p), _broken(p)) for p in listing]
    reasons = [f"{p.plugin}: {visible(p.problem)}" for p in listing if p.problem]
    return [*grid(("plugin", "distribution", "offers", ""), rows), *reasons]


def unusable(error: LakekitError) -> Finding:
    """The finding that a project or plugin cannot even be read."""
    where = f" ({error.where})" if error.where else ""
    return Finding("project", ok=False, detail=f"{error.what}{where}", next=error.next)


def _finding(finding: Finding) -> list[str]:
    mark = click.style("ok    ", fg="green") if finding.ok else click.style("broken", fg="red")
    mend = [f"        next: {finding.next}"] if finding.next and not finding.ok else []
    return [f"{mark}  {finding.name}: {finding.detail}", *mend]


def _offered(plugin: PluginInfo) -> str:
    adapters = [f"{provider.port.value} {provider.name}" for provider in plugin.providers]
    return ", ".join([*adapters, *_named(plugin)]) or "-"


def _named(plugin: PluginInfo) -> list[str]:
    return [*(f"command {name}" for name in plugin.commands), *(f"transforms {name}" for name in plugin.transforms)]


def _broken(plugin: PluginInfo) -> str:
    return click.style("broken", fg="red") if plugin.problem else ""


def _quarantine(dataset: str, summary: tuple[int, Sequence[ReasonCount]]) -> list[tuple[str, ...]]:
    rows, reasons = summary
    return [
        (dataset, "all", "", number(rows)),
        *(("", reason.code, visible(reason.column), number(reason.rows)) for reason in reasons),
    ]


def _quarantined(row: QuarantinedRow) -> list[str]:
    reasons = [f"{code} in {visible(column)}" if column else code for code, column, _ in row.reasons]
    messages = [visible(message) for _, _, message in row.reasons]
    place = [f"{what} {at}" for what, at in (("row", row.row), ("batch", row.batch)) if at is not None]
    values = [f"{visible(name)}={value(text)}" for name, text in row.values.items()]
    return [
        click.style(", ".join([visible(row.source), *place]), bold=True),
        *(f"  {reason}: {message}" for reason, message in zip(reasons, messages, strict=True)),
        f"  {', '.join(values)}",
    ]


def _note(batch: BatchReport) -> str:
    note = _NOTES[batch.ending]
    return note or ("resumed" if batch.resumed else "")


def _state(dataset: DatasetStatus) -> str:
    state = dataset.batch_status or "never run"
    return click.style(state, fg="yellow") if dataset.held else state


def _standing(dataset: DatasetStatus) -> tuple[str, ...]:
    return (
        dataset.dataset,
        dataset.load_type,
        known(dataset.batch),
        _state(dataset),
        _read_up_to(dataset),
        known(dataset.table_version),
        number(dataset.quarantined),
        second(dataset.published_at) if dataset.published_at else "-",
    )


def _read_up_to(dataset: DatasetStatus) -> str:
    if dataset.watermark is None and dataset.files_read:
        return f"{number(dataset.files_read)} file{'s' if dataset.files_read > 1 else ''}"
    return progress(dataset.watermark)


def _drift(dataset: str, drift: Drift) -> list[str]:
    return _columns(f"{dataset}: the source differs from its contract", drift.lines())


def _widened(batch: BatchReport) -> list[str]:
    told = f"{batch.dataset}: columns of the table were widened"
    return _columns(told, [f"~ {change.line()}" for change in batch.widened])


def _columns(told: str, lines: Sequence[str]) -> list[str]:
    """At most as many columns as fit on a screen."""
    more = [f"  and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    shown = [f"  {visible(line)}" for line in lines[:_SHOWN]]
    return [click.style(told, fg="yellow"), *shown, *more] if lines else []


def _problem(batch: BatchReport) -> list[str]:
    lines = list(batch.failure.lines) if batch.failure else []
    if batch.ending is Ending.HELD:
        return _held(batch.dataset, batch.number, batch.verdict or Verdict())
    return [f"{batch.dataset}: {lines[0]}", *lines[1:]] if lines else []


def _held(dataset: str, batch: int | None, verdict: Verdict) -> list[str]:
    head, *lines = held_batch(dataset, batch, verdict)
    return [click.style(head, fg="yellow"), *lines]
