"""What `--json` prints. Keys are stable: one may be added, none is renamed or taken away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lakekit.domain.batch import ReasonCount
from lakekit.domain.report import (
    BatchReport,
    DatasetStatus,
    Failure,
    Finding,
    OptionsReport,
    QuarantinedRow,
    RunReport,
    StreamState,
    TableDetail,
    TableVersion,
)
from lakekit.domain.schema import ColumnChange
from lakekit.domain.suite import Verdict
from lakekit.domain.upkeep import UpkeepReport
from lakekit.domain.versions import Difference, Files
from lakekit.domain.watermark import Watermark
from lakekit.plugin.listing import PluginInfo

Document = dict[str, object]


def run(report: RunReport) -> Document:
    """Of `ingest`."""
    return {
        "run_id": report.run_id,
        "exit_code": report.exit_code,
        "datasets": [_batch(batch) for batch in report.batches],
    }


def status(datasets: Iterable[DatasetStatus]) -> Document:
    """Of `status`."""
    return {"datasets": [_status(dataset) for dataset in datasets]}


def quarantines(summaries: Mapping[str, tuple[int, Sequence[ReasonCount]]]) -> Document:
    """Of `quarantine list`."""
    told = [{"dataset": name, "rows": total, "reasons": _reasons(r)} for name, (total, r) in summaries.items()]
    return {"datasets": told}


def streams(found: Iterable[StreamState]) -> Document:
    """Of `state list`."""
    return {"streams": [stream(state) for state in found]}


def stream(state: StreamState) -> Document:
    """Of `state get`."""
    return {
        "dataset": state.dataset,
        "stream": state.stream,
        "generation": state.generation,
        "batch": state.batch,
        "batch_status": state.batch_status,
        "watermark": watermark(state.watermark),
        "files_read": state.files_read,
    }


def moved(dataset: str, before: Watermark | None, now: Watermark) -> Document:
    """Of `state set`."""
    return {"dataset": dataset, "before": watermark(before), "watermark": watermark(now)}


def doctor(findings: Sequence[Finding]) -> Document:
    """Of `doctor`."""
    told = [{"name": f.name, "ok": f.ok, "detail": f.detail, "next": f.next} for f in findings]
    return {"ok": all(finding.ok for finding in findings), "findings": told}


def plugins(listing: Sequence[PluginInfo]) -> Document:
    """Of `plugins`."""
    return {"plugins": [_plugin(info) for info in listing]}


def upkeep(reports: Iterable[UpkeepReport]) -> Document:
    """Per table: what was done, or would be, and its files before and after; sizes in bytes."""
    return {"tables": [_upkeep(report) for report in reports]}


def table(detail: TableDetail) -> Document:
    """Of `table show`; sizes in bytes."""
    shape = detail.shape
    return {
        "table": detail.table,
        "version": shape.version,
        "files": len(shape.files),
        "bytes": sum(shape.files),
        "small_files": shape.small,
        "commits_since_checkpoint": shape.since_checkpoint,
        "columns": [{"name": c.name, "type": c.type} for c in detail.columns],
        "partitions": list(detail.definition.partitions),
        "constraints": dict(sorted(detail.definition.constraints.items())),
        "properties": dict(sorted(detail.definition.properties.items())),
    }


def table_options(reports: Iterable[OptionsReport]) -> Document:
    """Of `table options`; `version` is null for a table that is not there yet."""
    return {"tables": [_options(report) for report in reports]}


def _options(report: OptionsReport) -> Document:
    changes = [{"what": c.what, "old": c.old, "new": c.new} for c in report.changes]
    told = {"dataset": report.dataset, "table": report.table, "version": report.version}
    return {**told, "changes": changes, "applied": report.applied}


def table_history(versions: Iterable[TableVersion]) -> Document:
    """Of `table history`."""
    return {"versions": [_version(version) for version in versions]}


def table_diff(difference: Difference) -> Document:
    """Of `table diff`; sizes in bytes. `batch` is null for rows that name none."""
    return {
        "table": difference.table,
        "from": difference.before,
        "to": difference.after,
        "columns": columns(difference.columns),
        "files_added": files(difference.come),
        "files_removed": files(difference.gone),
        "rows_added": difference.added,
        "rows_removed": difference.removed,
        "batches": [{"batch": b.batch, "added": b.added, "removed": b.removed} for b in difference.batches],
    }


def rows(dataset: str, found: Iterable[QuarantinedRow]) -> Document:
    """Of `quarantine show`."""
    return {"dataset": dataset, "rows": [_row(row) for row in found]}


def _batch(batch: BatchReport) -> Document:
    """Counts and watermark of a batch whose ending is `held` say what it would come to."""
    return {
        "dataset": batch.dataset,
        "ending": batch.ending.value,
        "batch": batch.number,
        "read": batch.counts.read,
        "published": batch.counts.published,
        "quarantined": batch.counts.quarantined,
        "duplicates": batch.counts.duplicates,
        "reasons": _reasons(batch.reasons),
        "watermark": watermark(batch.watermark),
        "table_version": batch.table_version,
        "checks": checks(batch.verdict),
        "resumed": batch.resumed,
        "seconds": round(batch.seconds, 3),
        "failure": _failure(batch.failure),
        "drift": list(batch.drift.lines()) if batch.drift else [],
        "widened": [change.line() for change in batch.widened],
    }


def _status(dataset: DatasetStatus) -> Document:
    return {
        "dataset": dataset.dataset,
        "load_type": dataset.load_type,
        "batch": dataset.batch,
        "batch_status": dataset.batch_status,
        "watermark": watermark(dataset.watermark),
        "files_read": dataset.files_read,
        "table_version": dataset.table_version,
        "quarantined": dataset.quarantined,
        "published_at": dataset.published_at,
        "held": checks(dataset.held),
        "drift": list(dataset.drift.lines()),
    }


def _plugin(info: PluginInfo) -> Document:
    return {
        "plugin": info.plugin,
        "distribution": info.distribution,
        "version": info.version,
        "adapters": [{"port": provider.port.value, "name": provider.name} for provider in info.providers],
        "commands": list(info.commands),
        "problem": info.problem,
    }


def _row(row: QuarantinedRow) -> Document:
    return {
        "batch": row.batch,
        "source": row.source,
        "row": row.row,
        "reasons": [{"code": code, "column": column, "message": message} for code, column, message in row.reasons],
        "values": row.values,
    }


def _reasons(counts: Iterable[ReasonCount]) -> list[Document]:
    return [{"code": c.code, "column": c.column, "rows": c.rows} for c in counts]


def _version(told: TableVersion) -> Document:
    return {
        "version": told.version,
        "at": told.at,
        "operation": told.operation,
        "batch": told.batch,
        "watermark": watermark(told.watermark),
        "run_id": told.run_id,
    }


def files(told: Files) -> Document:
    """A number of files; sizes in bytes."""
    return {"files": told.count, "bytes": told.size, "rows": told.rows}


def columns(changes: Iterable[ColumnChange]) -> list[Document]:
    """Columns that differ."""
    return [{"name": c.name, "before": c.before, "after": c.after} for c in changes]


def watermark(mark: Watermark | None) -> Document | None:
    """A watermark, None where there is none."""
    return {"type": mark.type, "value": mark.value} if mark else None


def checks(verdict: Verdict | None) -> list[Document] | None:
    """How each check of a batch or a build has come out; None where none was made."""
    if verdict is None:
        return None
    return [
        {"check": o.check, "severity": o.severity.value, "passed": o.passed, "observed": o.observed}
        for o in verdict.outcomes
    ]


def brief(failure: Failure | None) -> Document | None:
    """What failed, of a part that has no exit code of its own."""
    return {"code": failure.code, "lines": list(failure.lines)} if failure else None


def _failure(failure: Failure | None) -> Document | None:
    return {"code": failure.code, "lines": list(failure.lines), "exit_code": failure.exit_code} if failure else None


def _upkeep(report: UpkeepReport) -> Document:
    shapes = {"before": report.before, "after": report.after}
    told = {when: {"version": s.version, "files": len(s.files), "bytes": sum(s.files)} for when, s in shapes.items()}
    removed = [{"path": f.path, "bytes": f.size} for f in report.leftovers]
    steps = [step.value for step in report.steps]
    actions = [{"step": a.step.value, "why": a.why, "columns": list(a.columns)} for a in report.actions]
    why = {"actions": actions, "advice": list(report.advice)}
    return {"dataset": report.dataset, "table": report.table, "steps": steps, **why, **told, "removed": removed}
