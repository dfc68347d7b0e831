"""Queries are trees: each says the same to every engine's dialect, and no name or text in them is ever read as SQL."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from lakekit.domain.contract import Column, Contract
from lakekit.domain.schema import QUARANTINE_COLUMNS, TableColumn, bronze_columns
from lakekit.domain.suite import Check, CheckKind
from lakekit.domain.types import parse_type
from lakekit.domain.watermark import Watermark
from lakekit.sql.audit import observed_query
from lakekit.sql.duplicates import candidates_query, duplicates_query
from lakekit.sql.landing import Group
from lakekit.sql.lanes import Stamp, lanes_query
from lakekit.sql.quarantine import quarantine_query

DIALECTS = ("duckdb", "spark")
EVIL = """x"; DROP TABLE `t`; --'\\"""
STAMP = Stamp("2026-03-01T04:05:06Z", 41, "2026-03-01")
CONTRACT = Contract(
    "c",
    (
        Column("id", parse_type("long"), required=True, minimum="0", maximum="9"),
        Column(EVIL, parse_type("string"), pattern="[a-z'`]+", allowed=(EVIL,), null_markers=(EVIL, "")),
        Column("at", parse_type("timestamp"), default="2024-01-01", minimum="2000-01-01"),
        Column("amount", parse_type("decimal(6,2)"), null_markers=("0", "")),
        Column("ratio", parse_type("float")),
        Column("day", parse_type("date")),
        Column("yes", parse_type("boolean")),
    ),
    keys=("id", EVIL),
)
NAMES = ("id", EVIL, "at", "amount", "ratio", "day", "yes", "line", EVIL + "2")
TYPED = {"id": "double", "at": "timestamp_ntz", "l": "array<int>"}
GROUPS = [
    Group(
        "g'0",
        tuple(TableColumn(n, "string") for n in NAMES),
        {f"/{EVIL}/1": (EVIL, "line"), "/2": ("s", "line"), "/3": ("s", None)},
    ),
    Group("g1", tuple(TableColumn(n, t) for n, t in TYPED.items()), {"/4": ("s", None)}),
]
MARK = Watermark("timestamp", "2024-01-01")
QUERIES = {
    "lanes": lanes_query(CONTRACT, "at", GROUPS, STAMP, duplicates=True),
    "quarantine": quarantine_query(
        CONTRACT, "at", STAMP, rejected=True, malformed={EVIL: EVIL}, existing=("_source", "content_hash")
    ),
    "candidates": candidates_query(CONTRACT, "at", GROUPS, MARK),
    "duplicates": duplicates_query(CONTRACT, window=True, cursor="at", low=MARK),
    "audit": observed_query(
        [
            Check(CheckKind.ROWS),
            Check(CheckKind.UNIQUE, columns=("id", EVIL)),
            Check(CheckKind.NULL_SHARE, columns=(EVIL,)),
        ]
    ),
}
TABLES = {"g'0", "g1", "rejected", "malformed", "existing", "candidates", "duplicates", "window", "accepted"}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_one_statement_over_its_tables_alone(query: str, dialect: str) -> None:
    tree = QUERIES[query]
    assert tree is not None
    (read,) = sqlglot.parse(tree.sql(dialect, unsupported_level=sqlglot.ErrorLevel.RAISE), dialect=dialect)
    assert isinstance(read, exp.Query)
    assert {t.name for t in read.find_all(exp.Table)} <= TABLES


@pytest.mark.parametrize("query", QUERIES)
def test_functions_without_a_meaning_of_their_own_are_known_to_each_engine(query: str) -> None:
    tree = QUERIES[query]
    assert tree is not None
    assert {f.name for f in tree.find_all(exp.Anonymous)} <= {"MAP_ENTRIES", "MAP_KEYS", "MAP_VALUES", "SPLIT_PART"}


def test_lanes_come_in_the_order_of_their_tables() -> None:
    lanes, quarantine = QUERIES["lanes"], QUERIES["quarantine"]
    assert lanes is not None
    assert quarantine is not None
    assert lanes.named_selects == [*(c.name for c in bronze_columns(CONTRACT)), "_lane"]
    assert quarantine.named_selects == [*(c.name for c in QUARANTINE_COLUMNS), "_lane"]


def test_building_a_query_twice_gives_the_same_query() -> None:
    again = lanes_query(CONTRACT, "at", GROUPS, STAMP, duplicates=True)
    assert again == QUERIES["lanes"]


def test_every_node_knows_the_node_that_holds_it() -> None:
    """A node that two hold is changed for both when one is."""
    for query, tree in QUERIES.items():
        assert tree is not None
        for node in tree.walk():
            for child in node.iter_expressions():
                assert child.parent is node, f"{query}: {child.sql()}"


def test_a_limit_that_is_no_value_of_its_type_is_refused() -> None:
    contract = Contract("c", (Column("n", parse_type("int"), minimum="a lot"),))
    groups = [Group("g", (TableColumn("n", "string"),), {"/1": ("s", None)})]
    with pytest.raises(ValueError, match="is no int"):
        lanes_query(contract, None, groups, STAMP)


def test_conditions_of_a_wide_contract_nest_no_deeper_than_parsers_read() -> None:
    columns = tuple(Column(f"c{i}", parse_type("int"), required=True, minimum="0") for i in range(1000))
    groups = [Group("g", tuple(TableColumn(c.name, "string") for c in columns), {"/1": ("s", None)})]
    query = lanes_query(Contract("wide", columns), None, groups, STAMP)
    assert max(node.depth for node in query.find_all(exp.Or)) < 100
