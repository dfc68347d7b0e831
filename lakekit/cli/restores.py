"""What `lakekit table restore` tells: what it moves, and what comes next, as lines for people and as a document."""

from __future__ import annotations

from lakekit.cli import builds, documents, tables
from lakekit.cli.words import counted, known, progress
from lakekit.domain.batch import Mode
from lakekit.domain.build import Scope
from lakekit.domain.planning import InputState, Movement
from lakekit.domain.versions import Milestone, Onward, OnwardBuild, Restoring


def restoring(plan: Restoring, *, dry_run: bool) -> list[str]:
    """What a restore is about to do: how far the table moves, the files that go and come, and what comes next."""
    if plan.nothing:
        return []
    head = f"{'would put' if dry_run else 'putting'} {plan.table} back"
    return [
        f"{head} from {_milestone(plan.now)} to {_milestone(plan.then)}:",
        f"  leaves the table: {tables.files(plan.gone)}; comes back: {tables.files(plan.back)}",
        *tables.columns(plan.columns),
        *(f"  {line}" for line in _next(plan)),
    ]


def restored(report: Restoring, *, dry_run: bool) -> list[str]:
    """What became of it."""
    if report.nothing:
        return [f"{report.table} is as it was at version {report.then.version}: nothing to do"]
    if dry_run:
        return [f"{report.table} stays at version {report.now.version}"]
    return [f"{report.table}: version {known(report.made)} has what version {report.then.version} had"]


def document(report: Restoring) -> dict[str, object]:
    """Sizes in bytes. `made` is the new version, null when none was made; `next_ingest` and `next_build` are null where
    the table is not one that is ingested, or built."""
    onward = report.onward
    return {
        "dataset": report.dataset,
        "table": report.table,
        "from": _version(report.now),
        "to": _version(report.then),
        "gone": documents.files(report.gone),
        "back": documents.files(report.back),
        "columns": documents.columns(report.columns),
        "next_ingest": _ingest(onward) if isinstance(onward, Onward) else None,
        "next_build": _build(onward) if isinstance(onward, OnwardBuild) else None,
        "made": report.made,
    }


def _milestone(at: Milestone) -> str:
    told = [f"{what} {count}" for what, count in (("batch", at.batch), ("build", at.build)) if count is not None]
    told += [f"read up to {progress(at.watermark)}"] if at.watermark else []
    return f"version {at.version}" + (f" ({', '.join(told)})" if told else "")


def _next(plan: Restoring) -> list[str]:
    onward = plan.onward
    if isinstance(onward, OnwardBuild):
        return _built(plan, onward)
    return [] if onward is None else _ingested(plan.dataset, onward)


def _ingested(dataset: str, onward: Onward) -> list[str]:
    told = f"then `lakekit ingest {dataset}`"
    if not onward.again:
        return [f"{told} goes on as before: no batch is taken back"]
    what = {
        Mode.FULL: "loads all of the source and replaces these rows",
        Mode.CURSOR: f"reads again from {progress(onward.low) if onward.low else 'the beginning'}",
        Mode.FILES: f"reads {counted(onward.files, 'file')} again",
    }[onward.mode]
    return [f"{told} {what}; rejected rows stay in the quarantine, once each"]


def _built(plan: Restoring, onward: OnwardBuild) -> list[str]:
    lines = [f"then `lakekit transform {plan.dataset}` {_does(plan, onward)}"]
    if onward.plan.instead:
        lines.append(f"not by increments: {onward.plan.instead}")
    if onward.forgets and plan.gone.count:
        lines.append("of what leaves the table, what its inputs no longer tell is not made again")
    if onward.adopted:
        lines.append(f"{counted(onward.adopted, 'event')} that were adopted go: `lakekit adopt` adds them again")
    if onward.events and onward.plan.builds:
        lines.append(f"its events stay, and make it what it is: to take events back, restore {onward.events}")
    if onward.readers:
        lines.append(f"what is made from it follows: {', '.join(onward.readers)}")
    return lines


def _does(plan: Restoring, onward: OnwardBuild) -> str:
    coming = onward.plan
    if coming.failure:
        return f"fails: {coming.failure.lines[0]}"
    if not coming.builds:
        return "has nothing to do: no input has changed since this was made from them"
    because = ", ".join(map(builds.reason, coming.reasons))
    if coming.rebuild:
        return f"makes all of it anew, because {because}"
    if coming.scope is Scope.FULL:
        return f"reads its inputs in full, because {because}"
    since = {pin.dataset: pin.version for pin in onward.since}
    moved = [_moved(state, since) for state in coming.inputs if state.movement is not Movement.NONE]
    return f"reads again what came since build {known(plan.then.build)}: {'; '.join(moved)}"


def _moved(state: InputState, since: dict[str, int]) -> str:
    rows = "" if state.rows is None else f" with {counted(state.rows, 'row')}"
    name = state.pin.dataset
    return f"{name} after version {known(since.get(name))}, {counted(state.files, 'file')}{rows}"


def _version(at: Milestone) -> dict[str, object]:
    mark = documents.watermark(at.watermark)
    return {"version": at.version, "batch": at.batch, "build": at.build, "watermark": mark}


def _ingest(onward: Onward) -> dict[str, object]:
    low = documents.watermark(onward.low)
    return {"again": onward.again, "from": low, "files": onward.files, "mode": onward.mode.value}


def _build(onward: OnwardBuild) -> dict[str, object]:
    (plan,) = builds.plan_document([onward.plan])
    told = {key: plan[key] for key in ("builds", "scope", "rebuild", "reasons", "instead", "inputs", "failure")}
    return {
        **told,
        "since": {pin.dataset: pin.version for pin in onward.since},
        "forgets": onward.forgets,
        "adopted_events_gone": onward.adopted,
        "read_by": list(onward.readers),
    }
