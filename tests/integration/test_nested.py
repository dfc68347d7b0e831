"""Nested and binary columns from files to table, quarantine and next increment, read back without lakekit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from lakekit.domain.batch import Counts
from tests.integration.projects import Project

COLUMNS = {
    "id": "long",
    "items": "array<struct<code:string,price:decimal(30,2)>>",
    "tags": "map<string,int>",
    "at": "struct<lat:double,days:array<date>>",
    "raw": "binary",
}
GOOD = {
    "id": 1,
    "items": [{"price": Decimal("1234567890123456789012345.10"), "code": 'a"\\é,'}, None, {"code": None}],
    "tags": {"x": 1, "y": None},
    "at": {"lat": 0.1, "days": ["2024-02-29"]},
    "raw": "00fF",
}


def lines(*rows: Mapping[str, object]) -> str:
    text = "\n".join(json.dumps(r, default=lambda _: "@", ensure_ascii=False) for r in rows)
    return text.replace('"@"', "1234567890123456789012345.10") + "\n"


def write_json(project: Project, name: str, *rows: Mapping[str, object]) -> None:
    path = project.root / "data" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(lines(*rows))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.contract(COLUMNS, keys=("id",))
    return made


def of_polars(project: Project) -> pl.DataFrame:
    files = DeltaTable(str(project.root / "lake" / "bronze" / "things")).file_uris()
    return pl.read_parquet(files).sort("id").select(list(COLUMNS))


def as_map(told: object) -> dict[str, object]:
    """Not every version of Polars reads maps as such."""
    return told if isinstance(told, dict) else {e["key"]: e["value"] for e in told}  # type: ignore[attr-defined]


def test_nested_values_of_json_lines_are_read_back_by_others(project: Project) -> None:
    project.settings(path="data/*.jsonl", load_type="incremental")
    bad = (
        {"tags": {"x": 1.5}},
        {"items": [{"cod": "a"}]},
        {"at": {"days": ["2024-02-30"]}},
        {"raw": "0"},
        {"items": {}},
    )
    write_json(project, "a.jsonl", GOOD, {"id": 2}, *({"id": 3, **b} for b in bad))
    (batch,) = project.ingest()
    assert batch.counts == Counts(7, 2, 5)
    assert {(r.code, r.column): r.rows for r in batch.reasons} == {
        ("cast_failed", "items"): 2,
        ("cast_failed", "tags"): 1,
        ("cast_failed", "at"): 1,
        ("cast_failed", "raw"): 1,
    }
    schema = DeltaTable(str(project.root / "lake" / "bronze" / "things")).schema().to_json()
    items, tags = (json.loads(schema)["fields"][i]["type"] for i in (1, 2))
    assert [f["type"] for f in items["elementType"]["fields"]] == ["string", "decimal(30,2)"]
    assert (tags["keyType"], tags["valueType"]) == ("string", "integer")
    first, second = of_polars(project).rows()
    price = Decimal("1234567890123456789012345.10")
    assert first[1] == [{"code": 'a"\\é,', "price": price}, None, {"code": None, "price": None}]
    assert as_map(first[2]) == {"x": 1, "y": None}
    items, tags, raw = project.rows("items, tags, hex(raw)")[0]
    assert (items[0]["code"], as_map(tags)["x"], raw) == ('a"\\é,', 1, "00FF")
    assert (first[3]["lat"], [str(d) for d in first[3]["days"]], first[4]) == (0.1, ["2024-02-29"], b"\x00\xff")
    assert second == (2, None, None, None, None)
    quarantined = set(project.rows("values['items']", "_errors/bronze/things"))
    assert quarantined == {None, '[{"cod":"a"}]', "{}"}


def test_nested_values_of_parquet_are_read_back_by_others(project: Project) -> None:
    project.settings(path="data/*.parquet", load_type="incremental", format="parquet")
    (project.root / "data").mkdir()
    query = """
        SELECT 1 AS id, [{'code': 'a', 'price': 1.5::DECIMAL(4,1)}] AS items, MAP {'y': 2, 'x': 1} AS tags,
            {'lat': 1, 'days': [DATE '2024-02-29']} AS at, '\\x00\\xFF'::BLOB AS raw
        UNION ALL SELECT 2, [{'code': 'b', 'price': 1.5}], MAP {'x': 1}, {'lat': 1, 'days': []}, NULL
    """
    duckdb.sql(query).write_parquet(str(project.root / "data" / "a.parquet"))
    extra = "SELECT 3 AS id, [{'code': 'a', 'price': 1.5, 'note': 'lost'}] AS items"
    duckdb.sql(extra).write_parquet(str(project.root / "data" / "b.parquet"))
    batches = project.ingest()
    assert sum(b.counts.published for b in batches if b.counts) == 2
    assert [(r.code, r.column) for b in batches for r in b.reasons] == [("cast_failed", "items")]
    first, second = of_polars(project).rows()
    assert first[1] == [{"code": "a", "price": Decimal("1.50")}]
    assert as_map(first[2]) == {"x": 1, "y": 2}
    assert (first[3]["lat"], first[4], second[3]["days"]) == (1.0, b"\x00\xff", [])


def test_a_nested_row_that_is_read_again_is_a_duplicate_whatever_the_order_of_its_names(project: Project) -> None:
    project.settings(path="data/*.jsonl", load_type="incremental", watermark_column="id")
    same = {**GOOD, "tags": {"y": None, "x": 1}, "at": {"days": ["2024-02-29"], "lat": 1e-1}}
    write_json(project, "a.jsonl", GOOD, same, {**GOOD, "tags": {"y": None, "x": 2}})
    (first,) = project.ingest()
    assert first.counts == Counts(3, 2, 0, 1)
    write_json(project, "b.jsonl", same, {**same, "raw": "00"})
    (second,) = project.ingest()
    assert second.counts == Counts(5, 1, 0, 4)
