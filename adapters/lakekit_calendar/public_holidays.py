"""Public holidays, as the package `holidays` knows them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from lakekit.domain.errors import SourceError
from lakekit_calendar.days import Holidays
from lakekit_calendar.options import Region, Where, wrong

if TYPE_CHECKING:
    from holidays import HolidayBase

_ENGLISH = "en"


def lookup(regions: tuple[Region, ...], language: str | None, where: Where) -> Holidays:
    """The holidays of all `regions` together: each name once, in the order of the regions. Where none of them has a
    holiday and one is not known for that year, nobody knows; nobody does either without regions.

    Raises ConfigError, at the place that `where` tells, for a country, a part of it or a language that is not known.
    """
    parts = [of_entity(_entity(region, language, where)) for region in regions]

    def of_day(day: date) -> tuple[str, ...] | None:
        found = [part(day) for part in parts]
        names = tuple(dict.fromkeys(name for names in found for name in names or ()))
        return names if names or (found and None not in found) else None

    return of_day


def of_entity(known: HolidayBase) -> Holidays:
    """The holidays of one country or part of it, in the years that the package knows. Those raise SourceError
    `source.calendar_failed` where the package fails."""

    def of_day(day: date) -> tuple[str, ...] | None:
        if not known.start_year <= day.year <= known.end_year:
            return None  # the package would say that there is none
        try:
            return tuple(known.get_list(day))
        except Exception as error:  # whatever a country's rules raise
            raise SourceError(
                "source.calendar_failed",
                f"the package holidays fails on the year {day.year}",
                where=str(known),
                why=type(error).__name__,
                next="upgrade it, or leave that year out by `first` and `last`",
            ) from error

    return of_day


def _entity(region: Region, language: str | None, where: Where) -> HolidayBase:
    from holidays import country_holidays, list_supported_countries

    parts = list_supported_countries(include_aliases=False).get(region.country)
    if parts is None:
        raise wrong(
            where("holidays"),
            f"no holidays are known of a country {region.country!r}",
            "write its code in ISO 3166-1, such as GB for the United Kingdom",
        )
    if region.subdivision is not None and region.subdivision not in parts:
        raise wrong(
            where("holidays"),
            f"no holidays are known of a part {region.subdivision!r} of {region.country}",
            f"there are {', '.join(parts)}" if parts else "leave it out: those of the country are known alone",
        )
    chosen = _language(country_holidays(region.country), region.country, language, where)
    return country_holidays(region.country, subdiv=region.subdivision, language=chosen)


def _language(known: HolidayBase, country: str, asked: str | None, where: Where) -> str | None:
    """Always one that the country has: with none, or another, the package takes the machine's."""
    if not known.supported_languages:
        if asked and not asked.startswith(_ENGLISH):
            raise wrong(where("language"), f"holidays of {country} are known in English alone", "write language: en_US")
        return None
    if asked and asked not in known.supported_languages:
        there = ", ".join(known.supported_languages)
        raise wrong(where("language"), f"holidays of {country} are not known in {asked!r}", f"there are {there}")
    return asked or known.default_language
