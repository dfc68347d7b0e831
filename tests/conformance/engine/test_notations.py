"""How a source writes its values, by the contract's word, means the same to every engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
from sqlglot import exp

from lakekit.domain.contract import Column, Contract
from lakekit.domain.notation import BLANKS, Notation, Special
from lakekit.domain.types import Kind, parse_type
from lakekit.ports.engine import Engine, Input
from lakekit.sql.evaluation import evaluate, judge
from lakekit.sql.landing import Group, slices
from lakekit.sql.tree import cast, column, named, subquery
from tests.conformance.engine.conftest import Texts

Land = Callable[[str], str]

FAILS = "cast_failed"
KEEP = Notation(nan=Special.KEEP, infinity=Special.KEEP)
NULL = Notation(nan=Special.NULL, infinity=Special.NULL)


def outcomes(engine: Engine, file: str, told: Column) -> list[object]:
    """For each row the value, or the reasons for which it is rejected."""
    contract = Contract("any", (told,))
    group = Group("g", engine.columns(file), {file: ("s", None)})
    (slice_,) = slices([group])
    judged = judge(contract, None, evaluate(slice_, contract.columns, slice_.rows()))
    (value,) = judged.evaluation.typed
    if told.type.kind is Kind.TIMESTAMP:
        value = named(cast(value.this, "timestamp_ntz"), "x")
    failed = [named(predicate, f"f{i}") for i, (_, predicate) in enumerate(judged.failures)]
    query = exp.Select(expressions=[column("_place"), value, *failed]).from_(subquery(judged.rows, "r"))
    rows = sorted(engine.rows(query, {"g": Input((file,), positions=True)}), key=lambda row: int(str(row[0])))
    codes = [rule.code for rule, _ in judged.failures]
    found: list[object] = []
    for _, got, *flags in rows:
        wrong = [code for code, flag in zip(codes, flags, strict=True) if flag]
        found.append("+".join(wrong) if wrong else got)
    return found


def check(engine: Engine, land: Texts, told: Column, cases: Sequence[tuple[str | None, object]]) -> None:
    file = land(["c"], [[raw] for raw, _ in cases])
    found = outcomes(engine, file, told)
    for (raw, wanted), got in zip(cases, found, strict=True):
        assert same(got, wanted), f"{raw!r}: {got!r}, not {wanted!r}"


def same(a: object, b: object) -> bool:
    both_nan = isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b)
    return both_nan or (type(a) is type(b) and a == b)


def of(type_: str, notation: Notation, **more: object) -> Column:
    return Column("c", parse_type(type_), notation=notation, **more)  # type: ignore[arg-type]


TRIMMED = [
    (f"{BLANKS}12{BLANKS}", 12),
    (" 12", 12),
    ("1 2", FAILS),
    ("\ufeff12", FAILS),
    (" - ", None),
    ("  ", None),
    ("", None),
    (None, None),
]


@pytest.mark.everywhere
def test_white_space_is_taken_off_before_markers_and_casts(engine: Engine, land: Texts) -> None:
    check(engine, land, of("int", Notation(trim=True), null_markers=("", "-")), TRIMMED)


def test_white_space_stays_where_nobody_takes_it_off(engine: Engine, land: Texts) -> None:
    check(engine, land, of("int", Notation()), [(" 12", FAILS), (" ", FAILS)])
    check(engine, land, of("string", Notation()), [(" 12 ", " 12 "), (" ", " ")])


def test_a_trimmed_text_keeps_its_leading_zeros(engine: Engine, land: Texts) -> None:
    told = of("string", Notation(trim=True), pattern="[0-9]+")
    check(engine, land, told, [(" 007\n", "007"), (" ", None), ("\t7 7 ", "pattern_mismatch")])


def test_a_blank_text_takes_the_default_where_it_is_trimmed(engine: Engine, land: Texts) -> None:
    told = of("int", Notation(trim=True), default="5")
    check(engine, land, told, [(" ", 5), (None, 5), (" 7", 7), (" x", FAILS)])


SPECIAL = ["NaN", "nan", "-nan", "inf", "-Inf", "+INFINITY", "Infinity", "infinit", "1e999", "-1e999", "1.5", "", "na"]
BIG = math.inf


@pytest.mark.everywhere
@pytest.mark.parametrize("type_", ["double", "float"])
@pytest.mark.parametrize(
    ("notation", "wanted"),
    [
        (Notation(), [FAILS] * 10),
        (KEEP, [math.nan, math.nan, math.nan, BIG, -BIG, BIG, BIG, FAILS, FAILS, FAILS]),
        (NULL, [None] * 7 + [FAILS] * 3),
        (Notation(nan=Special.NULL), [None] * 3 + [FAILS] * 7),
        (Notation(infinity=Special.KEEP), [FAILS] * 3 + [BIG, -BIG, BIG, BIG] + [FAILS] * 3),
    ],
)
def test_texts_that_are_no_numbers_are_met_by_policy(
    engine: Engine, land: Texts, type_: str, notation: Notation, wanted: list[object]
) -> None:
    check(engine, land, of(type_, notation), list(zip(SPECIAL, [*wanted, 1.5, None, FAILS], strict=True)))


@pytest.mark.parametrize("physical", ["DOUBLE", "FLOAT"])
@pytest.mark.parametrize("type_", ["double", "float"])
@pytest.mark.parametrize(
    ("notation", "wanted"),
    [
        (Notation(), [FAILS] * 3),
        (KEEP, [math.nan, BIG, -BIG]),
        (NULL, [None] * 3),
        (Notation(nan=Special.KEEP, infinity=Special.NULL), [math.nan, None, None]),
    ],
)
def test_typed_floats_that_are_no_numbers_are_met_by_policy(
    engine: Engine, land_typed: Land, physical: str, type_: str, notation: Notation, wanted: list[object]
) -> None:
    told = "('NaN'), ('Infinity'), ('-Infinity'), ('1.5'), (NULL)"
    file = land_typed(f"SELECT x::{physical} AS c FROM (VALUES {told}) t(x)")
    found = outcomes(engine, file, of(type_, notation))
    assert all(same(got, want) for got, want in zip(found, [*wanted, 1.5, None], strict=True)), found


def test_a_float_that_is_kept_is_greater_than_any_limit(engine: Engine, land: Texts) -> None:
    told = of("double", KEEP, maximum="9", minimum="0")
    wanted = ["above_maximum", "above_maximum", "below_minimum", 9.0]
    check(engine, land, told, list(zip(["nan", "inf", "-inf", "9"], wanted, strict=True)))


def test_no_value_by_policy_is_missing_where_one_is_required(engine: Engine, land: Texts) -> None:
    check(engine, land, of("double", NULL, required=True), [("nan", "missing_value"), ("1", 1.0)])
