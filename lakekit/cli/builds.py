"""Builds of transforms, and plans of them, as lines for a person and as documents."""

from __future__ import annotations

from collections.abc import Sequence

import click

from lakekit.cli import documents
from lakekit.cli.grid import fitting, grid
from lakekit.cli.tables import columns, files
from lakekit.cli.words import bare, counted, known, number, second, size
from lakekit.domain.build import Scope
from lakekit.domain.held import held_build
from lakekit.domain.planning import Cause, InputState, Loss, Movement, Reason
from lakekit.domain.report import BuildPlan, BuildReport, Ending
from lakekit.domain.versions import Files

_SCOPES = {Scope.FULL: "all rows", Scope.NEW_ROWS: "new rows", Scope.KEYS: "affected keys"}
_CAUSES = {
    Cause.NEVER_BUILT: "never built",
    Cause.REFRESH: "full refresh asked for",
    Cause.CODE: "its code changed",
    Cause.CONTRACT: "its contract changed",
    Cause.FOREIGN: "others changed its table",
    Cause.INPUT: "new in {}",
    Cause.UPSTREAM: "{} is made before",
}
_LOSSES = {
    Loss.GATHERED: "earlier builds gathered these rows; its inputs may not give all of them again",
    Loss.FOREIGN: "some of these rows are not what its builds made",
    Loss.COLUMNS: "readers may rely on columns that go or change",
}
_NOTES = {
    Ending.PUBLISHED: "",
    Ending.NOTHING_NEW: "nothing new",
    Ending.HELD: click.style("held", fg="yellow"),
    Ending.FAILED: click.style("failed", fg="red"),
    Ending.NOT_RUN: "skipped",
}


def lines(builds: Sequence[BuildReport], width: int) -> list[str]:
    """A line per transform with its books, and how it ended where that is not the usual way; and one for events that
    count for nothing."""
    heads = ("dataset", "build of", ">made", ">added", ">removed", ">version", ">seconds", "")
    rows = [(build.dataset, *_cells(build)) for build in builds]
    short = [(bare(name), *rest) for name, *rest in rows]
    table = fitting(width, grid(heads, rows), grid(heads, short)) if builds else []
    return [*table, *(line for build in builds for line in _quarantined(build))]


def problems(builds: Sequence[BuildReport]) -> list[str]:
    """What stopped each transform that was not built, and what to do next."""
    return [line for build in builds for line in _problem(build)]


def plan_lines(plans: Sequence[BuildPlan]) -> list[str]:
    """A line per transform, in the order in which they would run, with a line for each reason beneath."""
    told = [_planned(plan) for plan in plans]
    heads = ("dataset", "would", ">files", ">rows", ">size")
    table = grid(heads, [cells for cells, _ in told])
    if not table:
        return []
    return [table[0], *(line for row, (_, below) in zip(table[1:], told, strict=True) for line in (row, *below))]


def standing(plans: Sequence[BuildPlan]) -> list[str]:
    """A line per transform: what its table holds, and whether a run would change that."""
    rows = [
        (p.dataset, known(p.build), known(p.table_version), second(p.built_at) if p.built_at else "-", _state(p))
        for p in plans
    ]
    return grid(("transform", ">build", ">version", "built at", ""), rows)


def _state(plan: BuildPlan) -> str:
    if plan.failure:
        return click.style("cannot be built", fg="red")
    return "out of date" if plan.builds else "up to date"


def plan_problems(plans: Sequence[BuildPlan]) -> list[str]:
    """Why a transform could not be planned."""
    failed = [(plan.dataset, plan.failure.lines) for plan in plans if plan.failure]
    return [line for dataset, (first, *rest) in failed for line in (f"{dataset}: {first}", *rest)]


def document(builds: Sequence[BuildReport]) -> list[dict[str, object]]:
    """The builds, for `--json`."""
    return [
        {
            "dataset": build.dataset,
            "ending": build.ending.value,
            "build": build.number,
            "scope": build.scope.value if build.scope else None,
            "reasons": _reasons(build.reasons),
            "instead": build.instead or None,
            "rows": {"made": build.books.made, "added": build.books.added, "removed": build.books.removed},
            "inputs": {pin.dataset: pin.version for pin in build.inputs},
            "table_version": build.table_version,
            "checks": documents.checks(build.verdict) or [],
            "quarantined": {reason.code: reason.rows for reason in build.quarantined},
            "skipped_for": build.skipped or None,
            "seconds": round(build.seconds, 3),
            "failure": documents.brief(build.failure),
        }
        for build in builds
    ]


def plan_document(plans: Sequence[BuildPlan]) -> list[dict[str, object]]:
    """The plans, for `--json`. `table_version` and `inputs` are what `run --plan` holds the lake to."""
    return [
        {
            "dataset": plan.dataset,
            "builds": plan.builds,
            "scope": plan.scope.value if plan.scope else None,
            "rebuild": plan.rebuild,
            "reasons": _reasons(plan.reasons),
            "instead": plan.instead or None,
            "table_version": plan.table_version,
            "build": plan.build,
            "inputs": [_input(state) for state in plan.inputs],
            "columns": None if plan.columns is None else documents.columns(plan.columns),
            "replaces": documents.files(replaced) if (replaced := _replaced(plan)) else None,
            "destructive": [loss.value for loss in plan.losses],
            "failure": documents.brief(plan.failure),
        }
        for plan in plans
    ]


def _cells(build: BuildReport) -> tuple[str, ...]:
    seconds = f"{build.seconds:.2f}"
    version = "-" if build.table_version is None else str(build.table_version)
    if build.scope is None:
        return ("-", "-", "-", "-", version, seconds, _NOTES[build.ending])
    books = build.books
    told = tuple(map(number, (books.made, books.added, books.removed)))
    return (_SCOPES[build.scope], *told, version, seconds, _NOTES[build.ending])


def _planned(plan: BuildPlan) -> tuple[tuple[str, ...], list[str]]:
    below = [f"    because {reason(told)}" for told in plan.reasons]
    below += [f"    not by increments: {plan.instead}"] if plan.instead else []
    below += _effects(plan)
    if plan.failure:
        return (plan.dataset, "fail", "-", "-", "-"), below
    if not plan.builds:
        return (plan.dataset, "nothing new", "-", "-", "-"), below
    if plan.scope is None:
        return (plan.dataset, "build", "-", "-", "-"), below
    moved = [state for state in plan.inputs if state.movement is not Movement.NONE]
    read = plan.whole if plan.scope is Scope.FULL else [(s.files, s.rows, s.size) for s in moved]
    counts = [rows for _, rows, _ in read]
    rows = "-" if None in counts else number(sum(count or 0 for count in counts))
    would = f"{'rebuild' if plan.rebuild and plan.build else 'build'} from {_SCOPES[plan.scope]}"
    return (plan.dataset, would, number(sum(f for f, _, _ in read)), rows, size(sum(s for _, _, s in read))), below


def _effects(plan: BuildPlan) -> list[str]:
    """What becomes of a table that is there."""
    if plan.table_version is None:
        return []
    replaced = _replaced(plan)
    told = [*columns(plan.columns or ()), *([f"  replaces {files(replaced)} of its table"] if replaced else [])]
    lost = [click.style(f"  destructive: {_LOSSES[loss]}", fg="yellow") for loss in plan.losses]
    return [f"  {line}" for line in (*told, *lost)]


def _replaced(plan: BuildPlan) -> Files | None:
    if plan.replaced is None:
        return None
    count, rows, bytes_ = plan.replaced
    return Files(count, bytes_, rows)


def reason(told: Reason) -> str:
    """Why a transform is built."""
    return _CAUSES[told.cause].format(told.about)


def _reasons(reasons: Sequence[Reason]) -> list[dict[str, str | None]]:
    return [{"cause": reason.cause.value, "about": reason.about or None} for reason in reasons]


def _input(state: InputState) -> dict[str, object]:
    return {
        "dataset": state.pin.dataset,
        "table_id": state.pin.table_id,
        "version": state.pin.version,
        "movement": state.movement.value,
        "files": state.files,
        "rows": state.rows,
        "bytes": state.size,
    }


def _quarantined(build: BuildReport) -> list[str]:
    count = sum(reason.rows for reason in build.quarantined)
    if not count:
        return []
    told = ", ".join(f"{reason.code} ({number(reason.rows)})" for reason in build.quarantined)
    return [f"{build.dataset}: {counted(count, 'event')} quarantined: {told}"]


def _problem(build: BuildReport) -> list[str]:
    if build.ending is Ending.HELD and build.verdict:
        head, *lines = held_build(build.dataset, build.verdict)
        return [click.style(head, fg="yellow"), *lines]
    if build.skipped:
        return [f"{build.dataset}: skipped, as {build.skipped} could not be made"]
    lines = list(build.failure.lines) if build.failure else []
    return [f"{build.dataset}: {lines[0]}", *lines[1:]] if lines else []
