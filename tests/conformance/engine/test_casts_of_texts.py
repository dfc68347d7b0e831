"""A text means the same to every engine and to plain Python."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from lakekit.domain.types import parse_type
from lakekit.domain.values import parse_value
from lakekit.ports.engine import Engine, Input
from lakekit.sql.cast import typed
from lakekit.sql.tree import cast, column, table
from tests.conformance.engine import oracle
from tests.conformance.engine.batches import examples
from tests.conformance.engine.conftest import Texts

TYPES = (
    *("string", "boolean", "int", "long", "float", "double", "date", "timestamp"),
    *("decimal(1,0)", "decimal(4,2)", "decimal(2,2)", "decimal(15,2)", "decimal(18,18)"),
    *("decimal(38,0)", "decimal(38,38)", "decimal(38,10)"),
)
NASTY = (
    *json.loads(Path(__file__).with_name("nasty_texts.json").read_text("utf-8")),
    *("0" * 39 + "5", "0" * 40 + "5", "+" + "0" * 39 + "5", "1" * 41, "0" * 200 + "1.5", "9" * 29 + ".0", "9" * 309),
    *("1." + "0" * 200, "1." + "0" * 200 + "1", "." + "9" * 38, "0." + "9" * 38 + "000", "0." + "9" * 39),
    *("9" * 28 + "." + "9" * 10, "1" + "0" * 400, "1" + "0" * 400 + "e-399", "0." + "0" * 400 + "1"),
    *("0." + "0" * 400 + "1e401", "0" * 20 + "." + "0" * 90, "x" * 5000),
)


def same(a: object, b: object) -> bool:
    """Equal, of one kind, and with one sign where they are zero."""
    signs = not isinstance(a, float) or not isinstance(b, float) or math.copysign(1, a) == math.copysign(1, b)
    return a == b and isinstance(a, bool) is isinstance(b, bool) and signs


def read_all(engine: Engine, file: str, types: Sequence[str]) -> list[tuple[object, ...]]:
    """Place, text, and the value of each type."""
    values = []
    for type_ in types:
        value = typed(column("c0"), "string", parse_type(type_))
        # Without a zone, as the oracle has them.
        values.append(cast(value, "timestamp_ntz") if type_ == "timestamp" else value)
    query = exp.Select(expressions=[column("_place"), column("c0"), *values]).from_(table("landed"))
    return sorted(engine.rows(query, {"landed": Input((file,), positions=True)}), key=lambda row: int(str(row[0])))


def check(engine: Engine, land: Texts, texts: Sequence[str], types: Sequence[str]) -> None:
    file = land(["text"], [[t] for t in texts])
    for _, text, *values in read_all(engine, file, types):
        for type_, value in zip(types, values, strict=True):
            expected = oracle.read(str(text), parse_type(type_))
            assert same(value, expected), f"{text!r} as {type_}: {value!r}, not {expected!r}"


@pytest.mark.everywhere
@pytest.mark.parametrize("type_", TYPES)
def test_nasty_texts_are_read_as_in_plain_python(engine: Engine, land: Texts, type_: str) -> None:
    check(engine, land, NASTY, [type_])


def test_no_value_stays_no_value(engine: Engine, land: Texts) -> None:
    file = land(["text"], [[None], ["1"]])
    assert read_all(engine, file, TYPES)[0] == (0, *[None] * (len(TYPES) + 1))


@pytest.mark.parametrize("type_", TYPES)
def test_the_reference_and_the_oracle_agree(type_: str) -> None:
    parsed = parse_type(type_)
    for text in NASTY:
        value = parse_value(text, parsed)
        naive = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        assert same(naive, oracle.read(text, parsed)), (text, type_)


PIECES = st.sampled_from(
    [
        *"0123456789+-.eE: TZ_,'x\n",
        *("00", "99", "12", "31", "30", "29", "59", "24", "2024", "0001", "9999", "0000", "9" * 19, "0" * 38),
        *("e3", "E-5", "e308", "e-324", ".5", "-01-01", "T00:00", ":00", "+05:30", "2024-02-", "\u0967", "true", "f"),
    ]
)
NUMBERS = st.one_of(
    st.integers(-(2**65), 2**65).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str),
    st.floats(allow_nan=False).map(repr),
    st.floats(width=32).map(repr),
    st.from_regex(r"[+-]?0{0,3}[0-9]{0,20}\.?[0-9]{0,20}0{0,3}", fullmatch=True),
)
ZONED = r"[0-9]{4}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?(Z|[+-][01][0-9]:?[0-5][0-9])?"
TIMES = st.one_of(st.dates().map(str), st.datetimes().map(str), st.from_regex(ZONED, fullmatch=True))
TEXTS = st.one_of(st.lists(PIECES, max_size=8).map("".join), NUMBERS, TIMES, st.text(max_size=6))


@pytest.mark.everywhere
@examples(15)
@given(st.lists(TEXTS, min_size=40, max_size=80))
def test_any_text_is_read_as_in_plain_python(engine: Engine, land: Texts, texts: list[str]) -> None:
    check(engine, land, texts, TYPES)
