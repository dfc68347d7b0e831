"""What a table's constraints say, as lakekit writes them, is what the contract says of published rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given

from lakekit.domain.contract import Column, Contract
from lakekit.domain.types import parse_type
from lakekit.ports.engine import Engine, Input
from lakekit.sql.audit import ACCEPTED_ROWS
from lakekit.sql.constraints import broken_query, constraints
from lakekit.sql.lanes import ACCEPTED, lanes_query
from tests.conformance.engine.batches import STAMP, batches, examples, landed, lane
from tests.conformance.engine.conftest import Texts
from tests.conformance.engine.test_lanes import Batch

CONTRACT = Contract(
    "limits",
    (
        Column("i `d", parse_type("long"), required=True, minimum="-1", maximum="9223372036854775807"),
        Column("kind", parse_type("string"), allowed=("it's", "a\\b", '"', "é")),
        Column("price", parse_type("decimal(10,2)"), minimum="0.05"),
        Column("day", parse_type("date"), maximum="2026-01-31"),
        Column("at", parse_type("timestamp"), minimum="2026-01-01T00:00:00+01:00"),
        Column("yes", parse_type("boolean"), allowed=("true",)),
        Column("ratio", parse_type("double"), required=True, minimum="0.1", allowed=("0.5",)),
        Column("code", parse_type("string"), pattern="[a-z]+"),
    ),
)
ROWS = """
    SELECT * FROM (VALUES
      (-1::BIGINT, 'it''s', 0.05::DECIMAL(10,2), DATE '2026-01-31', TIMESTAMPTZ '2025-12-31 23:00:00Z', true, 0.5, 'A'),
      (-2, 'a\\b', 0.04, DATE '2026-02-01', TIMESTAMPTZ '2025-12-31 22:59:59.999999Z', false, 0.0, NULL),
      (NULL, 'a\\\\b', -0.05, NULL, NULL, NULL, NULL, ''),
      (9223372036854775807, '', NULL, DATE '1970-01-01', TIMESTAMPTZ '2026-01-01 00:00:00Z', true, 0.5, 'b'))
    AS t("i `d", kind, price, "day", "at", yes, ratio, code)
"""
BROKEN = {
    ("i `d", "required"): 1,
    ("i `d", "minimum"): 1,
    ("i `d", "maximum"): 0,
    ("kind", "allowed"): 2,
    ("price", "minimum"): 2,
    ("day", "maximum"): 1,
    ("at", "minimum"): 1,
    ("yes", "allowed"): 1,
    ("ratio", "required"): 1,
}


@pytest.mark.everywhere
def test_each_rule_that_a_writer_can_keep_is_counted(engine: Engine, land_typed: Callable[[str], str]) -> None:
    told = constraints(CONTRACT, None)
    assert len(told) == len(BROKEN)
    assert [name.rpartition("_")[2] for name in told] == [rule for _, rule in BROKEN]
    (counts,) = engine.rows(broken_query(told), {ACCEPTED_ROWS: Input((land_typed(ROWS),))})
    assert dict(zip(BROKEN, counts, strict=True)) == BROKEN


@pytest.mark.everywhere
@examples(30)
@given(batches())
def test_no_row_that_is_accepted_breaks_one(engine: Engine, land: Texts, folders: Iterator[Path], batch: Batch) -> None:
    contract, cursor, parts = batch
    told = constraints(contract, cursor)
    groups, inputs = landed(engine, land, parts)
    lanes = engine.write(lanes_query(contract, cursor, groups, STAMP), inputs, next(folders))
    files = tuple(str(written.path) for written in lane(lanes, ACCEPTED))
    if told and files:
        (counts,) = engine.rows(broken_query(told), {ACCEPTED_ROWS: Input(files)})
        assert set(counts) == {0}
