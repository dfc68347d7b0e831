"""Cases of transforms, as lines for a person and as documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from lakekit.cli import documents
from lakekit.cli.words import counted, number, value, visible

if TYPE_CHECKING:
    from lakekit.compose.cases import Created
    from lakekit.domain.case_diff import Diff, Row
    from lakekit.domain.transform_case import CaseReport

_MOST = 10
"""Rows of a kind that are shown to a person; a document has all."""


def lines(report: CaseReport) -> list[str]:
    """A line for the case, and beneath what differs, or went wrong."""
    case = report.case
    word = click.style("ok    ", fg="green") if report.passed else click.style("failed", fg="red")
    head = f"{word}  {case.transform}  {visible(case.name)}  {report.seconds:.2f} s"
    below = list(report.failure.lines) if report.failure else list(_diff(report.diff)) if report.diff else []
    where = [] if report.passed else [f"  at {case.place}"]
    return [head, *where, *(f"  {line}" for line in below), *(f"  note: {visible(note)}" for note in report.notes)]


def total(reports: Sequence[CaseReport]) -> str:
    """How many there were."""
    failed = sum(not report.passed for report in reports)
    return f"{counted(len(reports), 'case')}, {number(failed)} failed"


def document(reports: Sequence[CaseReport]) -> dict[str, object]:
    """The cases, for `--json`."""
    return {
        "failed": sum(not report.passed for report in reports),
        "cases": [
            {
                "name": report.case.name,
                "transform": report.case.transform,
                "place": report.case.place,
                "passed": report.passed,
                "seconds": round(report.seconds, 3),
                "diff": _difference(report.diff) if report.diff and not report.passed else None,
                "failure": documents.brief(report.failure),
                "notes": list(report.notes),
            }
            for report in reports
        ],
    }


def created(made: Created) -> list[str]:
    """What was written, and what a person should look at."""
    given = ", ".join(f"{number(rows)} of {name}" for name, rows in made.given.items())
    told = [f"{made.file}: rows {given or 'of no input'}; {number(made.expected)} expected"]
    told += [f"  left out, as a case has no values within values: {', '.join(map(visible, made.left_out))}"] * bool(
        made.left_out
    )
    return [*told, "  read it before you keep it: it expects what the transform makes now, right or wrong"]


def created_document(made: Created) -> dict[str, object]:
    """The same, for `--json`."""
    return {
        "file": made.file,
        "given": dict(made.given),
        "expected": made.expected,
        "left_out": list(made.left_out),
    }


def _diff(diff: Diff) -> Iterator[str]:
    if diff.moved is not None:
        yield f"the rows are as expected, but in another order from row {diff.moved} on"
    for word, rows in (("missing   ", diff.missing), ("unexpected", diff.unexpected)):
        yield from (f"{word}  {_row(diff.columns, row)}" for row in rows[:_MOST])
        yield from _more(word, len(rows))
    for change in diff.changed[:_MOST]:
        cells = list(zip(diff.columns, change.expected, change.made, strict=True))
        same = " ".join(f"{visible(name)}={value(cell)}" for name, cell, made in cells if cell == made)
        other = ", ".join(
            f"{visible(name)} is {value(made)}, expected {value(cell)}" for name, cell, made in cells if cell != made
        )
        yield f"differs     {same}: {other}"
    yield from _more("differs   ", len(diff.changed))


def _more(word: str, count: int) -> list[str]:
    return [f"{word}  {number(count - _MOST)} more"] if count > _MOST else []


def _row(columns: Sequence[str], row: Row) -> str:
    return " ".join(f"{visible(name)}={value(cell)}" for name, cell in zip(columns, row, strict=True))


def _difference(diff: Diff) -> dict[str, object]:
    def row(cells: Row) -> dict[str, str | None]:
        return dict(zip(diff.columns, cells, strict=True))

    return {
        "missing": [row(cells) for cells in diff.missing],
        "unexpected": [row(cells) for cells in diff.unexpected],
        "changed": [{"expected": row(c.expected), "made": row(c.made)} for c in diff.changed],
        "moved_from": diff.moved,
    }
