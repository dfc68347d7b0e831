"""Types as contracts write them, and what texts mean as nested and binary values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.nested import parse_any
from lakekit.domain.types import MAX_DEPTH, flat_type, parse_type

FLAT = st.sampled_from(["string", "long", "decimal(10,2)", "timestamp", "binary"])
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True)


def struct(fields: dict[str, str]) -> str:
    return f"struct<{','.join(f'{name}:{type_}' for name, type_ in fields.items())}>"


TYPES = st.recursive(
    FLAT,
    lambda inner: st.one_of(
        inner.map("array<{}>".format),
        inner.map("map<string,{}>".format),
        st.dictionaries(NAMES, inner, min_size=1, max_size=3).map(struct),
    ),
    max_leaves=5,
)


@given(TYPES)
def test_a_type_is_written_as_it_is_read(text: str) -> None:
    try:
        type_ = parse_type(text)
    except ValueError:
        assert text.count("<") > MAX_DEPTH
        return
    assert str(type_) == text
    assert parse_type(text.replace(",", " , ").replace(":", ": ")) == type_
    assert (flat_type(text) is None) is ("<" in text or text == "binary")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("array<>", "unknown type ''"),
        ("array<int", "unknown type"),
        ("array<int>>", "unknown type"),
        ("array<int,int>", "unknown type"),
        ("array<bigint>", "unknown type 'bigint'"),
        ("Array<int>", "unknown type"),
        ("map<int,int>", "keys of a map are strings, not 'int'"),
        ("map<string>", "unknown type"),
        ("struct<>", "a field of a struct is written name:type"),
        ("struct<a>", "a field of a struct is written name:type"),
        ("struct<a b:int>", "a field of a struct is written name:type"),
        ("struct<a:int,A:int>", "two fields 'A'"),
        ("struct<a:>", "unknown type ''"),
        ("array<decimal(39,1)>", "decimal precision"),
        ("array<" * (MAX_DEPTH + 1) + "int" + ">" * (MAX_DEPTH + 1), "more than 8"),
    ],
)
def test_what_is_no_type_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_type(text)
    assert why in str(caught.value)


def test_the_parts_of_a_nested_value_are_values_of_their_types() -> None:
    type_ = parse_type("array<struct<code:string,price:decimal(30,2)>>")
    price = "1234567890123456789012345.10"
    assert parse_any(f'[{{"price":{price},"code":1.50}},{{}}]', type_) == [
        {"code": "1.50", "price": Decimal(price)},
        {"code": None, "price": None},
    ]
    assert parse_any(f'[{{"price":{price}5}}]', type_) is None


def test_binary_is_hex() -> None:
    binary = parse_type("binary")
    assert [parse_any(t, binary) for t in ("", "00fF", "0", "0x00", " 00", "0g")] == [b"", b"\x00\xff", *[None] * 4]
