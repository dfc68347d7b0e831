"""A column that gets wider, in its contract or at its source, gets wider in its table: no row changes, none is lost,
and none is read twice for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from attrs import evolve
from deltalake import DeltaTable

from lakekit.app.ingest import ingest
from lakekit.app.state import move
from lakekit.app.telemetry import Silent
from lakekit.cli.documents import run as document
from lakekit.cli.render import problems
from lakekit.compose import application
from lakekit.domain.report import BatchReport, Ending, RunReport
from lakekit.domain.schema import ColumnChange
from lakekit.domain.upkeep import Wishes
from lakekit.project.selection import EVERYTHING
from tests.integration.projects import Project
from tests.spark import LOCAL

WIDEN = {"type_change": "widen"}
BY_FILES = {"load_type": "incremental", "path": "data/*"}
ALONG = {**BY_FILES, "watermark_column": "n", "lookback": "5"}
LARGE = 2**40


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.settings(**BY_FILES)
    return made


def contract(project: Project, columns: Mapping[str, str], **rules: Mapping[str, object]) -> None:
    project.contract(columns, evolution=WIDEN, **rules)


def parquet(project: Project, name: str, query: str) -> None:
    (project.root / "data").mkdir(exist_ok=True)
    duckdb.sql(query).write_parquet(str(project.root / "data" / name))


def published(project: Project) -> BatchReport:
    (batch,) = project.ingest()
    assert batch.ending is Ending.PUBLISHED, batch.failure
    return batch


def refused(project: Project) -> str:
    (batch,) = project.ingest()
    assert batch.failure
    return batch.failure.code


def delta(project: Project) -> DeltaTable:
    return DeltaTable(project.root / "lake/bronze/things")


def types(project: Project) -> dict[str, str]:
    fields = json.loads(delta(project).schema().to_json())["fields"]
    named = {f["name"]: f["type"] for f in fields if not f["name"].startswith("_")}
    return {name: type_.replace("integer", "int") for name, type_ in named.items()}


def by_polars(project: Project, *columns: str) -> list[tuple[Any, ...]]:
    rows = pl.read_delta(str(project.root / "lake/bronze/things")).select(columns).rows()
    return sorted(rows, key=lambda row: (row[0] is None, row))


CONTRACTS = [
    ("int", "long", ["1", "-2147483648"], str(LARGE), [-(2**31), 1, LARGE]),
    ("int", "decimal(12,2)", ["7", "2147483647"], "0.25", [Decimal("0.25"), Decimal(7), Decimal(2**31 - 1)]),
    ("long", "decimal(38,19)", ["-9223372036854775808"], "1.5", [Decimal(-(2**63)), Decimal("1.5")]),
    ("decimal(4,2)", "decimal(18,4)", ["12.34"], "0.0001", [Decimal("0.0001"), Decimal("12.34")]),
    ("float", "double", ["0.5", "1e30"], "0.1", [0.1, 0.5, duckdb.sql("SELECT 1e30::FLOAT").fetchall()[0][0]]),
]


@pytest.mark.parametrize(("before", "after", "old", "new", "expected"), CONTRACTS)
def test_a_contract_with_a_wider_type_widens_the_column(
    project: Project, before: str, after: str, old: list[str], new: str, expected: list[object]
) -> None:
    contract(project, {"id": "long", "n": before})
    project.file("1.csv", *(f"{i},{value}" for i, value in enumerate(old)), "9,", header="id,n")
    published(project)
    contract(project, {"id": "long", "n": after})
    assert project.ingest()[0].ending is Ending.NOTHING_NEW
    project.file("2.csv", f"10,{new}", header="id,n")
    batch = published(project)
    assert [change.line() for change in batch.widened] == [f"n {before}, now {after}"]
    assert types(project) == {"id": "long", "n": after}
    assert [row[0] for row in by_polars(project, "n")] == [*expected, None]
    assert project.rows("n") == [*expected, None]
    assert project.rows("id") == [*range(len(old)), 9, 10]
    (again,) = project.ingest()
    assert (again.ending, again.widened) == (Ending.NOTHING_NEW, ())


SOURCES = [
    ("int", f"{LARGE}::BIGINT", "long"),
    ("long", "1.25::DECIMAL(5,2)", "decimal(21,2)"),
    ("decimal(4,2)", "3::SMALLINT", "decimal(7,2)"),
    ("decimal(4,2)", "100000::INTEGER", "decimal(12,2)"),
    ("float", "0.1::DOUBLE", "double"),
]


@pytest.mark.parametrize(("before", "value", "after"), SOURCES)
def test_a_source_with_a_wider_type_widens_the_column_and_it_stays_so(
    project: Project, before: str, value: str, after: str
) -> None:
    contract(project, {"id": "long", "n": before})
    project.file("1.csv", "1,5", header="id,n")
    published(project)
    parquet(project, "2.parquet", f"SELECT 2 AS id, {value} AS n")
    batch = published(project)
    assert batch.drift
    assert batch.drift.lines()[0].startswith(f"~ n {before}, now ")
    assert [(w.before, w.after) for w in batch.widened] == [(before, after)]
    (told,) = duckdb.sql(f"SELECT {value}").fetchall()
    assert by_polars(project, "id", "n") == [(1, 5), (2, told[0])]
    project.file("3.csv", "3,7", header="id,n")
    third = published(project)
    assert (third.widened, third.counts.quarantined, types(project)["n"]) == ((), 0, after)
    assert by_polars(project, "id", "n") == [(1, 5), (2, told[0]), (3, 7)]
    contract(project, {"id": "long", "n": after})
    project.file("4.csv", "4,8", header="id,n")
    assert published(project).widened == ()


def test_contract_and_table_that_each_hold_what_the_other_does_not_meet_in_the_least_type_of_both(
    project: Project,
) -> None:
    contract(project, {"id": "long", "n": "int"})
    parquet(project, "1.parquet", f"SELECT 1 AS id, {LARGE}::BIGINT AS n")
    assert published(project).widened == ()  # a table that is made now
    assert types(project)["n"] == "long"
    contract(project, {"id": "long", "n": "decimal(12,2)"})
    project.file("2.csv", "2,0.25", header="id,n")
    published(project)
    assert types(project)["n"] == "decimal(21,2)"
    assert by_polars(project, "id", "n") == [(1, LARGE), (2, Decimal("0.25"))]


class Beaten:
    """A table store before whose rewrites another writer commits, so many times."""

    def __init__(self, project: Project, store: Any, times: int) -> None:
        self.project, self.store, self.times = project, store, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def rewrite(self, *told: Any) -> int:
        if self.times:
            delta(self.project).alter.set_table_properties(
                {"delta.logRetentionDuration": f"interval {self.times} days"}
            )
            self.times -= 1
        version: int = self.store.rewrite(*told)
        return version


def test_a_widening_that_comes_second_is_made_anew(project: Project) -> None:
    contract(project, {"id": "long", "n": "int"})
    project.file("1.csv", "1,5", header="id,n")
    published(project)
    parquet(project, "2.parquet", f"SELECT 2 AS id, {LARGE}::BIGINT AS n")
    with application(project.root, None, Silent()) as app:
        (job,) = app.jobs()
        tools: Any = evolve(app.tools, tables=Beaten(project, app.tools.tables, 2))
        (batch,) = ingest(tools, job, app.run)
    assert batch.widened
    assert by_polars(project, "id", "n") == [(1, 5), (2, LARGE)]
    folders = [path.name for path in (project.root / "lake/bronze/things").glob("widened-*")]
    assert len(folders) == 1  # those of the attempts that lost are gone


@pytest.mark.parametrize(
    ("before", "after"),
    [("int", "double"), ("date", "timestamp"), ("decimal(38,2)", "decimal(38,3)"), ("long", "string")],
)
def test_what_would_lose_or_change_a_value_is_refused(project: Project, before: str, after: str) -> None:
    contract(project, {"id": "long", "n": before})
    project.file("1.csv", "1,", header="id,n")
    published(project)
    contract(project, {"id": "long", "n": after})
    assert refused(project) == "contract.type_changed"


def test_without_the_policy_nothing_is_widened(project: Project) -> None:
    project.contract({"id": "long", "n": "int"})
    project.file("1.csv", "1,1", header="id,n")
    published(project)
    parquet(project, "2.parquet", f"SELECT unnest([2, 3]) AS id, unnest([2, {LARGE}]) AS n")
    assert published(project).counts.quarantined == 1
    project.contract({"id": "long", "n": "long"})
    assert refused(project) == "contract.type_changed"
    assert types(project)["n"] == "int"


def test_a_source_of_a_type_with_no_common_one_is_judged_value_by_value(project: Project) -> None:
    contract(project, {"id": "long", "n": "int"})
    parquet(project, "1.parquet", "SELECT unnest([1, 2]) AS id, unnest([1.0, 2.5])::DOUBLE AS n")
    batch = published(project)
    assert (batch.counts.published, batch.counts.quarantined, batch.widened) == (1, 1, ())


@pytest.mark.parametrize("after", ["long", "decimal(12,2)"])
def test_along_a_watermark_that_is_widened_rows_that_come_again_are_known_again(project: Project, after: str) -> None:
    project.settings(**ALONG)
    columns = {"id": "long", "n": "int", "size": "int"}
    contract(project, columns)
    lines = ["1,10,1", "2,20,2", "3,20,"]
    project.file("1.csv", *lines, header="id,n,size")
    published(project)
    contract(project, {**columns, "n": after, "size": "long"})
    with application(project.root, None, Silent()) as app:
        (planned,) = app.plan()
    assert planned.failure is None
    project.file("1.csv", *lines, "4,17,4", f"5,3000000000,{LARGE}", header="id,n,size")
    batch = published(project)
    assert (batch.counts.published, batch.counts.duplicates) == (2, 2)
    assert batch.watermark
    assert (batch.watermark.type, Decimal(batch.watermark.value)) == (after, 3_000_000_000)
    assert project.rows("id, size") == [(1, 1), (2, 2), (3, None), (4, 4), (5, LARGE)]


@pytest.mark.parametrize("engine", ["embedded", pytest.param("spark", marks=LOCAL)])
def test_on_every_engine_the_same_table_is_widened(project: Project, engine: str) -> None:
    project.settings(**{**ALONG, "lookback": "5"}, delta={"partition_by": ["part"], "constraints": True})
    settings = project.root / "config/dev.yaml"
    settings.write_text(settings.read_text() + f"\nengine: {engine}\n")
    columns = {"id": "long", "n": "int", "part": "int", "price": "decimal(4,2)"}
    contract(project, columns)
    lines = ["1,10,1,1.25", "2,20,2,", "3,21,,0.5"]
    project.file("1.csv", *lines, header="id,n,part,price")
    published(project)
    contract(project, {**columns, "n": "decimal(12,2)", "part": "long"})
    project.file("1.csv", *lines, header="id,n,part,price")
    parquet(project, "2.parquet", f"SELECT 4 AS id, {LARGE} AS n, 1 AS part, 1234.5678::DECIMAL(8,4) AS price")
    batch = published(project)
    assert (batch.counts.published, batch.counts.duplicates, batch.counts.quarantined) == (1, 2, 0)
    assert types(project) == {"id": "long", "n": "decimal(21,2)", "part": "long", "price": "decimal(8,4)"}
    assert by_polars(project, *columns) == [
        (1, 10, 1, Decimal("1.25")),
        (2, 20, 2, None),
        (3, 21, None, Decimal("0.5")),
        (4, LARGE, 1, Decimal("1234.5678")),
    ]


def test_a_source_that_widens_the_watermark_column_is_read_once(project: Project) -> None:
    project.settings(**ALONG)
    contract(project, {"id": "long", "n": "int"})
    project.file("1.csv", "1,10", "2,20", header="id,n")
    published(project)
    parquet(project, "2.parquet", f"SELECT unnest([2, 3, 4]) AS id, unnest([20, 21, {LARGE}])::BIGINT AS n")
    (project.root / "data/1.csv").unlink()
    batch = published(project)
    assert (batch.counts.published, batch.counts.duplicates) == (2, 1)
    assert (batch.watermark and batch.watermark.value) == str(LARGE)
    parquet(project, "3.parquet", f"SELECT 5 AS id, {LARGE + 1}::BIGINT AS n")
    published(project)
    assert project.rows("id, n") == [(1, 10), (2, 20), (3, 21), (4, LARGE), (5, LARGE + 1)]
    with application(project.root, None, Silent()) as app:
        assert app.plan()[0].failure is None
        (job,) = app.jobs()
        assert move(app.tools, job, str(2**33), skip=False)[1].value == str(2**33)
    assert published_or_nothing(project) == []


def published_or_nothing(project: Project) -> list[object]:
    """The ids that a run added."""
    before = project.rows("id")
    (batch,) = project.ingest()
    assert batch.failure is None
    return [row for row in project.rows("id") if row not in before]


def test_a_float_along_a_watermark_stays_one_until_all_is_read_anew(project: Project) -> None:
    """The text 0.1 is one float and another double: a row that is read again would not be known again."""
    project.settings(**ALONG)
    contract(project, {"id": "long", "n": "long", "x": "float"})
    project.file("1.csv", "1,10,0.1", header="id,n,x")
    published(project)
    parquet(project, "2.parquet", "SELECT 2 AS id, 11 AS n, 0.5::DOUBLE AS x")
    batch = published(project)
    assert (batch.widened, types(project)["x"]) == ((), "float")
    contract(project, {"id": "long", "n": "long", "x": "double"})
    assert refused(project) == "contract.float_not_widened"
    with application(project.root, None, Silent()) as app:
        (batch,) = app.ingest(EVERYTHING, full_refresh=True).batches
    assert batch.failure is None
    assert project.rows("id, x") == [(1, 0.1), (2, 0.5)]
    contract(project, {"id": "long", "n": "long", "x": "float"})  # the table stays what it has become
    project.file("3.csv", "3,12,0.2", header="id,n,x")
    batch = published(project)
    assert (batch.counts.published, batch.counts.duplicates, types(project)["x"]) == (1, 2, "double")


def test_a_table_that_is_put_back_is_widened_again(project: Project) -> None:
    contract(project, {"id": "long", "n": "int"})
    project.file("1.csv", "1,1", header="id,n")
    narrow = published(project).table_version
    contract(project, {"id": "long", "n": "long"})
    project.file("2.csv", f"2,{LARGE}", header="id,n")
    published(project)
    assert narrow is not None
    with application(project.root, None, Silent()) as app:
        told = app.table_diff("things", narrow, None, quarantine=False)
        assert told.columns == (ColumnChange("n", "int", "long"),)
        assert [(b.batch, b.added, b.removed) for b in told.batches] == [(2, 1, 0)]
        app.table_restore("things", narrow, lambda _: None, quarantine=False, dry_run=False)
    assert types(project)["n"] == "int"
    assert published(project).widened
    assert types(project)["n"] == "long"
    assert project.rows("id, n") == [(1, 1), (2, LARGE)]


@pytest.mark.parametrize(("before", "after", "value"), [("int", "decimal(12,2)", "5"), ("float", "double", "0.1")])
def test_a_widening_is_no_difference_of_rows(project: Project, before: str, after: str, value: str) -> None:
    contract(project, {"id": "long", "n": before})
    project.file("1.csv", f"1,{value}", header="id,n")
    narrow = published(project).table_version
    contract(project, {"id": "long", "n": after})
    project.file("2.csv", "x,", header="id,n")
    published(project)
    assert narrow is not None
    with application(project.root, None, Silent()) as app:
        assert app.table_diff("things", narrow, None, quarantine=False).batches == ()


def test_partitions_constraints_and_properties_stay(project: Project) -> None:
    table = {"partition_by": ["n"], "constraints": True, "log_retention": "60d"}
    project.settings(**BY_FILES, delta=table)
    contract(project, {"id": "int", "n": "int"}, id={"required": True, "min": 0})
    project.file("1.csv", "1,5", "2,", "3,5", header="id,n")
    published(project)
    before = delta(project)
    delta(project).optimize.compact()
    contract(project, {"id": "long", "n": "long"}, id={"required": True, "min": 0})
    project.file("2.csv", f"{LARGE},{LARGE}", header="id,n")
    published(project)
    after = delta(project)
    assert (after.metadata().partition_columns, after.metadata().id) == (["n"], before.metadata().id)
    assert after.metadata().configuration == before.metadata().configuration
    assert types(project) == {"id": "long", "n": "long"}
    assert by_polars(project, "id", "n") == [(1, 5), (2, None), (3, 5), (LARGE, LARGE)]
    found = pl.DataFrame(after.get_add_actions(flatten=True))
    assert sorted(found["partition.n"].to_list(), key=str) == [LARGE, 5, None]
    with application(project.root, None, Silent()) as app:
        list(app.table_options(["things"], apply=True))
        app.optimize(EVERYTHING, Wishes(), lambda *_: None, dry_run=False)
    assert by_polars(project, "id", "n") == [(1, 5), (2, None), (3, 5), (LARGE, LARGE)]


def test_a_partition_column_becomes_nothing_that_names_no_partition(project: Project) -> None:
    project.settings(**BY_FILES, delta={"partition_by": ["n"]})
    contract(project, {"id": "long", "n": "int"})
    project.file("1.csv", "1,5", header="id,n")
    published(project)
    project.settings(**BY_FILES)
    contract(project, {"id": "long", "n": "decimal(12,2)"})
    assert refused(project) == "contract.partition_not_widened"


def feed(project: Project) -> None:
    project.settings(**BY_FILES, delta={"change_data_feed": True})


def append_only(project: Project) -> None:
    delta(project).alter.set_table_properties({"delta.appendOnly": "true"})


@pytest.mark.parametrize(
    ("kind", "code"), [(feed, "contract.feed_not_widened"), (append_only, "contract.append_only_not_widened")]
)
def test_a_table_whose_readers_would_be_told_of_changed_rows_is_left_alone(
    project: Project, kind: Callable[[Project], None], code: str
) -> None:
    contract(project, {"id": "long", "n": "int"})
    if kind is feed:
        kind(project)
    project.file("1.csv", "1,5", header="id,n")
    published(project)
    if kind is not feed:
        kind(project)
    parquet(project, "2.parquet", f"SELECT 2 AS id, {LARGE}::BIGINT AS n")
    assert refused(project) == code
    assert types(project)["n"] == "int"
    project.contract({"id": "long", "n": "int"})
    resumed, _ = project.ingest()
    assert (resumed.counts.quarantined, resumed.failure) == (1, None)


def test_a_batch_that_is_held_widens_nothing(project: Project) -> None:
    contract(project, {"id": "long", "n": "int"})
    project.file("1.csv", "1,5", header="id,n")
    version = published(project).table_version
    project.suite({"check": "rows", "min": 2, "severity": "critical"})
    parquet(project, "2.parquet", f"SELECT 2 AS id, {LARGE}::BIGINT AS n")
    (held,) = project.ingest()
    assert held.ending is Ending.HELD
    assert (types(project)["n"], delta(project).version()) == ("int", version)


def test_the_new_files_tell_what_others_may_know_and_are_no_change_of_data(project: Project) -> None:
    contract(project, {"id": "long", "n": "int", "who": "int"}, who={"pii": "number"})
    project.file("1.csv", "1,5,1234554321", header="id,n,who")
    published(project)
    contract(project, {"id": "long", "n": "long", "who": "long"}, who={"pii": "number"})
    project.file("2.csv", "2,6,1234554322", header="id,n,who")
    batch = published(project)
    assert batch.table_version is not None
    log = project.root / f"lake/bronze/things/_delta_log/{batch.table_version - 1:020}.json"
    actions = [json.loads(line) for line in log.read_text().splitlines()]
    (added,) = [a["add"] for a in actions if "add" in a]
    stats = json.loads(added["stats"])
    assert (added["dataChange"], stats["numRecords"]) == (False, 1)
    assert stats["minValues"].items() >= {"id": 1, "n": 5}.items()
    assert "who" not in {**stats["minValues"], **stats["maxValues"], **stats["nullCount"]}
    assert "12345543" not in log.read_text()


def test_a_widening_is_told_by_the_run_and_in_the_log(project: Project) -> None:
    contract(project, {"id": "long", "n": "int"})
    project.file("1.csv", "1,5", header="id,n")
    published(project)
    parquet(project, "2.parquet", f"SELECT 2 AS id, {LARGE}::BIGINT AS n")
    report = RunReport("run", (published(project),))
    assert problems(report)[-1] == "  ~ n int, now long"
    assert document(report)["datasets"][0]["widened"] == ["n int, now long"]
    log = (project.root / ".lakekit/logs/lakekit.jsonl").read_text().splitlines()
    told = [line for line in map(json.loads, log) if line["event"] == "table.widened"]
    assert [line["columns"] for line in told] == [["n int, now long"]]
    with application(project.root, None, Silent()) as app:
        assert app.status()[0].drift.lines() == ("~ n int, now long",)


def test_a_column_that_a_source_added_is_widened_too(project: Project) -> None:
    project.contract({"id": "long"}, evolution={"new_column": "add", **WIDEN})
    parquet(project, "1.parquet", "SELECT 1 AS id, 5 AS n")
    published(project)
    parquet(project, "2.parquet", f"SELECT 2 AS id, {LARGE}::BIGINT AS n")
    assert published(project).counts.quarantined == 0
    assert by_polars(project, "id", "n") == [(1, 5), (2, LARGE)]
