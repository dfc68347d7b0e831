"""Holidays by the package: whose, in whose words, and where nobody knows."""

from __future__ import annotations

from datetime import date

import pytest
from holidays import HolidayBase

from lakekit.domain.errors import SourceError
from lakekit_calendar.options import Region
from lakekit_calendar.public_holidays import lookup, of_entity

NEW_YEAR = date(2024, 1, 1)
CORPUS_CHRISTI = date(2024, 5, 30)  # in Bavaria, not in Berlin
INDEPENDENCE = date(2024, 7, 4)
MIDSUMMER = date(2024, 6, 25)


def named(*codes: str, day: date, language: str | None = None) -> tuple[str, ...] | None:
    regions = [Region(country, part or None) for country, _, part in (code.partition("-") for code in codes)]
    return lookup(tuple(regions), language, str)(day)


def test_a_country_has_its_holidays_in_its_own_language() -> None:
    assert named("DE", day=NEW_YEAR) == ("Neujahr",)
    assert named("FR", day=date(2024, 7, 14)) == ("Fête nationale",)
    assert named("DE", day=MIDSUMMER) == ()


def test_a_part_of_a_country_has_its_own_beside_those_of_the_country() -> None:
    assert named("DE", day=CORPUS_CHRISTI) == named("DE-BE", day=CORPUS_CHRISTI) == ()
    assert named("DE-BY", day=CORPUS_CHRISTI) == ("Fronleichnam",)
    assert named("DE-BY", day=NEW_YEAR) == ("Neujahr",)


def test_names_of_several_come_in_their_order_and_once() -> None:
    assert named("DE", "DE-BY", "US", day=NEW_YEAR) == ("Neujahr", "New Year's Day")
    assert named("US", "DE", day=NEW_YEAR) == ("New Year's Day", "Neujahr")
    assert named("DE", "US", day=INDEPENDENCE) == ("Independence Day",)


def test_a_language_is_that_of_all() -> None:
    assert named("DE", "US", day=NEW_YEAR, language="en_US") == ("New Year's Day",)


def test_a_country_whose_names_are_english_alone_is_read_with_others_that_are() -> None:
    assert named("NZ", "DE", day=NEW_YEAR, language="en_US") == ("New Year's Day",)


def test_a_day_off_for_a_holiday_on_a_weekend_is_one() -> None:
    (observed,) = named("US", day=date(2021, 12, 31)) or ()
    assert observed.startswith("New Year's Day")


@pytest.mark.parametrize("variable", ["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"])
@pytest.mark.parametrize("language", ["en_US", "de", "fr", "C"])
def test_the_machines_language_changes_no_name(monkeypatch, variable: str, language: str) -> None:
    monkeypatch.setenv(variable, language)
    assert named("DE", day=NEW_YEAR) == ("Neujahr",)
    assert named("IL", day=date(2024, 10, 3)) == ("ראש השנה",)
    assert named("NZ", day=NEW_YEAR) == ("New Year's Day",)


def test_of_years_that_the_package_does_not_know_nobody_knows() -> None:
    assert named("DE", day=date(1985, 5, 1)) is None
    assert named("DE", day=date(1985, 5, 2)) is None
    assert named("DE", day=date(9999, 12, 25)) is None


def test_a_holiday_in_one_country_is_one_where_another_is_not_known() -> None:
    assert named("DE", "US", day=date(1985, 7, 4)) == ("Independence Day",)
    assert named("DE", "US", day=date(1985, 7, 5)) is None
    assert named("US", day=date(1985, 7, 5)) == ()


def test_without_a_country_nobody_knows() -> None:
    assert named(day=NEW_YEAR) is None


class Broken(HolidayBase):
    country = "XX"

    def _populate(self, year: int) -> None:  # noqa: ARG002
        raise ZeroDivisionError


def test_a_failure_of_the_package_is_told_as_one_of_the_source() -> None:
    with pytest.raises(SourceError) as caught:
        of_entity(Broken())(NEW_YEAR)
    assert (caught.value.code, caught.value.why) == ("source.calendar_failed", "ZeroDivisionError")
    assert "2024" in caught.value.what
