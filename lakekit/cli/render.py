"""Reports as lines for a person: values in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from lakekit.cli.grid import fitting, grid
from lakekit.cli.words import bare, known, number, progress, second, size, value, visible
from lakekit.domain.batch import Mode, ReasonCount
from lakekit.domain.errors import LakekitError
from lakekit.domain.report import (
    BatchReport,
    DatasetStatus,
    Ending,
    Finding,
    OptionsReport,
    QuarantinedRow,
    RunReport,
    TableDetail,
    TableVersion,
)
from lakekit.domain.suite import Severity, Verdict
from lakekit.domain.upkeep import Leftover, UpkeepReport
from lakekit.domain.versions import ColumnChange, Difference, Files, Milestone, Onward, Restoring
from lakekit.plugin.listing import PluginInfo

Quarantines = Mapping[str, tuple[int, Sequence[ReasonCount]]]
"""Per dataset the rows in its quarantine, and their reasons."""

BOOKS = (">read", ">published", ">quarantined", ">duplicates", "watermark", ">seconds")
BOOKS_SHORT = (">read", ">publ.", ">quar.", ">dupl.", "watermark", ">sec.")

_NOTES = {
    Ending.PUBLISHED: "",
    Ending.NOTHING_NEW: "nothing new",
    Ending.HELD: click.style("held", fg="yellow"),
    Ending.FAILED: click.style("failed", fg="red"),
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
    """What stopped each batch that was not published, and what to do next."""
    return [line for batch in report.batches for line in _problem(batch)]


def status(datasets: Sequence[DatasetStatus], width: int) -> list[str]:
    """A line per dataset, and the failed checks of each batch that is held."""
    held = [line for d in datasets if d.held for line in _held(d.dataset, d.batch, d.held)]
    full = ("dataset", "load", ">batch", "state", "read up to", ">version", ">quarantined", "published at")
    short = ("dataset", ">batch", "state", "read up to", ">quar.", "published at")
    wide = [_standing(dataset) for dataset in datasets]
    narrow = [(bare(cells[0]), *cells[2:5], *cells[6:]) for cells in wide]
    return [*fitting(width, grid(full, wide), grid(short, narrow)), *held]


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


def upkeep(reports: Sequence[UpkeepReport], *, dry_run: bool) -> list[str]:
    """A line per table with what was done, or would be; then why, and what is left to a person."""
    titles = ("table", "would" if dry_run else "done", ">files", ">bytes", ">version", ">freed")
    return [*grid(titles, [_upkeep(report) for report in reports]), *(line for r in reports for line in _why(r))]


def table(detail: TableDetail) -> list[str]:
    """What the table is made of, then a line per column."""
    shape = detail.shape
    files = f"{number(len(shape.files))} files, {size(sum(shape.files))}, {number(shape.small)} of them small"
    summary = f"{detail.table}, version {shape.version}: {files}"
    found = detail.definition
    told = [f"partitioned by {', '.join(map(visible, found.partitions))}"] if found.partitions else []
    told += [f"constraint {name}: {visible(text)}" for name, text in sorted(found.constraints.items())]
    told += [f"{name} = {visible(value)}" for name, value in sorted(found.properties.items())]
    return [summary, *grid(("column", "type"), [(visible(c.name), c.type) for c in detail.columns]), *told]


def table_options(reports: Sequence[OptionsReport]) -> list[str]:
    """A line per difference between a table and the settings."""
    rows = [
        (report.table, change.what, visible(change.old or "-"), visible(change.new or "-"))
        for report in reports
        for change in report.changes
    ]
    missing = [report.table for report in reports if report.version is None]
    absent = [f"{table} is not there yet: it is made as the settings say" for table in missing]
    if not rows:
        return absent or ["every table is as the settings say"]
    done = all(report.applied for report in reports if report.changes)
    lines = grid(("table", "option", "was" if done else "is", "is now" if done else "would be"), rows)
    return [*absent, *lines, *([] if done else ["", "nothing is changed yet: --apply does it"])]


def table_history(versions: Sequence[TableVersion]) -> list[str]:
    """A line per version."""
    rows = [
        (
            str(v.version),
            second(visible(v.at)) if v.at else "-",
            visible(v.operation or "-").lower(),
            known(v.batch),
            progress(v.watermark),
        )
        for v in versions
    ]
    return grid((">version", "committed at", "operation", ">batch", "read up to"), rows)


def table_diff(difference: Difference) -> list[str]:
    """What changed as a whole, then a line per batch of which rows came or went."""
    d = difference
    rows = f"{_counted(d.added, 'row')} added, {number(d.removed)} removed"
    batches = [("-" if b.batch is None else str(b.batch), number(b.added), number(b.removed)) for b in d.batches]
    return [
        f"{d.table}, version {d.before} to {d.after}: {rows}",
        f"  {_files(d.come)} came, {_files(d.gone)} went",
        *_columns(d.columns),
        *(grid((">batch", ">added", ">removed"), batches) if batches else ()),
    ]


def restoring(plan: Restoring, *, dry_run: bool) -> list[str]:
    """What a restore is about to do: how far the table moves, the files that go and come, and what ingest does then."""
    if plan.nothing:
        return []
    head = f"{'would put' if dry_run else 'putting'} {plan.table} back"
    return [
        f"{head} from {_milestone(plan.now)} to {_milestone(plan.then)}:",
        f"  leaves the table: {_files(plan.gone)}; comes back: {_files(plan.back)}",
        *_columns(plan.columns),
        *(f"  {line}" for line in _onward(plan.dataset, plan.onward)),
    ]


def restored(report: Restoring, *, dry_run: bool) -> list[str]:
    """What became of it."""
    if report.nothing:
        return [f"{report.table} is as it was at version {report.then.version}: nothing to do"]
    if dry_run:
        return [f"{report.table} stays at version {report.now.version}"]
    return [f"{report.table}: version {known(report.made)} has what version {report.then.version} had"]


def leftovers(table: str, files: Sequence[Leftover], *, dry_run: bool) -> list[str]:
    """The files that a vacuum removes from a table, and how much that frees."""
    if not files:
        return []
    freed = f"{number(len(files))} files of {table}, {size(sum(f.size for f in files))}:"
    return [f"{'would remove' if dry_run else 'removing'} {freed}", *(f"  {visible(f.path)}" for f in files)]


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
    return ", ".join([*adapters, *(f"command {name}" for name in plugin.commands)]) or "-"


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
    values = [f"{visible(name)}={value(text)}" for name, text in row.values.items()]
    return [
        click.style(f"{visible(row.source)}, row {row.row}, batch {row.batch}", bold=True),
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


def _problem(batch: BatchReport) -> list[str]:
    lines = list(batch.failure.lines) if batch.failure else []
    if batch.ending is Ending.HELD:
        return _held(batch.dataset, batch.number, batch.verdict or Verdict())
    return [f"{batch.dataset}: {lines[0]}", *lines[1:]] if lines else []


def _held(dataset: str, batch: int | None, verdict: Verdict) -> list[str]:
    """The checks that hold a batch back. Its rows are kept and no reader sees them."""
    failed = [o for o in verdict.outcomes if o.severity is Severity.CRITICAL and not o.passed]
    mend = "mend the source, the contract, or the check in dq.yaml; then"
    return [
        click.style(f"{dataset}: batch {batch} is held; its rows are kept, no reader sees them", fg="yellow"),
        *(f"  {o.check}: {o.observed:g} observed" for o in failed),
        f"  next: {mend} run lakekit ingest {dataset}",
    ]


def _upkeep(report: UpkeepReport) -> tuple[str, ...]:
    before, after = report.before, report.after
    return (
        report.table,
        ", ".join(step.value for step in report.steps) or "nothing",
        _change(number(len(before.files)), number(len(after.files))),
        _change(size(sum(before.files)), size(sum(after.files))),
        _change(str(before.version), str(after.version)),
        size(sum(f.size for f in report.leftovers)) if report.leftovers else "-",
    )


def _why(report: UpkeepReport) -> list[str]:
    steps = [f"{a.step.value}{' by ' + ', '.join(a.columns) if a.columns else ''}: {a.why}" for a in report.actions]
    return [f"{report.table}: {told}" for told in (*steps, *(f"advice: {a}" for a in report.advice))]


def _milestone(at: Milestone) -> str:
    told = [f"batch {at.batch}"] if at.batch is not None else []
    told += [f"read up to {progress(at.watermark)}"] if at.watermark else []
    return f"version {at.version}" + (f" ({', '.join(told)})" if told else "")


def _files(files: Files) -> str:
    rows = "" if files.rows is None else f" with {_counted(files.rows, 'row')}"
    return f"{_counted(files.count, 'file')}{rows} ({size(files.size)})" if files.count else "no file"


def _counted(count: int, thing: str) -> str:
    return f"{number(count)} {thing}{'' if count == 1 else 's'}"


def _columns(changes: Sequence[ColumnChange]) -> list[str]:
    return [f"  column {visible(c.name)}: {c.before or 'not there'} -> {c.after or 'not there'}" for c in changes]


def _onward(dataset: str, onward: Onward | None) -> list[str]:
    if onward is None:
        return []
    told = f"then `lakekit ingest {dataset}`"
    if not onward.again:
        return [f"{told} goes on as before: no batch is taken back"]
    what = {
        Mode.FULL: "loads all of the source and replaces these rows",
        Mode.CURSOR: f"reads again from {progress(onward.low) if onward.low else 'the beginning'}",
        Mode.FILES: f"reads {_counted(onward.files, 'file')} again",
    }[onward.mode]
    return [f"{told} {what}; rejected rows stay in the quarantine, once each"]


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} -> {after}"
