"""JSON in a text means the same nested value to every engine and to plain Python."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from lakekit.domain.contract import Column
from lakekit.domain.nested import parse_any
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import ColumnType, Kind, parse_type
from lakekit.ports.engine import Engine, Input
from lakekit.sql.evaluation import evaluate
from lakekit.sql.landing import Group, slices
from lakekit.sql.tree import cast, column, subquery
from tests.conformance.engine import oracle
from tests.conformance.engine.batches import examples
from tests.conformance.engine.conftest import Texts

TYPES = (
    *("array<int>", "array<string>", "array<decimal(20,2)>", "array<double>", "array<boolean>", "array<timestamp>"),
    *("array<array<long>>", "map<string,int>", "map<string,array<string>>", "struct<a:int>", "array<binary>"),
    *("array<struct<code:string,qty:int>>", "struct<a:struct<b:array<date>,c:map<string,decimal(38,10)>>,d:string>"),
    "map<string,struct<x:map<string,string>,order:boolean>>",
)
CASES = {
    "array<int>": [
        ("[1,2]", [1, 2]),
        (" [ 1 ,\t\n2\r] ", [1, 2]),
        ("[]", []),
        ("[null]", [None]),
        ('["1"]', [1]),
        *[
            (bad, None)
            for bad in ("[1] x", "[1,]", "[,1]", "[1 2]", "[01]", "[+1]", "[1.]", "[NaN]", "[1,2", "1", "{}")
        ],
        *[(bad, None) for bad in ("", "null", "[[1]]", '[" 1"]', "[1.5]", "[2147483648]", "[true]", "[tr ue]", "[1]]")],
        *[(bad, None) for bad in ("[- 1]", "[--1]", "[1e0]", "\u00a0[1]", "[1]\u00a0", "[1]\x00", "/**/[1]", "['1']")],
        *[(bad, None) for bad in ("?", "[?]", "[k0]", "0", '"', "[\\n1]", '["1"":2]', "[1][2]", "[1:2]", '["a":1]')],
    ],
    "array<string>": [
        (
            r'["a\"b\\\u00e9\ud83d\ude00\/\n", "", "=", "[1]", "null", 1.50, true, null]',
            ['a"b\\é😀/\n', "", "=", "[1]", "null", "1.50", "true", None],
        ),
        (r'["\\","\\\\\"",","]', ["\\", '\\\\"', ","]),
        *[(bad, None) for bad in (r'["\x"]', '["\n"]', r'["\ud83d"]', r'["\ude00\ud83d"]', r'["\u12"]', '["a""b"]')],
        *[
            (bad, None)
            for bad in (r"[\"a\"]", r'["a\"]', '["a" "b"]', "[[]]", "[{}]", '["\t"]', r'["\\""]', r'["\U0041"]')
        ],
    ],
    "array<decimal(20,2)>": [
        (
            "[123456789012345678.90, 0.10, 1.500, -0]",
            [Decimal("123456789012345678.90"), Decimal("0.10"), Decimal("1.50"), Decimal("0.00")],
        ),
        *[(bad, None) for bad in ("[1.555]", "[1e2]", "[1234567890123456789.00]", "[0.10,NaN]")],
    ],
    "array<double>": [("[0.1,1e308,-0.0]", [0.1, 1e308, -0.0]), ("[1e309]", None), ("[1e-400]", None)],
    "struct<a:int>": [
        ('{"a":1}', {"a": 1}),
        (r'{"\u0061":1}', {"a": 1}),
        ("{}", {"a": None}),
        ('{"a":null}', {"a": None}),
        *[
            (bad, None)
            for bad in ('{"a":1,"a":1}', r'{"a":1,"\u0061":1}', '{"a":1,"b":null}', '{"A":1}', "[]", '{"a":[]}')
        ],
        *[(bad, None) for bad in ('{"a"}', '{"a":1,}', "{a:1}", "{1:1}", '{"a":1}}', "{:1}", '{"":1}', '{"=a":1}')],
        *[(bad, None) for bad in ("{k0}", "{k:0}", '{"a":k0}', '{"a":"b":1}', '{"a" 1}', '{"a":1 "b":2}', '{"a":1]')],
    ],
    "map<string,int>": [
        ('{"a":1,"":null,"=x":3}', {"a": 1, "": None, "=x": 3}),
        ("{}", {}),
        *[(bad, None) for bad in ('{"a":1,"a":1}', r'{"a":1,"\u0061":2}', '{"a":{}}', '{"a":"x"}', "[1]")],
    ],
    "array<struct<code:string,qty:int>>": [
        ('[{"qty":1,"code":"x"},null,{}]', [{"code": "x", "qty": 1}, None, {"code": None, "qty": None}]),
        *[
            (bad, None)
            for bad in ('[{"qty":"x"}]', '[{"qty":1,"extra":2}]', '[{"qty":1,"qty":2}]', '{"qty":1}', "[[]]")
        ],
    ],
    "array<binary>": [('["00fF",""]', [b"\x00\xff", b""]), ('["0"]', None), ('["0g"]', None)],
    "array<boolean>": [('[true,"F",1]', [True, False, True]), ("[2]", None)],
}
BAD_DEEP = "[" * 300 + "]" * 300


def comparable(value: object) -> object:
    """Values of one kind alone are equal; times are naive and in UTC, zeros have a sign."""
    if isinstance(value, Mapping):
        return {key: comparable(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [comparable(v) for v in value]
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, float):
        return (value, math.copysign(1, value))
    return (type(value).__name__, format(value, "f") if isinstance(value, Decimal) else value)


def read_all(engine: Engine, land: Texts, type_: str, texts: Sequence[str | None]) -> list[object]:
    file = land(["text"], [[t] for t in texts])
    (slice_,) = slices([Group("landed", (TableColumn("x", "string"),), {file: ("s", None)})])
    found = evaluate(slice_, [Column("x", parse_type(type_), null_markers=())], slice_.rows())
    value = found.cells["x"].typed
    if "timestamp" in type_:
        value = cast(value, type_.replace("timestamp", "timestamp_ntz"))
    query = exp.Select(expressions=[column("_place"), value]).from_(subquery(found.rows, "r"))
    rows = engine.rows(query, {"landed": Input((file,), positions=True)})
    return [comparable(v) for _, v in sorted(rows, key=lambda row: int(str(row[0])))]


def check(engine: Engine, land: Texts, type_: str, texts: Sequence[str]) -> None:
    parsed = parse_type(type_)
    for text, value in zip(texts, read_all(engine, land, type_, texts), strict=True):
        expected = comparable(expect(text, parsed))
        assert value == expected, f"{text!r} as {type_}: {value!r}, not {expected!r}"


def expect(text: str, type_: ColumnType) -> object:
    """Told a second time, by the standard library and the oracle of flat texts."""
    try:
        told = json.loads(text, object_pairs_hook=pairs, parse_float=Told, parse_int=Told, parse_constant=refuse)
        json.dumps(text).encode()
        repr(told).encode("utf-8")
        return part(told, type_) if isinstance(told, (list, Pairs)) else None
    except (ValueError, RecursionError):
        return None


class Told(str):
    __slots__ = ()


class Pairs(dict[str, object]):
    pass


def pairs(told: list[tuple[str, object]]) -> Pairs:
    if len({k for k, _ in told}) < len(told):
        raise ValueError
    if any(0xD800 <= ord(c) < 0xE000 for k, _ in told for c in k):
        raise ValueError
    return Pairs(told)


def refuse(_: str) -> object:
    raise ValueError


def part(told: object, type_: ColumnType) -> object:
    if told is None:
        return None
    if type_.kind is Kind.ARRAY and isinstance(told, list):
        return [part(t, type_.within[0]) for t in told]
    if type_.kind is Kind.MAP and isinstance(told, Pairs):
        return {k: part(v, type_.within[0]) for k, v in told.items()}
    if type_.kind is Kind.STRUCT and isinstance(told, Pairs):
        if set(told) - {f for f, _ in type_.fields}:
            raise ValueError
        return {f: part(told.get(f), t) for f, t in type_.fields}
    if type_.nested or isinstance(told, (list, Pairs)):
        raise ValueError
    text = ("true" if told else "false") if isinstance(told, bool) else str(told)
    text.encode()
    value = oracle.read(text, type_)
    if value is None:
        raise ValueError
    return value


@pytest.mark.everywhere
@pytest.mark.parametrize("type_", CASES)
def test_a_text_is_read_where_it_is_json_of_the_type(engine: Engine, land: Texts, type_: str) -> None:
    texts = [t for t, _ in CASES[type_]]
    for (text, expected), value in zip(CASES[type_], read_all(engine, land, type_, texts), strict=True):
        assert value == comparable(expected), text


@pytest.mark.parametrize("type_", CASES)
def test_the_reference_and_the_oracle_agree_with_the_cases(type_: str) -> None:
    for text, expected in CASES[type_]:
        for found in (parse_any(text, parse_type(type_)), expect(text, parse_type(type_))):
            assert comparable(found) == comparable(expected), text


def test_no_value_stays_no_value(engine: Engine, land: Texts) -> None:
    for type_ in TYPES:
        assert read_all(engine, land, type_, [None]) == [comparable(None)]


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("array<string>", "[" + ",".join(['"x"'] * 50_000) + "]"),
        ("array<int>", "[" + ",".join(map(str, range(50_000))) + "]"),
        ("array<string>", '["' + r"\n\"\\\u00e9" * 20_000 + '"]'),
        ("array<string>", '["' + "y" * 300_000 + '"]'),
        ("map<string,int>", "{" + ",".join(f'"k{i}":{i}' for i in range(5_000)) + "}"),
        ("array<struct<a:int>>", "[" + ",".join(['{"a":1}', "{}", "null"] * 5_000) + "]"),
        ("array<array<long>>", BAD_DEEP),
        ("array<int>", "[" * 20_000),
        ("array<int>", '["' * 20_001),
        ("array<int>", "[" + "1e" * 20_000),
    ],
    ids=range(10),
)
def test_long_texts_are_read_too(engine: Engine, land: Texts, type_: str, text: str) -> None:
    check(engine, land, type_, [text, "[]"])


LEAVES = st.one_of(
    st.sampled_from(["1", "-0.0", "0.10", "1e5", "123456789012345678901", "true", "null", "NaN", "01", "1.", '"', "x"]),
    st.text(max_size=4).map(json.dumps),
    st.text(max_size=4).map(lambda t: json.dumps(t, ensure_ascii=False)),
    st.sampled_from([r'"\ud800"', r'"\/\u0000"', '"\\', '"2024-02-29"', '"2024-02-29T10:00:00+01:00"', '"ff"', '"[{"']),
)
NAMES = st.sampled_from(
    ['"a"', '"b"', '"c"', '"d"', '"code"', '"qty"', '"x"', '"order"', r'"\u0061"', '"k"', '""', "a"]
)
BLANK = st.sampled_from(["", "", "", " ", "\n\t", "\x0b"])


def bracketed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.lists(st.tuples(BLANK, inner, BLANK).map("".join), max_size=3).map(lambda i: f"[{','.join(i)}]")
    members = st.tuples(NAMES, BLANK, st.sampled_from([":", ":", ":", ",", ""]), inner).map("".join)
    objects = st.lists(members, max_size=3).map(lambda i: f"{{{','.join(i)}}}")
    return st.one_of(lists, objects)


ANY_JSON = bracketed(st.one_of(LEAVES, bracketed(st.one_of(LEAVES, bracketed(LEAVES)))))


def of(type_: ColumnType) -> st.SearchStrategy[str]:
    """Texts that are mostly of the type."""
    if type_.kind is Kind.ARRAY:
        inner = st.one_of(of(type_.within[0]), st.just("null"))
        return st.lists(st.tuples(BLANK, inner, BLANK).map("".join), max_size=3).map(lambda i: f"[{','.join(i)}]")
    if type_.kind is Kind.MAP:
        keys = st.sampled_from(['"a"', '"b"', '"\\"{"', '"ü"', '""'])
        entries = st.dictionaries(keys, of(type_.within[0]), max_size=3)
        return entries.map(lambda e: "{" + ",".join(f"{k} : {v}" for k, v in e.items()) + "}")
    if type_.kind is Kind.STRUCT:
        fields = st.fixed_dictionaries({}, optional={f'"{f}"': of(t) for f, t in type_.fields})
        return (
            fields.map(lambda e: list(e.items()))
            .flatmap(shuffled)
            .map(lambda e: "{" + ",".join(f"{k}:{v}" for k, v in e) + "}")
        )
    return st.one_of(st.sampled_from(GOOD[type_.kind]), st.sampled_from(GOOD[type_.kind]), LEAVES)


def shuffled(items: list[tuple[str, str]]) -> st.SearchStrategy[list[tuple[str, str]]]:
    return st.permutations(items) if items else st.just(items)


GOOD = {
    Kind.STRING: ['"a,b"', '"}"', r'"\"\\"', "1.50", '"é\\u00e9"', r'"\ud83d\ude00"'],
    Kind.BOOLEAN: ["true", "false", '"Yes"'],
    Kind.INT: ["1", "-5", '"+7"', "2147483647"],
    Kind.LONG: ["9223372036854775807", "0"],
    Kind.DOUBLE: ["0.1", "-1e-5", "1E+5", '"-0"'],
    Kind.DECIMAL: ["12345678901234567.10", "-0.5", "1"],
    Kind.DATE: ['"2024-02-29"', '"0001-01-01"'],
    Kind.TIMESTAMP: ['"2024-02-29T10:00:00.5+01:00"', '"1969-12-31"'],
    Kind.BINARY: ['"00fF"', '""', "12"],
}


@pytest.mark.everywhere
@pytest.mark.parametrize("type_", TYPES)
@examples(8)
@given(data=st.data())
def test_any_text_is_read_as_in_plain_python(engine: Engine, land: Texts, type_: str, data: st.DataObject) -> None:
    ends = st.tuples(BLANK, of(parse_type(type_)), st.sampled_from(["", "", "", " ", "x", "]", ",", "[1]"])).map(
        "".join
    )
    texts = data.draw(st.lists(st.one_of(of(parse_type(type_)), ends, ANY_JSON), min_size=30, max_size=50))
    texts = [t for t in texts if t.isascii() or not any(0xD800 <= ord(c) < 0xE000 for c in t)]
    check(engine, land, type_, texts)
