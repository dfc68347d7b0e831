"""Conditions that users write beside their queries mean in the query made of them what they mean there."""

from __future__ import annotations

import pytest
from sqlglot import exp, parse_one

from lakekit.domain.errors import EngineError
from lakekit.sql.query.conditions import filtered, with_operations


def texts(query: str) -> set[str]:
    return {literal.name for literal in parse_one(query, read="spark").find_all(exp.Literal) if literal.is_string}


@pytest.mark.parametrize("text", ["O''Neil", "O\\'Neil"])
def test_a_quote_within_a_text_stays_one(text: str) -> None:
    assert texts(filtered("made", f"name = '{text}'")) == {"O'Neil"}
    assert "O'Neil" in texts(with_operations("made", f"name = '{text}'", None))


@pytest.mark.parametrize("text", ["", "a = ", "SELECT 1", "sum(a) > 1", "a = 'b", "DROP TABLE x", "a IN (SELECT 1)"])
def test_what_is_no_condition_on_one_row_is_refused(text: str) -> None:
    with pytest.raises(EngineError) as caught:
        filtered("made", text)
    assert caught.value.code == "runtime.syntax"
