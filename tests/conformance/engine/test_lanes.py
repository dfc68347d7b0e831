"""Every row that was read comes out in one lane, for a true reason, and no reader's table holds a row that breaks the
contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from sqlglot import exp

from lakekit.domain.contract import Column, Contract
from lakekit.domain.schema import QUARANTINE_COLUMNS, bronze_columns
from lakekit.domain.types import parse_type
from lakekit.ports.engine import Engine, Input
from lakekit.sql.lanes import ACCEPTED, DUPLICATE, DUPLICATES, REJECTED, lanes_query
from lakekit.sql.quarantine import QUARANTINED, quarantine_query
from lakekit.sql.tree import column, table
from tests.conformance.engine.batches import (
    STAMP,
    Part,
    batches,
    examples,
    expected,
    landed,
    lane,
    read_accepted,
    read_quarantine,
    total,
)
from tests.conformance.engine.conftest import Texts

Batch = tuple[Contract, str | None, list[Part]]


@pytest.mark.everywhere
@examples(30)
@given(batches())
def test_any_batch_is_split_as_in_plain_python(
    engine: Engine, land: Texts, folders: Iterator[Path], batch: Batch
) -> None:
    contract, cursor, parts = batch
    groups, inputs = landed(engine, land, parts)
    lanes = engine.write(lanes_query(contract, cursor, groups, STAMP), inputs, next(folders))
    rejected = lane(lanes, REJECTED)
    kept = []
    if rejected:
        query = quarantine_query(contract, cursor, STAMP, rejected=True, malformed={})
        kept = list(engine.write(query, {REJECTED: Input(tuple(str(w.path) for w in rejected))}, next(folders)))
    good, bad = expected(contract, cursor, parts)
    assert read_accepted(engine, contract, lane(lanes, ACCEPTED)) == good
    assert read_quarantine(engine, contract, cursor, kept) == bad
    assert {w.lane for w in lanes} <= {ACCEPTED, REJECTED}
    assert total(lanes) == sum(len(p.rows) for p in parts)
    assert total(kept) == len(bad)


ORDERS = Contract(
    "orders",
    (
        Column("id", parse_type("long"), required=True),
        Column("amount", parse_type("decimal(6,2)"), minimum="0"),
        Column("at", parse_type("timestamp")),
    ),
)
PARTS = [
    Part(("id", "amount", "at", "note"), (("1", "2.5", "2024-01-01", "x"), ("x", "-1", "", None)), "s", None),
    Part(("id", "note"), (("2", "y"), ("", "z")), "s", None),
]


def test_a_lane_has_the_columns_of_its_table_and_no_others(
    engine: Engine, land: Texts, folders: Iterator[Path]
) -> None:
    groups, inputs = landed(engine, land, PARTS)
    lanes = engine.write(lanes_query(ORDERS, None, groups, STAMP), inputs, next(folders))
    for written in lanes:
        assert engine.columns(str(written.path)) == bronze_columns(ORDERS)
    rejected = {REJECTED: Input(tuple(str(w.path) for w in lane(lanes, REJECTED)))}
    (kept,) = engine.write(quarantine_query(ORDERS, None, STAMP, rejected=True, malformed={}), rejected, next(folders))
    assert kept.lane == QUARANTINED
    assert engine.columns(str(kept.path)) == QUARANTINE_COLUMNS


def test_each_row_says_when_and_with_which_batch_it_came(engine: Engine, land: Texts, folders: Iterator[Path]) -> None:
    groups, inputs = landed(engine, land, PARTS)
    lanes = engine.write(lanes_query(ORDERS, None, groups, STAMP), inputs, next(folders))
    stats = lane(lanes, ACCEPTED)[0].stats
    bounds = {name: (s.minimum, s.maximum) for name, s in stats.items() if name.startswith("_")}
    assert bounds == {
        "_ingest_ts": ("2026-03-01T04:05:06.000007Z",) * 2,
        "_batch_id": ("41", "41"),
        "_source": ("s", "s"),
        "_run_date": ("2026-03-01", "2026-03-01"),
    }


def test_rows_named_as_duplicates_leave_the_accepted_lane(
    engine: Engine, land: Texts, land_typed: Texts, folders: Iterator[Path]
) -> None:
    rows = tuple((str(i), "1", "", "") for i in range(5))
    parts = [Part(("id", "amount", "at", "note"), rows, source, None) for source in ("a", "b")]
    groups, inputs = landed(engine, land, parts)
    first, second = inputs["g0"].files
    told = f"SELECT * FROM (VALUES ('{first}', 0::BIGINT), ('{second}', 4)) AS t(_file, _row)"
    inputs[DUPLICATES] = Input((land_typed(told),))
    lanes = engine.write(lanes_query(ORDERS, None, groups, STAMP, duplicates=True), inputs, next(folders))
    query = exp.Select(expressions=[column("_source"), column("id")]).from_(table("t"))
    found = {
        name: sorted(engine.rows(query, {"t": Input(tuple(str(w.path) for w in lane(lanes, name)))}))
        for name in (ACCEPTED, DUPLICATE)
    }
    assert found[DUPLICATE] == [("a", 0), ("b", 4)]
    assert found[ACCEPTED] == [*(("a", i) for i in range(1, 5)), *(("b", i) for i in range(4))]
