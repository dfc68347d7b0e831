"""What an entry under `sources:` tells this adapter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from attrs import frozen

from lakekit.domain.errors import ConfigError
from lakekit.domain.nearest import did_you_mean, nearest

KEYS = ("first", "last", "fiscal_year_starts", "holidays", "language")

Where = Callable[[str], str]
"""Where an option stands in the settings."""

_REGION = re.compile(r"(?P<country>[A-Z]{2})(-(?P<subdivision>\S.*))?")


@frozen
class Region:
    """A country by its code in ISO 3166-1, `DE`, and one of its parts, `BY`."""

    country: str
    subdivision: str | None = None


@frozen
class CalendarOptions:
    """The days from `first` to `last`, both included; the month, 1 to 12, in which the fiscal year starts; whose
    holidays are told, and in which language. None is the language of each country itself."""

    first: date
    last: date
    fiscal_year_starts: int = 1
    holidays: tuple[Region, ...] = ()
    language: str | None = None


def read_options(given: Mapping[str, object], where: Where) -> CalendarOptions:
    """The options. Raises ConfigError, at the place that `where` tells, for an unknown key, a day that is missing, and
    a value that cannot be. Whether there are such holidays is not looked at."""
    for key in given:
        if key not in KEYS:
            next_ = did_you_mean(nearest(key, KEYS)) or f"there are {', '.join(KEYS)}"
            raise wrong(where(key), f"unknown option {key!r}", next_)
    first, last = (_date(given, key, where) for key in ("first", "last"))
    if last < first:
        raise wrong(where("last"), "`last` comes before `first`", "a calendar has a day at least")
    month = given.get("fiscal_year_starts", 1)
    if not isinstance(month, int) or isinstance(month, bool) or not 1 <= month <= 12:
        raise wrong(where("fiscal_year_starts"), "`fiscal_year_starts` is no month", "write it like 10 for October")
    return CalendarOptions(first, last, month, _regions(given, where), _language(given, where))


def wrong(where: str, what: str, next_: str) -> ConfigError:
    """The error of an option."""
    return ConfigError("config.calendar_option", what, where=where or "adapter calendar", next=next_)


def _date(given: Mapping[str, object], key: str, where: Where) -> date:
    told = str(given.get(key, ""))
    try:
        found = date.fromisoformat(told)
    except ValueError:
        found = None
    # What else is ISO 8601, such as 2021-W01-1, is more often a slip.
    if found is None or found.isoformat() != told:
        raise wrong(where(key), f"`{key}` is missing or no day", f"write it like {key}: 2020-01-01")
    return found


def _regions(given: Mapping[str, object], where: Where) -> tuple[Region, ...]:
    told = given.get("holidays", [])
    regions = [_REGION.fullmatch(item) if isinstance(item, str) else None for item in _listed(told)]
    found = tuple(Region(match["country"], match["subdivision"]) for match in regions if match)
    if len(found) < len(regions):
        raise wrong(
            where("holidays"),
            "`holidays` is neither a country's code nor a list of them",
            "write it like DE, or like [DE-BY, US]: codes of ISO 3166-1, and of a country's part after a hyphen",
        )
    return tuple(dict.fromkeys(found))


def _listed(told: object) -> list[object]:
    return told if isinstance(told, list) else [told]


def _language(given: Mapping[str, object], where: Where) -> str | None:
    told = given.get("language")
    if "language" not in given or (isinstance(told, str) and told.strip()):
        return str(told) if told else None
    raise wrong(where("language"), "`language` is no text", "write it like en_US, or leave it out")
