"""Rows without a value in the watermark column are counted as plain Python counts them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import assume, given

from lakekit.domain.contract import Contract
from lakekit.ports.engine import Engine
from lakekit.sql.unplaced import unplaced_query
from tests.conformance.engine import oracle
from tests.conformance.engine.batches import Part, batches, examples, landed
from tests.conformance.engine.conftest import Texts


@pytest.mark.everywhere
@examples(30)
@given(batches())
def test_rows_without_a_place_are_counted_by_their_source(
    engine: Engine, land: Texts, batch: tuple[Contract, str | None, list[Part]]
) -> None:
    contract, cursor, parts = batch
    assume(cursor is not None)
    groups, inputs = landed(engine, land, parts)
    found = engine.rows(unplaced_query(contract, str(cursor), groups), inputs)
    at = contract.column(str(cursor))
    expected = Counter(
        part.source
        for part in parts
        for row in part.rows
        if not oracle.column_value(at, dict(zip(part.names, row, strict=True)).get(at.name))[0]
    )
    assert list(found) == sorted(expected.items())
