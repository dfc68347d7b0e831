"""`lakekit quarantine list` and `show`."""

from __future__ import annotations

import json

from lakekit.domain.batch import ReasonCount
from lakekit.domain.report import QuarantinedRow

ROW = QuarantinedRow(
    batch=4,
    source="data/orders/2026-03-02.csv",
    row=117,
    reasons=(("cast_failed", "amount", "not a decimal(12,2)"), ("not_allowed", "status", "not one of these")),
    values={"order_id": "100117", "amount": "12,50", "status": "", "note": None},
)
SUMMARY = {
    "bronze.orders": (41, (ReasonCount("cast_failed", "amount", 40), ReasonCount("malformed_record", "", 2))),
    "bronze.products": (0, ()),
}


def test_list_counts_rows_by_rule(lakekit, fake) -> None:
    app = fake(summaries=SUMMARY)
    _, *lines = lakekit("quarantine", "list", "orders", "products", app=app).out.splitlines()
    assert [line.split() for line in lines] == [
        ["bronze.orders", "all", "41"],
        ["cast_failed", "amount", "40"],
        ["malformed_record", "2"],
        ["bronze.products", "all", "0"],
    ]
    assert app.asked[-1] == ("summary", ("orders", "products"))


def test_list_as_json(lakekit, fake) -> None:
    document = json.loads(lakekit("quarantine", "list", "--json", app=fake(summaries=SUMMARY)).out)
    assert document["datasets"][0] == {
        "dataset": "bronze.orders",
        "rows": 41,
        "reasons": [
            {"code": "cast_failed", "column": "amount", "rows": 40},
            {"code": "malformed_record", "column": "", "rows": 2},
        ],
    }


def test_show_tells_place_reasons_and_values(lakekit, fake) -> None:
    app = fake(rows=(ROW,))
    arguments = ("quarantine", "show", "orders", "--reason", "cast_failed", "--limit", "5")
    assert lakekit(*arguments, app=app).out.splitlines() == [
        "data/orders/2026-03-02.csv, row 117, batch 4",
        "  cast_failed in amount: not a decimal(12,2)",
        "  not_allowed in status: not one of these",
        '  order_id=100117, amount=12,50, status="", note=null',
    ]
    assert app.asked[-1] == ("rows", "orders", "cast_failed", 5)


def test_show_says_when_there_is_none(lakekit, fake) -> None:
    assert lakekit("quarantine", "show", "orders", app=fake()).out == "no such row in the quarantine\n"


def test_values_cannot_steer_the_terminal(lakekit, fake) -> None:
    evil = QuarantinedRow(1, "a\x1b[2Jb.csv", 1, (("c", "x\x07", "m"),), {"k\r": "\x1b]0;owned\x07\nnext\u202e"})
    out = lakekit("quarantine", "show", "orders", app=fake(rows=(evil,))).out
    assert all(character.isprintable() or character == "\n" for character in out)
    assert len(out.splitlines()) == 3


def test_a_limit_below_one_is_a_usage_error(lakekit, fake) -> None:
    assert lakekit("quarantine", "show", "orders", "--limit", "0", app=fake()).code == 2


def test_show_as_json_keeps_values_whole(lakekit, fake) -> None:
    row = QuarantinedRow(1, "a.csv", 1, (("cast_failed", "x", "not a long"),), {"x": "é" * 500, "y": None})
    document = json.loads(lakekit("quarantine", "show", "orders", "--json", app=fake(rows=(row,))).out)
    assert document["rows"] == [
        {
            "batch": 1,
            "source": "a.csv",
            "row": 1,
            "reasons": [{"code": "cast_failed", "column": "x", "message": "not a long"}],
            "values": {"x": "é" * 500, "y": None},
        }
    ]
