"""One way of writing for each e-mail address, telephone number and country.

Each function gives the canonical text, or None where there is none to be sure of; it never guesses, and never raises. A
caller keeps what has no canonical text (see `lakekit_retail.frames`). Results are those of the installed versions of
the libraries: what is a number of a numbering plan changes over the years.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
import pycountry
from email_validator import EmailNotValidError, validate_email

_DIALLED = re.compile(r"[\d\s+()./\-\u2010-\u2013]+")
"""Digits and what people write between them. A text with words in it says more than a number can keep."""

_KNOWN_AS = {"UK": "GB", "EL": "GR"}
"""Codes that ISO 3166-1 reserves for, and the European Union uses of, countries that have another."""


def email(text: str | None) -> str | None:
    """The address in lower case, its domain in Unicode.

    Case of the part before the @ means something to no mailbox in use, and hides that two addresses are one.
    """
    if text is None:
        return None
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except (EmailNotValidError, UnicodeError):
        return None


def phone(text: str | None, country: str | None) -> str | None:
    """The number in E.164, such as +442079460018. One that is written without a country's prefix is of `country`, an
    ISO 3166-1 alpha-2 code or None."""
    if text is None or not _DIALLED.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(4096)
def country(text: str | None) -> str | None:
    """The ISO 3166-1 alpha-2 code of a code of two or three letters, a number, or a name in English."""
    told = (text or "").strip()
    if not told or told.upper() in _KNOWN_AS:
        return _KNOWN_AS.get(told.upper())
    try:
        return str(pycountry.countries.lookup(told).alpha_2)
    except LookupError:
        return None
