"""What `lakekit table` and `lakekit optimize` print for people, as lines."""

from __future__ import annotations

from collections.abc import Sequence

from lakekit.cli.grid import grid
from lakekit.cli.words import counted, known, number, progress, second, size, visible
from lakekit.domain.report import OptionsReport, TableDetail, TableVersion
from lakekit.domain.schema import ColumnChange
from lakekit.domain.upkeep import Leftover, UpkeepReport
from lakekit.domain.versions import Difference, Files


def upkeep(reports: Sequence[UpkeepReport], *, dry_run: bool) -> list[str]:
    """A line per table with what was done, or would be; then why, and what is left to a person."""
    titles = ("table", "would" if dry_run else "done", ">files", ">bytes", ">version", ">freed")
    return [*grid(titles, [_upkeep(report) for report in reports]), *(line for r in reports for line in _why(r))]


def shown(detail: TableDetail) -> list[str]:
    """What the table is made of, then a line per column."""
    shape = detail.shape
    files = f"{counted(len(shape.files), 'file')}, {size(sum(shape.files))}, {number(shape.small)} of them small"
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
    rows = f"{counted(d.added, 'row')} added, {number(d.removed)} removed"
    batches = [("-" if b.batch is None else str(b.batch), number(b.added), number(b.removed)) for b in d.batches]
    return [
        f"{d.table}, version {d.before} to {d.after}: {rows}",
        f"  {files(d.come)} came, {files(d.gone)} went",
        *columns(d.columns),
        *(grid((">batch", ">added", ">removed"), batches) if batches else ()),
    ]


def files(told: Files) -> str:
    """How many they are, with their rows where these are known, and how large."""
    rows = "" if told.rows is None else f" with {counted(told.rows, 'row')}"
    return f"{counted(told.count, 'file')}{rows} ({size(told.size)})" if told.count else "no file"


def columns(changes: Sequence[ColumnChange]) -> list[str]:
    """A line per column that differs."""
    return [f"  column {visible(c.name)}: {c.before or 'not there'} -> {c.after or 'not there'}" for c in changes]


def leftovers(table: str, found: Sequence[Leftover], *, dry_run: bool) -> list[str]:
    """The files that a vacuum removes from a table, and how much that frees."""
    if not found:
        return []
    freed = f"{counted(len(found), 'file')} of {table}, {size(sum(f.size for f in found))}:"
    return [f"{'would remove' if dry_run else 'removing'} {freed}", *(f"  {visible(f.path)}" for f in found)]


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


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} -> {after}"
