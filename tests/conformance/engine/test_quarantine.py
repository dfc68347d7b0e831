"""What was rejected can be told apart, told again, and replayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlglot import exp

from lakekit.domain.contract import Column, Contract
from lakekit.domain.types import parse_type
from lakekit.ports.engine import Engine, Input, Written
from lakekit.sql.landing import Group
from lakekit.sql.lanes import DUPLICATE, REJECTED, lanes_query
from lakekit.sql.quarantine import EXISTING, MALFORMED_TABLE, QUARANTINED, quarantine_query
from lakekit.sql.tree import column, table
from tests.conformance.engine.batches import STAMP, Part, landed, lane
from tests.conformance.engine.conftest import Texts

CONTRACT = Contract("c", (Column("id", parse_type("long"), required=True), Column("b", parse_type("string"))))


def files(written: Sequence[Written]) -> Input:
    return Input(tuple(str(w.path) for w in written))


def quarantine(
    engine: Engine,
    folders: Iterator[Path],
    rejected: Sequence[Written],
    held: Input | None = None,
    same: Sequence[str] = ("content_hash",),
) -> tuple[Written, ...]:
    query = quarantine_query(CONTRACT, None, STAMP, rejected=True, malformed={}, existing=tuple(same) if held else ())
    inputs = {REJECTED: files(rejected), **({EXISTING: held} if held else {})}
    return engine.write(query, inputs, next(folders))


def reject(engine: Engine, land: Texts, folders: Iterator[Path], parts: Sequence[Part]) -> Sequence[Written]:
    groups, inputs = landed(engine, land, parts)
    return lane(engine.write(lanes_query(CONTRACT, None, groups, STAMP), inputs, next(folders)), REJECTED)


def told(engine: Engine, written: Sequence[Written], *names: str) -> list[tuple[object, ...]]:
    query = exp.Select(expressions=[column(n) for n in names]).from_(table("q"))
    return sorted(engine.rows(query, {"q": files(written)})) if written else []


def part(*rows: tuple[str | None, ...], names: tuple[str, ...] = ("id", "b"), source: str = "s") -> Part:
    return Part(names, rows, source, None)


def test_as_many_rows_as_the_quarantine_holds_are_duplicates(
    engine: Engine, land: Texts, folders: Iterator[Path]
) -> None:
    before = quarantine(engine, folders, reject(engine, land, folders, [part(("x", "1"), ("x", "1"), ("y", "1"))]))
    rows = (("x", "1"), ("x", "1"), ("x", "1"), ("y", "1"), ("z", "1"))
    again = quarantine(engine, folders, reject(engine, land, folders, [part(*rows)]), files(before))
    assert told(engine, lane(again, DUPLICATE), "_row") == [(1,), (2,), (4,)]
    assert told(engine, lane(again, QUARANTINED), "_row") == [(3,), (5,)]


def test_rows_can_be_known_again_by_their_source_too(engine: Engine, land: Texts, folders: Iterator[Path]) -> None:
    before = quarantine(engine, folders, reject(engine, land, folders, [part(("x", "1"), source="old")]))
    parts = [part(("x", "1"), source="old"), part(("x", "1"), source="new")]
    same = ("_source", "content_hash")
    again = quarantine(engine, folders, reject(engine, land, folders, parts), files(before), same)
    assert told(engine, lane(again, DUPLICATE), "_source") == [("old",)]
    assert told(engine, lane(again, QUARANTINED), "_source") == [("new",)]


def test_equal_rows_alone_have_equal_hashes(engine: Engine, land: Texts, folders: Iterator[Path]) -> None:
    alike = [
        part(("x", "1")),
        part(("1", "x"), names=("b", "id")),  # the order of columns means nothing
    ]
    others = [
        part(("x", None), ("x", ""), ("x", "-"), ("x", "0:"), ("x1", ""), ("", "x1"), ("x", "1:b"), (None, "x")),
        part(("x",), names=("id",)),
        part(("x", "1"), names=("id", "B")),
        part(("x", "1", None), names=("id", "b", "c")),
        part(("x", "1", ""), names=("id", "b", "c")),
        part(("x", "1"), names=("id", "b1:")),
    ]
    kept = quarantine(engine, folders, reject(engine, land, folders, [*alike, *others]))
    counted = Counter(h for (h,) in told(engine, kept, "content_hash"))
    assert sorted(counted.values()) == [1] * (sum(len(p.rows) for p in others)) + [2]
    assert all(len(str(h)) == 64 for h in counted)


def test_malformed_records_keep_their_line_and_text(engine: Engine, land_typed: Texts, folders: Iterator[Path]) -> None:
    first, second = (
        land_typed(f"SELECT * FROM (VALUES ({line}::BIGINT, '{text}')) AS t(_row, _raw)")
        for line, text in ((7, "a,b,c,d"), (1, "x"))
    )
    query = quarantine_query(CONTRACT, None, STAMP, rejected=False, malformed={first: "a.csv", second: "b.csv"})
    kept = engine.write(query, {MALFORMED_TABLE: Input((first, second), positions=True)}, next(folders))
    reasons = [{"code": "malformed_record", "column": "", "message": "the record could not be parsed"}]
    assert told(engine, kept, "_source", "_row", "values", "reasons", "contract_version", "_batch_id") == [
        ("a.csv", 7, {"_raw": "a,b,c,d"}, reasons, CONTRACT.version, STAMP.batch_id),
        ("b.csv", 1, {"_raw": "x"}, reasons, CONTRACT.version, STAMP.batch_id),
    ]


@pytest.mark.everywhere
def test_values_of_typed_columns_are_kept_as_texts(engine: Engine, land_typed: Texts, folders: Iterator[Path]) -> None:
    when = "TIMESTAMP '2024-01-01 10:00:00'"
    file = land_typed(f"SELECT 1.5::DOUBLE AS id, {when} AS b, [1, NULL] AS c, true AS d, NULL AS e")
    groups = [Group("g", engine.columns(file), {file: ("s", None)})]
    inputs = {"g": Input((file,), positions=True)}
    rejected = engine.write(lanes_query(CONTRACT, None, groups, STAMP), inputs, next(folders))
    kept = quarantine(engine, folders, rejected)
    assert told(engine, kept, "values") == [
        ({"id": "1.5", "b": "2024-01-01T10:00:00.000000Z", "c": "[1,null]", "d": "true", "e": None},)
    ]
