"""`lakekit optimize`."""

from __future__ import annotations

import json

import pytest

from lakekit.domain.layout import Partition
from lakekit.domain.upkeep import Action, Step, TableShape, UpkeepReport, Wishes
from lakekit.project.selection import Selection

BEFORE = TableShape(7, (1_000, 2_000), 4, ("day",), (Partition((1_000,)), Partition((2_000,))))
AFTER = TableShape(8, (2_500,), 5)
ACTIONS = (Action(Step.CLUSTER, "asked for", ("id", "at")), Action(Step.CHECKPOINT, "the log is long after a rewrite"))
REPORT = UpkeepReport("bronze.orders", "bronze/orders", ACTIONS, BEFORE, AFTER, advice=("add --vacuum",))


@pytest.mark.parametrize(("options", "title"), [((), "done"), (("--dry-run",), "would")])
def test_each_table_has_a_line_and_each_step_its_reason(lakekit, fake, options: tuple[str, ...], title: str) -> None:
    titles, line, *why = lakekit("optimize", *options, app=fake(upkept=(REPORT,))).out.splitlines()
    assert titles.split()[:2] == ["table", title]
    assert line.split()[:3] == ["bronze/orders", "cluster,", "checkpoint"]
    assert why == [
        "bronze/orders: cluster by id, at: asked for",
        "bronze/orders: checkpoint: the log is long after a rewrite",
        "bronze/orders: advice: add --vacuum",
    ]


def test_json_has_the_reasons_too(lakekit, fake) -> None:
    (told,) = json.loads(lakekit("optimize", "--json", app=fake(upkept=(REPORT,))).out)["tables"]
    assert told["steps"] == ["cluster", "checkpoint"]
    assert told["actions"][0] == {"step": "cluster", "why": "asked for", "columns": ["id", "at"]}
    assert told["advice"] == ["add --vacuum"]


def test_names_and_patterns_are_handed_on_together(lakekit, fake) -> None:
    app = fake()
    lakekit("optimize", "orders", "--select", "bronze.c*", "-s", "visits", "--auto", app=app)
    assert app.asked[-1] == ("optimize", Selection(("orders", "bronze.c*", "visits")), Wishes(auto=True), False)
    lakekit("ingest", "-s", "bronze.*", app=app)
    assert app.asked[-1][:2] == ("ingest", Selection(("bronze.*",)))
