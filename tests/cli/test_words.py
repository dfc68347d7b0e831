"""Single values as a person reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.cli.words import timestamp, visible


@pytest.mark.parametrize(
    ("canonical", "shown"),
    [
        ("2026-03-02T23:55:01.000000Z", "2026-03-02T23:55:01Z"),
        ("2026-03-02T23:55:01.250000Z", "2026-03-02T23:55:01.25Z"),
        ("2026-03-02T23:55:01.000001Z", "2026-03-02T23:55:01.000001Z"),
        ("2026-03-02T23:55:01.100000+00:00", "2026-03-02T23:55:01.1Z"),
        ("2026-03-02T23:55:01+00:00", "2026-03-02T23:55:01Z"),
        ("2026-03-02", "2026-03-02"),
        ("1200", "1200"),
        ("10.500", "10.500"),
    ],
)
def test_a_timestamp_loses_only_zeros(canonical: str, shown: str) -> None:
    assert timestamp(canonical) == shown


@given(st.text(max_size=300))
def test_what_is_shown_stays_on_one_line_and_is_printable(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert len(shown) <= 103


@given(st.text(st.characters(categories=["L", "N"]), max_size=100))
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text
