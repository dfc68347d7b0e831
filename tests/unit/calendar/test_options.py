"""Options of the source `calendar`: what they are read as, and how a mistake is told."""

from __future__ import annotations

from datetime import date

import pytest

from lakekit.domain.errors import ConfigError
from lakekit_calendar.options import CalendarOptions, Region, read_options
from lakekit_calendar.public_holidays import lookup

DAYS = {"first": "2020-01-01", "last": "2020-12-31"}


def where(option: str) -> str:
    return f"dev.yaml: {option}"


def made(**given: object) -> None:
    options = read_options({**DAYS, **given}, where)
    lookup(options.holidays, options.language, where)


def refused(**given: object) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        made(**given)
    assert caught.value.code == "config.calendar_option"
    assert caught.value.next
    return caught.value


def test_two_days_are_enough() -> None:
    assert read_options(DAYS, where) == CalendarOptions(date(2020, 1, 1), date(2020, 12, 31))


def test_one_day_is_a_calendar() -> None:
    told = {**DAYS, "last": "2020-01-01"}
    assert read_options(told, where).last == date(2020, 1, 1)


def test_holidays_are_of_a_country_or_of_a_list_of_them_each_once() -> None:
    one = read_options({**DAYS, "holidays": "NO"}, where)
    many = read_options({**DAYS, "holidays": ["DE-BY", "US", "FR-Zone A", "US"]}, where)
    assert one.holidays == (Region("NO"),)
    assert many.holidays == (Region("DE", "BY"), Region("US"), Region("FR", "Zone A"))


@pytest.mark.parametrize("value", [None, "", "today", "2020-1-1", "20200101", 20200101, "2020-W01-1", "2021-02-29", []])
@pytest.mark.parametrize("option", ["first", "last"])
def test_what_is_no_day_is_refused_at_its_place(option: str, value: object) -> None:
    assert refused(**{option: value}).where == where(option)


@pytest.mark.parametrize("option", ["first", "last"])
def test_a_day_that_is_missing_is_told(option: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_options({key: value for key, value in DAYS.items() if key != option}, where)
    assert option in caught.value.what


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("last", "2019-12-31"),
        ("fiscal_year_starts", 0),
        ("fiscal_year_starts", 13),
        ("fiscal_year_starts", True),
        ("fiscal_year_starts", "October"),
        ("fiscal_year_starts", None),
        ("holidays", None),
        ("holidays", False),
        ("holidays", {"DE": "BY"}),
        ("holidays", "de"),
        ("holidays", "Germany"),
        ("holidays", "DE-"),
        ("holidays", ["DE", 1]),
        ("holidays", "UK"),
        ("holidays", "XX"),
        ("holidays", "DE-XX"),
        ("holidays", ["US", "DE-Bavaria"]),
        ("language", None),
        ("language", " "),
        ("language", 1),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_its_place(option: str, value: object) -> None:
    assert refused(**{option: value}).where == where(option)


def test_a_key_that_is_not_known_is_refused_with_the_nearest() -> None:
    error = refused(holiday="DE")
    assert (error.where, error.next) == (where("holiday"), "did you mean 'holidays'?")


@pytest.mark.parametrize(("country", "language"), [("DE", "fr"), ("NZ", "de"), ("US", "en")])
def test_a_language_that_a_country_does_not_have_is_refused_with_those_it_has(country: str, language: str) -> None:
    error = refused(holidays=[country], language=language)
    assert error.where == where("language")
    assert "en_" in error.next


def test_parts_that_are_known_are_told_of_one_that_is_not() -> None:
    assert "BW, BY, HB" in refused(holidays="DE-XX").next
