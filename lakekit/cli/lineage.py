"""`lakekit lineage`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from lakekit.cli import completing
from lakekit.cli.invocation import Invocation

if TYPE_CHECKING:
    from lakekit.domain.lineage import Trace


@click.command(short_help="Where a column comes from, or goes.")
@click.argument("name", metavar="DATASET[.COLUMN]", shell_complete=completing.datasets)
@click.option("--down", is_flag=True, help="What is made of it, in place of what it is made of.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(invocation: Invocation, name: str, down: bool, as_json: bool) -> None:
    """Draw what a column of a dataset is made of, or with --down what is made of it; of all columns without one.

    Nothing is run: queries tell it themselves, functions by the plan of their last build. Columns that only steer which
    rows, groups or values there are (by filters, joins, grouping) stand behind «by».
    """
    from lakekit.cli import console

    with invocation.application() as app:
        traces = app.transforms.lineage(name, down=down)
    if as_json:
        console.document({"columns": [_document(trace) for trace in traces]})
    else:
        console.out([line for trace in traces for line in _lines(trace, down=down)])


def _lines(trace: Trace, *, down: bool) -> Sequence[str]:
    from lakekit.cli.words import visible
    from lakekit.domain.lineage import walk

    told = []
    for depth, found in walk(trace):
        name = visible(".".join(found.column))
        how = f"  {_word(found.how)}" if found.how else ""
        told.append("   " * depth + ("└─ " if depth else "") + name + how + ("" if found.known else "  (unknown)"))
        ends = sorted({f"{'.'.join(e.source)} ({_word(e.how)})" for e in found.steered})
        if ends and not down:
            told.append("   " * (depth + 1) + click.style(f"by {', '.join(map(visible, ends))}", dim=True))
    return told


def _word(how: str) -> str:
    return how.lower().replace("_", " ")


def _document(trace: Trace) -> dict[str, object]:
    dataset, column = trace.column
    return {
        "dataset": dataset,
        "column": column,
        "how": trace.how or None,
        "known": trace.known,
        "columns": [_document(below) for below in trace.below],
        "steered_by": [{"source": list(e.source), "target": list(e.target), "how": e.how} for e in trace.steered],
    }
