"""Numbers, dates and timestamps as sources write them, on every engine."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lakekit.domain.notation import Notation, Special
from lakekit.ports.engine import Engine
from tests.conformance.engine.conftest import Texts
from tests.conformance.engine.test_notations import FAILS, check, of

GERMAN = Notation(decimal_separator=",", thousands_separator=".")
AMOUNTS = [
    *[("1.234,50", Decimal("1234.50")), ("-1.234.567,8", Decimal("-1234567.80")), ("1234,5", Decimal("1234.50"))],
    *[(",5", Decimal("0.50")), ("+7,", Decimal("7.00")), ("0", Decimal("0.00")), ("12", Decimal("12.00"))],
    *[("1234.5", FAILS), ("1.23,5", FAILS), ("1.2345,0", FAILS), ("12.34", FAILS), ("0.123", FAILS), (".123", FAILS)],
    *[("1,234.50", FAILS), ("1 234,50", FAILS), ("1,2,3", FAILS), ("1,234", FAILS), (",", FAILS), ("x", FAILS)],
    *[("?", FAILS), (" 1", FAILS), ("", None), (None, None), ("-", None)],
]


@pytest.mark.everywhere
def test_numbers_have_the_separators_that_the_contract_says(engine: Engine, land: Texts) -> None:
    check(engine, land, of("decimal(12,2)", GERMAN, null_markers=("", "-")), AMOUNTS)


@pytest.mark.parametrize(
    ("type_", "notation", "cases"),
    [
        ("long", Notation(thousands_separator=","), [("1,234", 1234), ("1234", 1234), ("1,23", FAILS), ("1.0", FAILS)]),
        ("int", Notation(thousands_separator="\u00a0"), [("1\u00a0234", 1234), ("1 234", FAILS)]),
        ("double", GERMAN, [("1.000,5e2", 100050.0), ("1e5", 1e5), ("NaN", FAILS)]),
        ("double", Notation(decimal_separator=",", nan=Special.NULL), [("1,5", 1.5), ("NaN", None), ("inf", FAILS)]),
        ("int", Notation(decimal_separator="'", trim=True), [(" 5 ", 5), ("5'", FAILS)]),
    ],
)
def test_separators_suit_every_kind_of_number(
    engine: Engine, land: Texts, type_: str, notation: Notation, cases: list[tuple[str, object]]
) -> None:
    check(engine, land, of(type_, notation), cases)


def at(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001  # the table's own, in UTC


DATES = {
    ("%d.%m.%Y",): [("24.12.2026", date(2026, 12, 24)), ("1.2.2026", date(2026, 2, 1)), ("30.02.2026", FAILS)],
    ("%Y%m%d",): [("20261224", date(2026, 12, 24)), ("2026124", FAILS), ("2026-12-24", FAILS)],
    ("%d-%b-%y",): [("05-Mar-69", date(1969, 3, 5)), ("5-MAR-68", date(2068, 3, 5)), ("5-Mrz-20", FAILS)],
    ("%B %d, %Y",): [("september 9, 2026", date(2026, 9, 9)), ("Sep 9, 2026", FAILS)],
    ("%m/%d/%Y", "%Y-%m-%d"): [
        ("12/24/2026", date(2026, 12, 24)),
        ("2026-12-24", date(2026, 12, 24)),
        ("24/12/2026", FAILS),
    ],
    ("%d/%m/%Y %%",): [("24/12/2026 %", date(2026, 12, 24)), ("24/12/2026", FAILS)],
    ("(%Y).%m+%d",): [("(2026).1+2", date(2026, 1, 2)), ("2026x1+2", FAILS)],
}
TIMES = {
    ("%d.%m.%Y %H:%M",): [("24.12.2026 7:05", at(2026, 12, 24, 7, 5)), ("24.12.2026 24:00", FAILS)],
    ("%m/%d/%Y %I:%M:%S %p",): [
        ("1/2/2026 12:00:01 AM", at(2026, 1, 2, 0, 0, 1)),
        ("1/2/2026 12:00:01 pm", at(2026, 1, 2, 12, 0, 1)),
        ("1/2/2026 01:59:59 PM", at(2026, 1, 2, 13, 59, 59)),
        ("1/2/2026 13:00:00 PM", FAILS),
    ],
    ("%Y-%m-%dT%H:%M:%S.%f%z",): [
        ("2026-01-02T00:30:00.5+02:00", at(2026, 1, 1, 22, 30, 0, 500000)),
        ("2026-01-02T00:30:00.123456-0130", at(2026, 1, 2, 2, 0, 0, 123456)),
        ("2026-01-02T00:30:00.1Z", at(2026, 1, 2, 0, 30, 0, 100000)),
        ("2026-01-02T00:30:00.1", FAILS),
    ],
    ("%d/%b/%Y:%H:%M:%S %z",): [("10/Oct/2000:13:55:36 -0700", at(2000, 10, 10, 20, 55, 36))],
    ("%Y%m%d%H%M%S", "%d.%m.%Y"): [("20261224235959", at(2026, 12, 24, 23, 59, 59)), ("1.2.2026", at(2026, 2, 1))],
}


@pytest.mark.everywhere
@pytest.mark.parametrize("formats", DATES)
def test_dates_are_read_by_the_formats_that_the_contract_says(
    engine: Engine, land: Texts, formats: tuple[str, ...]
) -> None:
    cases = [*DATES[formats], ("", None), (None, None)]
    check(engine, land, of("date", Notation(format=formats)), cases)


@pytest.mark.everywhere
@pytest.mark.parametrize("formats", TIMES)
def test_timestamps_are_read_by_the_formats_that_the_contract_says(
    engine: Engine, land: Texts, formats: tuple[str, ...]
) -> None:
    check(engine, land, of("timestamp", Notation(format=formats)), [*TIMES[formats], ("", None), ("x", FAILS)])


@pytest.mark.parametrize("formats", [formats for formats in (*DATES, *TIMES) if len(formats) == 1])
def test_what_is_read_is_what_python_reads(formats: tuple[str, ...]) -> None:
    """A witness for the cases above."""
    (told,) = formats
    for text, wanted in (*DATES.get(formats, ()), *TIMES.get(formats, ())):
        if wanted != FAILS:
            read = datetime.strptime(text, told)  # noqa: DTZ007
            read = read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read
            assert wanted in (read, read.date())
