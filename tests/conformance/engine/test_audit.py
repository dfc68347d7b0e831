"""A suite sees the numbers that are there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lakekit.domain.suite import Check, CheckKind
from lakekit.ports.engine import Engine, Input
from lakekit.sql.audit import ACCEPTED_ROWS, observed_query

ROWS = """
    SELECT * FROM (VALUES (1, 'a', NULL), (1, 'a', 2.0), (1, 'b', 2.0), (2, NULL, 2.0), (2, NULL, 2.0), (1, 'a', NULL))
    AS t("id", "na me", "x""y")
"""
CHECKS = [
    (Check(CheckKind.ROWS), 6.0),
    (Check(CheckKind.NULL_SHARE, columns=("na me",)), 2 / 6),
    (Check(CheckKind.NULL_SHARE, columns=('x"y',)), 2 / 6),
    (Check(CheckKind.NULL_SHARE, columns=("id",)), 0.0),
    (Check(CheckKind.UNIQUE, columns=("id",)), 4.0),
    (Check(CheckKind.UNIQUE, columns=("id", "na me")), 2.0),
    (Check(CheckKind.UNIQUE, columns=("id", "na me", 'x"y')), 0.0),
]


@pytest.fixture(scope="module")
def accepted(land_typed: Callable[[str], str]) -> Callable[[str], Input]:
    return lambda query: Input((land_typed(query),))


@pytest.mark.everywhere
def test_one_query_observes_every_check(engine: Engine, accepted: Callable[[str], Input]) -> None:
    (row,) = engine.rows(observed_query([c for c, _ in CHECKS]), {ACCEPTED_ROWS: accepted(ROWS)})
    assert list(row) == [expected for _, expected in CHECKS]


def test_a_file_without_rows_observes_nothing(engine: Engine, accepted: Callable[[str], Input]) -> None:
    (row,) = engine.rows(observed_query([c for c, _ in CHECKS]), {ACCEPTED_ROWS: accepted(f"{ROWS} LIMIT 0")})
    assert set(row) == {0.0}
