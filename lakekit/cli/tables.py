"""What `lakekit table` and `lakekit optimize` print for people, as lines."""

from __future__ import annotations

from collections.abc import Sequence

from lakekit.cli.grid import grid
from lakekit.cli.words import known, number, progress, second, size, visible
from lakekit.domain.batch import Mode
from lakekit.domain.report import OptionsReport, TableDetail, TableVersion
from lakekit.domain.upkeep import Leftover, UpkeepReport
from lakekit.domain.versions import ColumnChange, Difference, Files, Milestone, Onward, Restoring


def upkeep(reports: Sequence[UpkeepReport], *, dry_run: bool) -> list[str]:
    """A line per table with what was done, or would be; then why, and what is left to a person."""
    titles = ("table", "would" if dry_run else "done", ">files", ">bytes", ">version", ">freed")
    return [*grid(titles, [_upkeep(report) for report in reports]), *(line for r in reports for line in _why(r))]


def shown(detail: TableDetail) -> list[str]:
    """What the table is made of, then a line per column."""
    shape = detail.shape
    files = f"{number(len(shape.files))} files, {size(sum(shape.files))}, {number(shape.small)} of them small"
    summary = f"{detail.table}, version {shape.version}: {files}"
    found = detail.definition
    told = [f"partitioned by {', '.join(map(visible, found.partitions))}"] if found.partitions else []
    told += [f"constraint {name}: {visible(text)}" for name, text in sorted(found.constraints.items())]
    told += [f"{name} = {visible(value)}" for name, value in sorted(found.properties.items())]
    return [summary, *grid(("column", "type"), [(visible(c.name), c.type) for c in detail.columns]), *told]


def options(reports: Sequence[OptionsReport]) -> list[str]:
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


def history(versions: Sequence[TableVersion]) -> list[str]:
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


def diff(difference: Difference) -> list[str]:
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
