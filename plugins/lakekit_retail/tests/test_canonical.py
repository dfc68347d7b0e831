"""One way of writing, or none; never an error, whatever the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit_retail import canonical

PHONES = st.text("0123456789+-()./ ext٣\u2013", max_size=30)
COUNTRIES = st.sampled_from([None, "DE", "GB", "US", "NL", "IT", "ZZ", "", "de"])
ADDRESSES = st.one_of(st.emails(), st.text('aB.@-_ü"[]1 \u0307ẞ\ud800', max_size=20), st.text(max_size=40))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.org", "ada@example.org"),
        (" Ada.B@Example.ORG ", "ada.b@example.org"),
        ("ada@xn--exmple-cua.de", "ada@exämple.de"),
        ("name.example.com", None),
        ("a..b@example.org", None),
        ("a@localhost", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_in_lower_case_or_none(text: str | None, address: str | None) -> None:
    assert canonical.email(text) == address


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+1-202-555-0123", None, "+12025550123"),
        ("+1 (202) 555-0123", "DE", "+12025550123"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("00 1 202 555 0123", "DE", "+12025550123"),
        ("030 23125 014", "DE", "+493023125014"),
        ("030 23125 014", None, None),
        ("030 23125 014", "ZZ", None),
        ("+1-202-555-0123 ext. 4", "US", None),
        ("+1-202-555-0123 after six", "US", None),
        ("1-800-FLOWERS", "US", None),
        ("12345", "DE", None),
        ("", "DE", None),
        (None, "DE", None),
    ],
)
def test_a_number_is_in_e164_or_none(text: str | None, country: str | None, number: str | None) -> None:
    assert canonical.phone(text, country) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        ("de ", "DE"),
        ("GBR", "GB"),
        ("UK", "GB"),
        ("Germany", "DE"),
        ("276", "DE"),
        ("ZZ", None),
        ("", None),
    ],
)
def test_a_country_is_its_two_letters_or_none(text: str, code: str | None) -> None:
    assert canonical.country(text) == code


@given(ADDRESSES)
def test_any_text_has_an_address_that_is_its_own_or_none(text: str) -> None:
    told = canonical.email(text)
    assert told is None or (canonical.email(told) == told and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", told))


@given(st.one_of(PHONES, st.text()), COUNTRIES)
def test_any_text_has_a_number_that_is_its_own_or_none(text: str, country: str | None) -> None:
    told = canonical.phone(text, country)
    assert told is None or (canonical.phone(told, None) == told and re.fullmatch(r"\+[1-9][0-9]{6,14}", told))


@given(st.text())
def test_any_text_has_a_country_that_is_its_own_or_none(text: str) -> None:
    told = canonical.country(text)
    assert told is None or (canonical.country(told) == told and re.fullmatch("[A-Z]{2}", told))
