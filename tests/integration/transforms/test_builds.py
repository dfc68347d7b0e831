"""What becomes of a transform's table, run by run; read back without lakekit."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from deltalake import write_deltalake

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.build import Scope
from lakekit.domain.errors import ConfigError
from lakekit.domain.planning import Cause
from lakekit.domain.report import Ending
from lakekit.domain.upkeep import Wishes
from lakekit.project.selection import Selection
from tests.integration.transforms.lakes import Lake, multiset

ORDERS = {"orders": {"id": "long", "who": "string", "amount": "long"}, "people": {"who": "string", "city": "string"}}
LATEST = """
SELECT id, who, amount FROM (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY amount DESC) AS n FROM bronze.orders
) AS numbered WHERE n = 1
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path, ORDERS)
    made.begin()
    made.append("orders", [(1, "ann", 10), (2, "bob", 20)])
    made.append("people", [("ann", "Bern"), ("bob", "Oslo")])
    return made


def test_a_table_is_made_of_all_rows_and_left_alone_while_nothing_changes(lake: Lake) -> None:
    lake.transform("silver.totals", "SELECT who, sum(amount) AS total FROM bronze.orders GROUP BY who")
    first = lake.build()["silver.totals"]
    assert (first.ending, first.scope, first.books.added) == (Ending.PUBLISHED, Scope.FULL, 2)
    version = lake.table("silver.totals").version()
    assert lake.build()["silver.totals"].ending is Ending.NOTHING_NEW
    assert lake.table("silver.totals").version() == version
    lake.append("orders", [(3, "ann", 5)])
    lake.build()
    assert lake.rows("silver.totals") == multiset([(15, "ann"), (20, "bob")])


def test_the_commit_says_what_its_rows_were_made_from(lake: Lake) -> None:
    lake.transform("silver.totals", "SELECT who, sum(amount) AS total FROM bronze.orders GROUP BY who")
    lake.build()
    note = lake.table("silver.totals").history(1)[0]["userMetadata"]
    assert f'"version":{lake.table("bronze.orders").version()}' in note
    assert lake.table("silver.totals").transaction_version("lakekit/silver.totals/transform") == 1


def test_new_rows_alone_are_read_and_added(lake: Lake) -> None:
    query = "SELECT o.id, o.amount, p.city FROM bronze.orders AS o JOIN bronze.people AS p ON o.who = p.who"
    lake.transform("silver.placed", query, materialization="append", incremental=["bronze.orders"])
    lake.build()
    lake.append("orders", [(3, "bob", 5)])
    report = lake.build()["silver.placed"]
    assert (report.scope, report.books.made, report.books.added) == (Scope.NEW_ROWS, 1, 1)
    assert lake.rows("silver.placed") == multiset([(10, "Bern", 1), (20, "Oslo", 2), (5, "Oslo", 3)])


def test_an_input_that_is_read_in_full_and_has_changed_makes_all_rows_anew(lake: Lake) -> None:
    query = "SELECT o.id, p.city FROM bronze.orders AS o JOIN bronze.people AS p ON o.who = p.who"
    lake.transform("silver.placed", query, materialization="append", incremental=["bronze.orders"])
    lake.build()
    lake.table("bronze.people").update({"city": "'Rome'"}, predicate="who = 'ann'")
    report = lake.build()["silver.placed"]
    assert report.scope is Scope.FULL
    assert "bronze.people has changed, and is read in full" in report.instead
    assert lake.rows("silver.placed") == multiset([("Rome", 1), ("Oslo", 2)])


def test_rows_with_affected_keys_are_made_anew_and_no_others(lake: Lake) -> None:
    options = {"materialization": "merge", "keys": ["id"], "incremental": ["bronze.orders"], "affected_by": ["id"]}
    lake.transform("silver.latest", LATEST, **options)
    lake.build()
    lake.append("orders", [(1, "ann", 99), (3, "cyd", 1)])
    report = lake.build()["silver.latest"]
    assert (report.scope, report.books.made, report.books.removed) == (Scope.KEYS, 2, 1)
    assert lake.rows("silver.latest") == multiset([(99, 1, "ann"), (20, 2, "bob"), (1, 3, "cyd")])
    lake.table("bronze.orders").delete("id = 2")
    assert lake.build()["silver.latest"].scope is Scope.KEYS
    assert lake.rows("silver.latest") == multiset([(99, 1, "ann"), (1, 3, "cyd")])


@pytest.mark.parametrize(("kind", "made"), [("long", 1), ("double", 2)])
def test_rows_that_were_only_written_anew_concern_nobody_who_reads_them(lake: Lake, kind: str, made: int) -> None:
    """Where values that compare as equal may differ, as floats may, all that was written counts."""
    columns = [{"name": "id", "type": "long"}, {"name": "who", "type": "string"}, {"name": "amount", "type": kind}]
    contract = json.dumps({"name": "latest", "columns": columns})
    lake.write("config/schema_definitions/latest.schema.json", contract)
    options = {"materialization": "merge", "keys": ["id"], "incremental": ["bronze.orders"], "affected_by": ["id"]}
    latest = LATEST.replace("amount FROM (", f"CAST(amount AS {kind}) AS amount FROM (")
    lake.transform("silver.latest", latest, contract="latest", **options)
    totals = "SELECT who, sum(amount) AS total FROM silver.latest GROUP BY who"
    options = {"materialization": "merge", "keys": ["who"], "incremental": ["silver.latest"], "affected_by": ["who"]}
    lake.transform("gold.totals", totals, **options)
    lake.build()
    lake.append("orders", [(1, "ann", 99)])
    report = lake.build()["gold.totals"]
    assert (report.scope, report.books.made, report.books.removed) == (Scope.KEYS, made, made)
    assert lake.rows("gold.totals") == multiset([(99, "ann"), (20, "bob")])


def test_a_merge_replaces_rows_of_its_keys_and_takes_out_those_that_are_to_go(lake: Lake) -> None:
    options = {"materialization": "merge", "keys": ["id"], "incremental": ["bronze.orders"]}
    lake.transform("silver.orders", "SELECT * FROM bronze.orders", **options, delete_when="amount < 0")
    lake.build()
    lake.append("orders", [(1, "ann", -1), (2, "bob", 21), (3, "cyd", 30)])
    report = lake.build()["silver.orders"]
    assert (report.books.made, report.books.added, report.books.removed) == (3, 2, 2)
    assert lake.rows("silver.orders") == multiset([(21, 2, "bob"), (30, 3, "cyd")])


def test_a_merge_leaves_rows_alone_that_come_out_as_they_are_and_files_that_hold_none_but_such(lake: Lake) -> None:
    options = {"materialization": "merge", "keys": ["id"], "incremental": ["bronze.orders"], "partition_by": ["who"]}
    lake.transform("silver.orders", "SELECT * FROM bronze.orders", **options)
    lake.build()
    (bob,) = (file for file in lake.table("silver.orders").file_uris() if "who=bob" in file)
    lake.append("orders", [(1, "ann", 11), (2, "bob", 20), (3, "ann", None)])
    books = lake.build()["silver.orders"].books
    assert (books.made, books.added, books.removed) == (3, 2, 1)
    assert bob in lake.table("silver.orders").file_uris()
    lake.append("orders", [(3, "ann", None), (2, "ann", 20)])
    books = lake.build()["silver.orders"].books
    assert (books.made, books.added, books.removed) == (2, 1, 1)
    assert lake.rows("silver.orders") == multiset([(11, 1, "ann"), (20, 2, "ann"), (None, 3, "ann")])


def test_rows_with_floats_are_merged_bit_by_bit(lake: Lake) -> None:
    options = {"materialization": "merge", "keys": ["id"], "incremental": ["bronze.orders"]}
    lake.transform("silver.orders", "SELECT id, CAST(amount AS double) * 0 AS zero FROM bronze.orders", **options)
    lake.build()
    lake.append("orders", [(1, "ann", -10)])
    books = lake.build()["silver.orders"].books
    assert (books.added, books.removed) == (1, 1)
    assert sorted(str(row) for row in lake.rows("silver.orders")) == ["(1, -0.0)", "(2, 0.0)"]


def test_a_partition_has_equal_rows_as_often_as_they_are_made(lake: Lake) -> None:
    query = "SELECT who, amount FROM bronze.orders"
    options = {"materialization": "partition", "partition_by": ["who"], "incremental": ["bronze.orders"]}
    lake.transform("silver.parts", query, **options, affected_by=["who"])
    lake.append("orders", [(3, "ann", 10)])
    lake.build()
    lake.table("bronze.orders").delete("id = 3")
    lake.build()
    assert lake.rows("silver.parts") == multiset([(10, "ann"), (20, "bob")])


@pytest.mark.parametrize("rows", [[(3, "a", 1), (3, "b", 1)], [(None, "a", 1)]])
def test_a_merge_whose_rows_are_not_told_apart_is_refused_and_the_table_stays(lake: Lake, rows: list) -> None:
    options = {"materialization": "merge", "keys": ["id"], "incremental": ["bronze.orders"]}
    lake.transform("silver.orders", "SELECT * FROM bronze.orders", **options)
    lake.build()
    before = lake.table("silver.orders").version()
    lake.append("orders", rows)
    report = lake.build()["silver.orders"]
    assert report.failure is not None
    assert report.failure.code == "transform.duplicate_keys"
    assert lake.table("silver.orders").version() == before


def test_partitions_that_are_made_replace_theirs_and_no_others(lake: Lake) -> None:
    query = "SELECT who, id FROM bronze.orders WHERE id > 1"
    lake.transform("silver.parts", query, materialization="partition", partition_by=["who"])
    lake.build()
    lake.append("orders", [(3, "cyd", 1)])
    lake.build()
    lake.table("bronze.orders").delete("who = 'bob'")
    lake.append("orders", [(4, "cyd", 1)])
    report = lake.build()["silver.parts"]
    assert (report.books.added, report.books.removed) == (2, 1)
    files = lake.table("silver.parts").file_uris()
    assert {part for f in files for part in Path(f).parts if "=" in part} == {"who=bob", "who=cyd"}
    assert lake.table("silver.parts").count() == 3


def test_a_failed_transform_stops_what_is_made_from_it_and_nothing_else(lake: Lake) -> None:
    lake.transform("silver.bad", "SELECT 1 AS x FROM bronze.orders", materialization="merge", keys=["x"])
    lake.transform("silver.good", "SELECT who FROM bronze.people")
    lake.transform("gold.after_bad", "SELECT x FROM silver.bad")
    lake.transform("gold.after_good", "SELECT who FROM silver.good")
    found = {name: report.ending for name, report in lake.build(at_once=2).items()}
    assert found == {
        "silver.bad": Ending.FAILED,
        "silver.good": Ending.PUBLISHED,
        "gold.after_bad": Ending.NOT_RUN,
        "gold.after_good": Ending.PUBLISHED,
    }


def test_rows_that_break_the_contract_are_published_by_no_one(lake: Lake) -> None:
    lake.write(
        "config/schema_definitions/totals.schema.json",
        '{"name": "totals", "columns": [{"name": "who", "type": "string", "allowed": ["ann"]}]}',
    )
    lake.transform("silver.totals", "SELECT who FROM bronze.orders", contract="totals")
    report = lake.build()["silver.totals"]
    assert report.failure is not None
    assert (report.failure.code, report.failure.exit_code) == ("gate.contract", 3)
    assert not lake.path("silver.totals").exists() or lake.table("silver.totals").count() == 0


def test_a_check_that_fails_holds_the_build_and_leaves_the_table(lake: Lake) -> None:
    contract = '{"name": "t", "columns": [{"name": "who", "type": "string"}]}'
    lake.write("config/schema_definitions/t.schema.json", contract)
    lake.write("config/dq.yaml", '{"suites": {"silver.t": [{"check": "rows", "max": 2}]}}')
    lake.transform("silver.t", "SELECT who FROM bronze.orders", contract="t")
    lake.build()
    lake.append("orders", [(3, "cyd", 1)])
    assert lake.build()["silver.t"].ending is Ending.HELD
    assert lake.table("silver.t").count() == 2


def test_code_that_changes_makes_all_rows_anew_and_layout_changes_nothing(lake: Lake) -> None:
    lake.transform("silver.t", "SELECT who, id FROM bronze.orders")
    lake.build()
    lake.transform("silver.t", "-- by whom\nselect  who,\n  (id)\nfrom bronze.orders")
    assert lake.build()["silver.t"].ending is Ending.NOTHING_NEW
    lake.transform("silver.t", "SELECT who, id + 1 AS id FROM bronze.orders")
    assert lake.build()["silver.t"].ending is Ending.PUBLISHED
    assert lake.rows("silver.t") == multiset([(2, "ann"), (3, "bob")])


def test_a_table_that_others_changed_is_made_anew(lake: Lake) -> None:
    lake.transform("silver.t", "SELECT who FROM bronze.orders")
    lake.build()
    lake.table("silver.t").delete("who = 'ann'")
    report = lake.build()["silver.t"]
    assert [reason.cause.value for reason in report.reasons] == ["changed_by_others"]
    assert lake.rows("silver.t") == multiset([("ann",), ("bob",)])


def test_upkeep_of_inputs_and_of_the_table_is_no_news(lake: Lake) -> None:
    lake.transform("silver.t", "SELECT who FROM bronze.orders")
    lake.append("orders", [(3, "cyd", 1)])
    lake.build()
    lake.table("bronze.orders").optimize.compact()
    lake.table("silver.t").optimize.compact()
    assert lake.build()["silver.t"].ending is Ending.NOTHING_NEW


def test_a_table_that_was_put_back_is_made_from_what_came_since(lake: Lake) -> None:
    options = {"materialization": "append", "incremental": ["bronze.orders"]}
    lake.transform("silver.t", "SELECT id FROM bronze.orders", **options)
    lake.build()
    version = lake.table("silver.t").version()
    lake.append("orders", [(3, "cyd", 1)])
    lake.build()
    lake.table("silver.t").restore(version)
    assert lake.build()["silver.t"].scope is Scope.NEW_ROWS
    assert lake.rows("silver.t") == multiset([(1,), (2,), (3,)])


@pytest.mark.parametrize(
    ("query", "code", "where"),
    [
        ("SELECT whom FROM bronze.orders", "transform.unknown_column", ":1:8"),
        ("SELECT who\nFROM bronze.oders", "transform.unknown_input", ":2:6"),
        ("SELECT who FROM FROM", "transform.syntax", ":1:"),
        ("SELECT who\nFROM bronze.orders JOIN bronze.people ON true", "transform.ambiguous_column", ":1:8"),
    ],
)
def test_mistakes_are_told_with_their_place_before_anything_runs(lake: Lake, query: str, code: str, where: str) -> None:
    lake.transform("silver.good", "SELECT who FROM bronze.orders")
    lake.transform("silver.t", query)
    with pytest.raises(ConfigError) as caught:
        lake.build()
    assert caught.value.code == code
    assert f"transforms/silver/t.sql{where}" in caught.value.where
    assert not lake.path("silver.good").exists()


def test_transforms_that_are_made_from_each_other_are_refused(lake: Lake) -> None:
    lake.transform("silver.a", "SELECT x FROM silver.b")
    lake.transform("silver.b", "SELECT x FROM silver.a")
    with pytest.raises(ConfigError, match=r"silver\.a -> silver\.b -> silver\.a"):
        lake.build()


def test_columns_that_change_stop_the_build_until_a_refresh_is_asked_for(lake: Lake) -> None:
    lake.transform("silver.t", "SELECT who, id, amount FROM bronze.orders")
    lake.build()
    lake.transform("silver.t", "SELECT who, CAST(id AS STRING) AS id FROM bronze.orders")
    version = lake.table("silver.t").version()
    report = lake.build()["silver.t"]
    assert report.failure is not None
    assert report.failure.code == "transform.column_changed"
    assert (lake.table("silver.t").version(), lake.table("silver.t").count()) == (version, 2)
    assert lake.build(refresh=True)["silver.t"].ending is Ending.PUBLISHED
    assert lake.rows("silver.t") == multiset([("1", "ann"), ("2", "bob")])
    assert [(f.name, f.type.type) for f in lake.table("silver.t").schema().fields] == [
        ("who", "string"),
        ("id", "string"),
    ]
    lake.transform("silver.t", "SELECT who, CAST(id AS STRING) AS id, amount AS new FROM bronze.orders")
    lake.build()
    assert lake.rows("silver.t") == multiset([("1", 10, "ann"), ("2", 20, "bob")])


def test_upkeep_of_a_transforms_table_keeps_its_rows_and_what_they_were_made_from(lake: Lake) -> None:
    options = {"materialization": "append", "incremental": ["bronze.orders"]}
    lake.transform("silver.t", "SELECT id FROM bronze.orders", **options)
    lake.build()
    lake.append("orders", [(3, "cyd", 1)])
    lake.build()
    with application(lake.root, None, Silent()) as app:
        (report,) = app.optimize(Selection(("silver.t",)), Wishes(vacuum=True), lambda *_: None, dry_run=False)
    assert (len(report.before.files), len(report.after.files)) == (2, 1)
    assert lake.build()["silver.t"].ending is Ending.NOTHING_NEW
    lake.append("orders", [(4, "dan", 1)])
    assert lake.build()["silver.t"].scope is Scope.NEW_ROWS
    assert lake.rows("silver.t") == multiset([(1,), (2,), (3,), (4,)])


@pytest.mark.parametrize("wishes", [Wishes(), Wishes(vacuum=True)])
def test_rows_of_others_are_noticed_also_after_upkeep(lake: Lake, wishes: Wishes) -> None:
    lake.transform("silver.t", "SELECT id FROM bronze.orders")
    lake.build()
    write_deltalake(lake.path("silver.t"), pl.DataFrame({"id": [7]}), mode="append")
    with application(lake.root, None, Silent()) as app:
        app.optimize(Selection(("silver.t",)), wishes, lambda *_: None, dry_run=False)
    assert [reason.cause for reason in lake.build()["silver.t"].reasons] == [Cause.FOREIGN]
    assert lake.rows("silver.t") == multiset([(1,), (2,)])


def test_a_table_that_others_have_made_is_not_replaced_until_that_is_asked_for(lake: Lake) -> None:
    write_deltalake(lake.path("silver.t"), pl.DataFrame({"id": [7]}))
    lake.transform("silver.t", "SELECT id FROM bronze.orders")
    report = lake.build()["silver.t"]
    assert report.failure is not None
    assert report.failure.code == "transform.foreign_table"
    assert lake.rows("silver.t") == multiset([(7,)])
    assert lake.build(refresh=True)["silver.t"].ending is Ending.PUBLISHED
    assert lake.rows("silver.t") == multiset([(1,), (2,)])


@pytest.mark.parametrize(("evolution", "added"), [({}, False), ({"new_column": "add"}, True)])
def test_columns_beyond_the_contract_come_as_its_evolution_says_and_without_statistics(
    lake: Lake, evolution: dict[str, str], added: bool
) -> None:
    contract = {"name": "t", "columns": [{"name": "who", "type": "string"}], "evolution": evolution}
    lake.write("config/schema_definitions/t.schema.json", json.dumps(contract))
    lake.transform("silver.t", "SELECT who, id FROM bronze.orders", contract="t")
    report = lake.build()["silver.t"]
    if not added:
        assert report.failure is not None
        assert report.failure.code == "transform.bad_columns"
        return
    (stats,) = lake.table("silver.t").get_add_actions(flatten=False).column("min").to_pylist()
    assert (stats["who"], stats.get("id")) == ("ann", None)
