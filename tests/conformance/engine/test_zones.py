"""Timestamps that tell no offset, in the zone that the contract says, on every engine."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.notation import Notation
from lakekit.domain.zones import zone_names
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
from lakekit.ports.engine import Engine
from tests.conformance.engine.batches import examples
from tests.conformance.engine.conftest import HERE, Texts
from tests.conformance.engine.test_notations import FAILS, check, of, outcomes

Land = Callable[[str], str]

YEAR_1, YEAR_9999 = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001  # local


def moment(local: datetime, zone: str) -> datetime | str:
    """By the very definition: the first of the moments, at most two, at which the zone's clocks showed that time."""
    found = []
    for fold in (0, 1):
        try:
            at = local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
            if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local:
                found.append(at.replace(tzinfo=None))
        except OverflowError:
            continue
    return min(found, default=FAILS)  # type: ignore[type-var]


def at(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001  # the table's own, in UTC


TOLD = {
    "Europe/Berlin": [
        ("2026-07-01T12:00:00", at(2026, 7, 1, 10)),
        ("2026-01-01 12:00", at(2026, 1, 1, 11)),
        ("2026-01-01", at(2025, 12, 31, 23)),
        ("2026-07-01T12:00:00Z", at(2026, 7, 1, 12)),
        ("2026-07-01T12:00-0730", at(2026, 7, 1, 19, 30)),
        ("2026-07-01 12:00:00.123456+05:30", at(2026, 7, 1, 6, 30, 0, 123456)),
        ("2026-10-25T02:30:00", at(2026, 10, 25, 0, 30)),
        ("2026-10-25T02:59:59.999999", at(2026, 10, 25, 0, 59, 59, 999999)),
        ("2026-10-25T03:00:00", at(2026, 10, 25, 2)),
        ("2026-03-29T01:59:59.999999", at(2026, 3, 29, 0, 59, 59, 999999)),
        ("2026-03-29T02:00:00", FAILS),
        ("2026-03-29T02:59:59.999999", FAILS),
        ("2026-03-29T03:00:00", at(2026, 3, 29, 1)),
        ("1850-06-01T12:00:00", at(1850, 6, 1, 11, 6, 32)),
        ("0001-01-01T00:53:28", at(1, 1, 1)),
        ("0001-01-01T00:53:27", FAILS),
        ("9999-12-31T23:59:59", at(9999, 12, 31, 22, 59, 59)),
        ("2200-03-30T02:30:00", FAILS),
        ("2200-03-30T03:00:00", at(2200, 3, 30, 1)),
        ("2026-13-01", FAILS),
        ("Europe/Berlin", FAILS),
        ("", None),
        (None, None),
    ],
    "America/New_York": [
        ("0000-12-31T23:30:00", FAILS),
        ("9999-12-31T18:59:59.999999", at(9999, 12, 31, 23, 59, 59, 999999)),
        ("9999-12-31T19:00:00", FAILS),
    ],
    "America/Sao_Paulo": [("2018-11-04", FAILS), ("2018-11-04T01:00:00", at(2018, 11, 4, 3))],
    "Pacific/Apia": [("2011-12-30T12:00:00", FAILS), ("2011-12-31T00:00:00", at(2011, 12, 30, 10))],
    "Australia/Lord_Howe": [
        ("2026-10-04T02:15:00", FAILS),
        ("2026-04-05T01:45:00", at(2026, 4, 4, 14, 45)),
        ("2026-04-05T02:00:00", at(2026, 4, 4, 15, 30)),
    ],
    "Asia/Kathmandu": [("1986-01-01T00:10:00", FAILS), ("1986-01-01T00:15:00", at(1985, 12, 31, 18, 30))],
    "Africa/Casablanca": [("2500-07-01T12:00:00", at(2500, 7, 1, 11)), ("2026-03-01T12:00:00", at(2026, 3, 1, 12))],
    "Etc/UTC": [("2026-03-29T02:30:00", at(2026, 3, 29, 2, 30)), ("2026-03-29T02:30:00+01:00", at(2026, 3, 29, 1, 30))],
}


def test_a_time_without_an_offset_is_local_in_berlin(engine: Engine, land: Texts) -> None:
    check(engine, land, of("timestamp", Notation(zone="Europe/Berlin")), TOLD["Europe/Berlin"])


# On Spark each of these takes half a minute: the queries are long. The trees are the same.
@pytest.mark.parametrize("zone", TOLD)
def test_a_time_without_an_offset_is_local_in_its_zone(embedded: Engine, land: Texts, zone: str) -> None:
    check(embedded, land, of("timestamp", Notation(zone=zone)), TOLD[zone])


def test_formats_without_an_offset_are_local_in_the_zone(embedded: Engine, land: Texts) -> None:
    told = Notation(format=("%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y/%m/%d %H:%M %z"), zone="Europe/Berlin")
    cases = [
        ("1.7.2026 12:00", at(2026, 7, 1, 10)),
        ("1.7.2026", at(2026, 6, 30, 22)),
        ("2026/07/01 12:00 -0700", at(2026, 7, 1, 19)),
        ("29.3.2026 2:30", FAILS),
        ("2026-07-01T12:00", FAILS),
    ]
    check(embedded, land, of("timestamp", told), cases)


TYPED = {
    "TIMESTAMP": [at(2026, 6, 30, 22), at(2026, 7, 1, 10, 0, 0, 1), FAILS, at(9999, 12, 31, 11), None],
    "DATE": [at(2026, 6, 30, 22), at(2026, 6, 30, 22), at(2026, 3, 28, 23), at(9999, 12, 30, 23), None],
    "TIMESTAMPTZ": [at(2026, 7, 1), at(2026, 7, 1, 12, 0, 0, 1), at(2026, 3, 29, 2, 30), at(9999, 12, 31, 12), None],
}


@pytest.mark.parametrize("physical", TYPED)
def test_typed_times_are_local_unless_their_type_is_of_moments(
    embedded: Engine, land_typed: Land, physical: str
) -> None:
    told = "('2026-07-01'), ('2026-07-01 12:00:00.000001'), ('2026-03-29 02:30'), ('9999-12-31 12:00'), (NULL)"
    file = land_typed(f"SELECT x::TIMESTAMP::{physical} AS c FROM (VALUES {told}) t(x)")
    assert outcomes(embedded, file, of("timestamp", Notation(zone="Europe/Berlin"))) == TYPED[physical]


def test_a_typed_time_of_year_0_is_no_value_where_its_moment_is_in_year_1(embedded: Engine, land_typed: Land) -> None:
    file = land_typed("SELECT TIMESTAMP '0001-12-31 (BC) 23:30:00' AS c")
    assert outcomes(embedded, file, of("timestamp", Notation(zone="America/New_York"))) == [FAILS]


def test_limits_and_defaults_are_moments_in_utc(embedded: Engine, land: Texts) -> None:
    told = of("timestamp", Notation(zone="Europe/Berlin"), minimum="2026-07-01T10:00", default="2026-07-02")
    cases = [
        ("2026-07-01T12:00", at(2026, 7, 1, 10)),
        ("2026-07-01T11:59", "below_minimum"),
        ("", at(2026, 7, 2)),
        ("2027-03-28T02:30", FAILS),
    ]
    check(embedded, land, told, cases)


ODD = [
    "Africa/Casablanca",
    "Africa/Freetown",
    "Africa/Monrovia",
    "America/Nuuk",
    "America/Sao_Paulo",
    "Antarctica/Troll",
]
ODD += ["Asia/Gaza", "Asia/Kathmandu", "Asia/Manila", "Australia/Lord_Howe", "Europe/Berlin", "Europe/Dublin"]
ODD += ["Europe/London", "Pacific/Apia", "Pacific/Kwajalein", "America/New_York", "America/Juneau"]


def edges(zone: str, year: int) -> list[datetime]:
    """Local times about each change of the zone's clocks in a year, and two others of it."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    shown = [(start + timedelta(days=n)).astimezone(ZoneInfo(zone)) for n in range(365)]
    found = [start, start + timedelta(days=180, hours=5)]
    for before, after in itertools.pairwise(shown):
        if before.utcoffset() != after.utcoffset():
            found += [before.replace(tzinfo=UTC) + timedelta(minutes=15 * n) for n in range(-8, 110)]
    return [time.replace(tzinfo=None) for time in found]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    root = tmp_path_factory.mktemp("root")
    made: Engine = load_plugins().make(Port.ENGINE, "duckdb", Context(root, str(root), root / "private", HERE))
    yield made
    made.close()


@examples(20)
@given(st.data())
def test_every_zone_is_read_as_python_reads_it(embedded: Engine, land: Texts, data: st.DataObject) -> None:
    zone = data.draw(st.sampled_from(ODD) | st.sampled_from(sorted(zone_names())))
    year = data.draw(st.integers(1883, 2050) | st.sampled_from([2087, 2100, 2101, 2128, 2129, 2200, 2300, 2400, 9998]))
    others = data.draw(st.lists(st.datetimes(YEAR_1, YEAR_9999), max_size=50))
    times = [*edges(zone, year), *others, YEAR_1, YEAR_9999]
    cases = [(time.isoformat(), moment(time, zone)) for time in times]
    check(embedded, land, of("timestamp", Notation(zone=zone)), cases)
