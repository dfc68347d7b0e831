"""`lakekit plan`, on plans as the use case tells them."""

from __future__ import annotations

import click

from lakekit.cli.builds import plan_document, plan_lines
from lakekit.domain.build import Scope
from lakekit.domain.planning import Cause, Loss, Reason
from lakekit.domain.report import BuildPlan
from lakekit.domain.schema import ColumnChange

CHANGED = BuildPlan(
    "silver.t",
    Scope.FULL,
    rebuild=True,
    reasons=(Reason(Cause.REFRESH),),
    columns=(ColumnChange("a\x1b[31m", "int", None), ColumnChange("b", None, "?")),
    replaced=(2, 1234, 5000),
    losses=(Loss.COLUMNS,),
    table_version=3,
    build=1,
)


def test_what_becomes_of_the_table_stands_below_its_line() -> None:
    (_, _, *below) = map(click.unstyle, plan_lines([CHANGED]))
    assert below == [
        "    because full refresh asked for",
        r"    column a\x1b[31m: int -> not there",
        "    column b: not there -> ?",
        "    replaces 2 files with 1,234 rows (5.0 kB) of its table",
        "    destructive: readers may rely on columns that go or change",
    ]


def test_the_columns_of_a_table_that_is_not_there_are_not_listed() -> None:
    plan = BuildPlan("silver.t", Scope.FULL, rebuild=True, columns=(ColumnChange("b", None, "int"),))
    assert len(plan_lines([plan])) == 2


def test_programs_get_the_same() -> None:
    (told,) = plan_document([CHANGED])
    assert told["columns"] == [
        {"name": "a\x1b[31m", "before": "int", "after": None},
        {"name": "b", "before": None, "after": "?"},
    ]
    assert told["replaces"] == {"files": 2, "bytes": 5000, "rows": 1234}
    assert told["destructive"] == ["columns"]
    (told,) = plan_document([BuildPlan("silver.t")])
    assert (told["columns"], told["replaces"], told["destructive"]) == (None, None, [])
