"""Fakes of personal values."""

from __future__ import annotations

import re
import string

from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.fakes import Fakes
from lakekit.domain.types import parse_type
from lakekit.domain.values import format_value, parse_value

KEY = b"k"
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
TYPED = {
    "string": TEXTS | st.emails(),
    "int": st.integers(-(2**31), 2**31 - 1).map(str),
    "long": st.integers(-(2**63), 2**63 - 1).map(str) | st.integers(0, 9).map(str),
    "decimal(6,2)": st.decimals(-9999, 9999, places=2).map(lambda d: format(d, "f")),
    "double": st.floats(0.01, 1e6).map(str),
    "date": st.dates().map(str),
    "boolean": st.sampled_from(["true", "false"]),
    "array<string>": st.just('["x"]'),
}


@st.composite
def columns(draw: st.DrawFn) -> tuple[str, list[str]]:
    ddl = draw(st.sampled_from(sorted(TYPED)))
    return ddl, draw(st.lists(TYPED[ddl], min_size=1, max_size=12))


@given(columns())
def test_a_fake_is_of_the_type_is_no_real_value_and_tells_values_apart(column: tuple[str, list[str]]) -> None:
    ddl, texts = column
    if ddl != "array<string>":
        values = [parse_value(text, parse_type(ddl)) for text in texts]
        texts = [format_value(value) for value in values if value is not None]
    fakes = Fakes(KEY, set(texts))
    made = {text: fakes.of(text, ddl) for text in texts}
    assert made == {text: fakes.of(text, ddl) for text in texts}
    told = [fake for fake in made.values() if fake]
    assert len(set(told)) == len(told)
    assert not {fake.lower() for fake in told} & {text.lower() for text in texts}
    if ddl != "array<string>":
        assert all(parse_value(fake, parse_type(ddl)) is not None for fake in told)


def test_the_shape_stays() -> None:
    fakes = Fakes(KEY, {"Ann O'Neil", "ann@corp.org", "bob@corp.org", "+41 79 123", "41791234567", "-12.50"})
    assert re.fullmatch(r"[A-Z][a-z]{2} [A-Z]'[A-Z][a-z]{3}", str(fakes.of("Ann O'Neil", "string")))
    ann, bob = (str(fakes.of(f"{who}@corp.org", "string")) for who in ("ann", "bob"))
    assert re.fullmatch(r"[a-z]{3}@[a-z]{4}\.example", ann)
    assert ann.partition("@")[2] == bob.partition("@")[2]
    assert re.fullmatch(r"\+\d\d \d\d \d{3}", str(fakes.of("+41 79 123", "string")))
    assert re.fullmatch(r"[1-9]\d{10}", str(fakes.of("41791234567", "long")))
    assert re.fullmatch(r"-[1-9]\d\.\d\d", str(fakes.of("-12.50", "decimal(6,2)")))


@given(st.binary(min_size=1, max_size=8))
def test_a_fake_has_no_real_value_in_it(key: bytes) -> None:
    fakes = Fakes(key, {"a", "bcd-e@corp.org", "12"})
    told = str(fakes.of("bcd-e@corp.org", "string"))
    assert "a" not in re.split(r"\W", told)
    assert not re.search(r"\b12\b", str(fakes.of("street 79-34", "string")))


def test_a_fake_is_found_where_every_letter_is_a_real_value() -> None:
    fakes = Fakes(KEY, {"J. Smith", *string.ascii_letters})
    assert re.fullmatch(r"[A-Z]\. [A-Z][a-z]{4}\d", str(fakes.of("J. Smith", "string")))


def test_a_join_finds_a_number_of_another_width() -> None:
    fakes = Fakes(KEY, {"123456"})
    assert fakes.of("123456", "int") == fakes.of("123456", "long")


def test_another_key_gives_others() -> None:
    told = {Fakes(key, {"Ann Smith"}).of("Ann Smith", "string") for key in (b"a", b"b")}
    assert len(told) == 2


def test_what_cannot_be_faked_is_no_value() -> None:
    fakes = Fakes(KEY, {"true"})
    assert [fakes.of("true", "boolean"), fakes.of("[1]", "array<int>"), fakes.of("", "string")] == [None, None, ""]


@given(st.lists(st.text("abAB .@", min_size=1, max_size=6), min_size=1, max_size=4), TEXTS, TEXTS)
def test_within_a_text_no_long_value_stays(real: list[str], before: str, behind: str) -> None:
    fakes = Fakes(KEY, set(real))
    for value in real:
        told = fakes.within(f"{before}{value}{behind}")
        assert len(value) < 4 or value not in told.replace(str(fakes.of(value, "string")), "\0")


def test_short_values_are_found_as_words() -> None:
    fakes = Fakes(KEY, {"Bob", "Ann Smith"})
    bob = fakes.of("Bob", "string")
    assert fakes.within("BOB's bobsleigh, bob") == f"{bob}'s bobsleigh, {bob}"
    assert fakes.within("to ann smith") == f"to {fakes.of('Ann Smith', 'string')}"
