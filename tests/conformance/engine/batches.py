"""Batches of texts for hypothesis: contracts, landed parts, and what plain Python expects of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from attrs import frozen
from hypothesis import settings
from hypothesis import strategies as st
from sqlglot import exp

from lakekit.domain.contract import Column, Contract, rules
from lakekit.domain.types import Kind, parse_type
from lakekit.domain.watermark import CURSOR_KINDS, NullWatermark
from lakekit.ports.engine import Engine, Input, Written
from lakekit.sql.landing import Group
from lakekit.sql.lanes import Stamp
from lakekit.sql.tree import cast, column, table
from tests.conformance.engine import oracle
from tests.conformance.engine.conftest import Texts

STAMP = Stamp("2026-03-01T04:05:06.000007Z", 41, "2026-03-01")

NAMES = [
    *("id", "select", 'x"y', "it's", "ü", "c0", "t1", "v0", "bad", "r", "source"),
    *("a b", "Row", "order--", "=", "\x1e\x1f"),
]
STRANGERS = [
    *("_file", "_place", "_lane", "_extra", "filename", "file_row_number", "A", "a"),
    *("rules", "row", "=row", "", "{}", "\x1en"),
]
GOOD = {
    "string": ["a", "b", "abc", "Z", "é", "", "NA", "12"],
    "boolean": ["true", "F", "0", "yes"],
    "int": ["0", "1", "12", "-5", "+007", "2147483647"],
    "long": ["0", "12", "-9223372036854775808", "99"],
    "double": ["0", "1.5", "-2e3", ".5", "-0.0"],
    "decimal(6,2)": ["0", "1.5", "-12.25", "0012.10", "9999.99"],
    "date": ["2024-01-01", "2024-02-29", "0001-01-01"],
    "timestamp": ["2024-01-01", "2024-01-01T10:30Z", "2024-01-01 10:30:00.5+05:30", "1969-12-31T23:59:59Z"],
}
BAD = [
    *("", "NA", "x", " 1", "12abc", "1e999", "2024-02-30", "1_0", "9" * 30, "1.555", "nan"),
    *("\n", "\x1e\x1f", "\x1en", "\x1e", "'", "\\"),
]
PATTERNS = ["[a-z]+", "[0-9.+-]*", ".*", "a|b|12", r"\d{1,4}", "[^\\n]*", "(ab?c?)*"]


def examples(number: int) -> settings:
    """So many examples; of a profile that asks for fewer than the usual hundred, as many fewer."""
    return settings(max_examples=max(1, number * settings().max_examples // 100))


@frozen
class Part:
    """One landed part: its columns, rows of texts, source, and the column that holds positions."""

    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    source: str
    position: str | None


def texts(type_: str) -> st.SearchStrategy[str | None]:
    return st.one_of(st.sampled_from(GOOD[type_]), st.sampled_from([None, *BAD]), st.sampled_from(GOOD[type_]))


@st.composite
def columns(draw: st.DrawFn, name: str) -> Column:
    type_ = draw(st.sampled_from(sorted(GOOD)))
    told = st.sampled_from([t for t in GOOD[type_] if t])
    ordered = type_ != "boolean"
    return Column(
        name,
        parse_type(type_),
        required=draw(st.booleans()),
        default=draw(st.none() | st.none() | told),
        pattern=draw(st.none() | st.none() | st.sampled_from(PATTERNS)),
        minimum=draw(st.none() | st.none() | told) if ordered else None,
        maximum=draw(st.none() | st.none() | told) if ordered else None,
        allowed=tuple(draw(st.just([]) | st.lists(told, min_size=1, max_size=3))),
        null_markers=tuple(draw(st.sampled_from([("",), ("",), ("", "NA"), (), ("0", "12", "it's")]))),
    )


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    told = tuple(draw(columns(name)) for name in names)
    keys = tuple(draw(st.just([]) | st.lists(st.sampled_from(names), max_size=2, unique=True)))
    return Contract("any", told, keys, null_watermark=draw(st.sampled_from(NullWatermark)))


@st.composite
def parts(draw: st.DrawFn, contract: Contract) -> Part:
    types = {c.name: str(c.type) for c in contract.columns}
    known = draw(st.lists(st.sampled_from(list(types)), unique=True)) if draw(st.integers(0, 3)) == 0 else list(types)
    strangers = draw(st.lists(st.sampled_from(STRANGERS), max_size=3, unique=True))
    names = draw(st.permutations([*known, *strangers])) or ["_lane"]
    values = [texts(types.get(name, "string")) for name in names]
    rows = draw(st.lists(st.tuples(*values), max_size=12))
    source = draw(st.sampled_from(["s1", "s2", "it's/a [b]*.csv"]))
    if draw(st.booleans()):
        return Part(tuple(names), tuple(rows), source, None)
    numbered = tuple((*row, str(i * 10 + 3)) for i, row in enumerate(rows))
    return Part((*names, "line"), numbered, source, "line")


@st.composite
def batches(draw: st.DrawFn) -> tuple[Contract, str | None, list[Part]]:
    contract = draw(contracts())
    cursors = [c.name for c in contract.columns if c.type.kind in CURSOR_KINDS]
    cursor = draw(st.none() | st.sampled_from(cursors)) if cursors else None
    return contract, cursor, draw(st.lists(parts(contract), min_size=1, max_size=4))


def landed(engine: Engine, land: Texts, batch: Sequence[Part]) -> tuple[list[Group], dict[str, Input]]:
    """The parts as the app hands them over: grouped by their physical columns."""
    shapes: dict[object, dict[str, tuple[str, str | None]]] = {}
    for part in batch:
        file = land(part.names, part.rows)
        shapes.setdefault(engine.columns(file), {})[file] = (part.source, part.position)
    groups = [Group(f"g{i}", names, found) for i, (names, found) in enumerate(shapes.items())]  # type: ignore[arg-type]
    return groups, {g.name: Input(tuple(g.parts), positions=True) for g in groups}


def expected(contract: Contract, cursor: str | None, batch: Sequence[Part]) -> tuple[list[object], list[object]]:
    """The accepted rows, and the rejected ones as (source, row, reasons, values), in a form that can be compared."""
    accepted, rejected = [], []
    for part in batch:
        for place, raw in enumerate(part.rows):
            row = dict(zip(part.names, raw, strict=True))
            number = int(str(row.pop(part.position))) if part.position else place + 1
            if wrong := oracle.reasons(contract, cursor, row):
                rejected.append(comparable((part.source, number, wrong, row)))
                continue
            values = [oracle.column_value(c, row.get(c.name))[1] for c in contract.columns]
            extra = {n: v for n, v in row.items() if n not in {c.name for c in contract.columns}}
            accepted.append(comparable((*values, extra or None, part.source)))
    return sorted(accepted, key=str), sorted(rejected, key=str)


def read_accepted(engine: Engine, contract: Contract, files: Sequence[Written]) -> list[object]:
    """The rows of a lane of bronze rows as `expected` tells them."""
    values: list[exp.Expression] = []
    for c in contract.columns:
        is_time = c.type.kind is Kind.TIMESTAMP
        values.append(cast(column(c.name), "timestamp_ntz") if is_time else column(c.name))
    query = exp.Select(expressions=[*values, column("_extra"), column("_source")]).from_(table("t"))
    return sorted((comparable(row) for row in rows_of(engine, query, files)), key=str)


def read_quarantine(engine: Engine, contract: Contract, cursor: str | None, files: Sequence[Written]) -> list[object]:
    """The rows of a quarantine as `expected` tells them."""
    query = exp.Select(expressions=[column(c) for c in ("_source", "_row", "reasons", "values")]).from_(table("t"))
    messages = {(r.code, r.column): r.message for r in rules(contract, cursor)}
    told = []
    for source, row, reasons, values in rows_of(engine, query, files):
        assert all(messages[r["code"], r["column"]] == r["message"] for r in reasons)  # type: ignore[attr-defined]
        wrong = [(r["code"], r["column"]) for r in reasons]  # type: ignore[attr-defined]
        told.append(comparable((source, row, wrong, values)))
    return sorted(told, key=str)


def rows_of(engine: Engine, query: exp.Query, files: Sequence[Written]) -> Sequence[tuple[object, ...]]:
    return engine.rows(query, {"t": Input(tuple(str(w.path) for w in files))}) if files else ()


def comparable(value: object) -> object:
    """Values of one kind alone are equal; maps in the order of their keys."""
    if isinstance(value, (tuple, list)):
        return tuple(comparable(v) for v in value)
    if isinstance(value, Mapping):
        return tuple(sorted((k, comparable(v)) for k, v in value.items()))
    if isinstance(value, Decimal):
        return ("decimal", format(value, "f"))
    return ("time", value.isoformat()) if isinstance(value, (date, datetime)) else (type(value).__name__, repr(value))


def lane(files: Sequence[Written], name: str) -> list[Written]:
    return [w for w in files if w.lane == name]


def total(files: Sequence[Written]) -> int:
    return sum(w.rows for w in files)
