"""Along a watermark every row is read, or known to be no part of the batch; none is lost between."""

from __future__ import annotations

import pytest
from sqlglot import exp

from lakekit.domain.contract import Column
from lakekit.domain.types import parse_type
from lakekit.domain.watermark import Watermark
from lakekit.ports.engine import Engine, Input
from lakekit.sql.cursor import highest, within
from lakekit.sql.rules import column_value
from lakekit.sql.tree import column, table
from tests.conformance.engine.conftest import Texts

AT = Column("at", parse_type("timestamp"), null_markers=("", "2024-01-09"))
TEXTS = [
    None,
    "",
    "x",
    "2024-01-01",
    "2024-01-02T00:00:00Z",
    "2024-01-03T01:00+01:00",
    "2024-01-03T00:00:00.000001Z",
    "2024-01-09",
]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (None, None, [0, 1, 2, 3, 4, 5, 6, 7]),
        ("2024-01-02", None, [0, 1, 2, 4, 5, 6, 7]),
        (None, "2024-01-03", [0, 1, 2, 3, 4, 5, 7]),
        ("2024-01-02", "2024-01-03", [0, 1, 2, 4, 5, 7]),
        ("2025-01-01", None, [0, 1, 2, 7]),
    ],
)
def test_rows_within_closed_bounds_and_rows_without_a_place_are_read(
    engine: Engine, land: Texts, low: str | None, high: str | None, expected: list[int]
) -> None:
    file = land(["at"], [[t] for t in TEXTS])
    bounds = [Watermark("timestamp", b) if b else None for b in (low, high)]
    condition = within(column_value(AT, column("c0"), "string"), AT.type, *bounds)
    query = exp.Select(expressions=[column("_place")]).from_(table("t")).where(condition)
    found = engine.rows(query, {"t": Input((file,), positions=True)})
    assert sorted(place for (place,) in found) == expected


@pytest.mark.parametrize(
    ("type_", "texts", "expected"),
    [
        ("int", ["9", "10", "x", ""], "10"),
        ("decimal(6,2)", ["9.5", "10", "-11"], "10.00"),
        ("date", ["2024-01-01", "0999-12-31"], "2024-01-01"),
        ("timestamp", ["2024-01-01T00:00Z", "2023-12-31T23:30-01:00"], "2024-01-01T00:30:00.000000Z"),
        ("timestamp", ["x", ""], None),
    ],
)
def test_the_highest_value_is_told_as_a_watermark(
    engine: Engine, land: Texts, type_: str, texts: list[str], expected: str | None
) -> None:
    at = Column("at", parse_type(type_))
    file = land(["at"], [[t] for t in texts])
    told = highest(column_value(at, column("c0"), "string"), at.type)
    query = exp.Select(expressions=[told]).from_(table("t"))
    assert list(engine.rows(query, {"t": Input((file,), positions=True)})) == [(expected,)]
