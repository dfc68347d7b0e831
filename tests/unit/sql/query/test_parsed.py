"""A user's query is read: what it reads, where, and what it may not do."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.errors import EngineError
from lakekit.sql.query.parsed import read_query

BASE = "SELECT o.id, sum(o.amount) AS total FROM bronze.orders AS o WHERE o.day = 'Mon' GROUP BY o.id"


def inputs(text: str) -> list[tuple[str, str]]:
    return [(found.name, found.place) for found in read_query(text).inputs]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT 1 AS a", []),
        ("SELECT * FROM bronze.orders", [("bronze.orders", "1:15")]),
        ("SELECT *\nFROM b.x\n  JOIN `a`.`y` USING (id)", [("b.x", "2:6"), ("a.y", "3:8")]),
        ("SELECT * FROM b.x JOIN B.X AS other USING (id)", [("b.x", "1:15")]),
        ("SELECT (SELECT max(id) FROM b.y) AS m FROM b.x", [("b.y", "1:29"), ("b.x", "1:44")]),
        ("SELECT * FROM b.x WHERE id IN (SELECT id FROM b.y)", [("b.x", "1:15"), ("b.y", "1:47")]),
        ("SELECT * FROM b.x UNION ALL SELECT * FROM b.y", [("b.x", "1:15"), ("b.y", "1:43")]),
        ("WITH x AS (SELECT * FROM b.x) SELECT * FROM x, X AS again", [("b.x", "1:26")]),
        ("WITH x AS (SELECT * FROM x) SELECT * FROM x", [("x", "1:26")]),
        ("WITH x AS (SELECT * FROM y), y AS (SELECT 1 AS a) SELECT * FROM x", [("y", "1:26")]),
        ("SELECT * FROM x WHERE a IN (WITH x AS (SELECT 1 AS a) SELECT a FROM x)", [("x", "1:15")]),
        ("WITH x AS (SELECT 1 AS a) SELECT * FROM s.x", [("s.x", "1:41")]),
        ("WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n", []),
        ("SELECT /*+ BROADCAST(o) */ id FROM b.o AS o", [("b.o", "1:36")]),
        ("SELECT * FROM b.x, LATERAL explode(items) AS t(i)", [("b.x", "1:15")]),
        ("SELECT * FROM range(10)", []),
        ("VALUES (1, 2), (3, 4)", []),
        ("-- SELECT * FROM b.z\nSELECT 'FROM b.w' AS a FROM b.x", [("b.x", "2:29")]),
        ("FROM b.x |> WHERE id > 1 |> SELECT id", [("b.x", "1:6")]),
        ("SELECT * FROM b.x ; -- done\n/* really */ ;", [("b.x", "1:15")]),
    ],
)
def test_inputs_are_the_tables_that_are_read(text: str, found: list[tuple[str, str]]) -> None:
    assert inputs(text) == found


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT 1 +", "1:10"),
        ("", ""),
        ("-- nothing", ""),
        ("SELECT 1 AS a; SELECT 2 AS a", ""),
        ("SELECT 'a", ""),
        ("DROP TABLE b.x", ""),
        ("INSERT INTO b.x SELECT * FROM b.y", ""),
        ("WITH y AS (SELECT 1 AS a) INSERT INTO b.x SELECT * FROM y", ""),
        ("CREATE TABLE b.x AS SELECT * FROM b.y", ""),
        ("MERGE INTO b.x USING b.y ON x.id = y.id WHEN MATCHED THEN DELETE", ""),
        ("DELETE FROM b.x", ""),
        ("UPDATE b.x SET a = 1", ""),
        ("CACHE TABLE b.x", ""),
        ("DESCRIBE b.x", ""),
        ("SELECT *\nINTO b.x FROM b.y", "2:6"),
        ("SELECT * FROM IDENTIFIER('b.x')", "1:15"),
        ("SELECT *\nFROM b.x, parquet.`/etc`", "2:11"),
        ("SELECT *\nFROM b.x VERSION AS OF 1", "2:6"),
        ("SELECT *\nFROM b.y, b.x TIMESTAMP AS OF '2026-01-01' AS x", "2:11"),
        ("SELECT * FROM delta.`/lake/x`", "1:15"),
        ("SELECT * FROM CSV.`/lake/x`", "1:15"),
        ("SELECT * FROM read_files('/lake/x')", "1:15"),
        ("SELECT * FROM b.x WHERE id IN (SELECT id FROM json.`/x`)", "1:47"),
        ("SELECT " + "(" * 5_000 + "1" + ")" * 5_000 + " AS a", ""),
    ],
)
def test_what_is_not_one_query_of_datasets_is_refused_with_its_place(text: str, place: str) -> None:
    with pytest.raises(EngineError) as caught:
        read_query(text)
    assert (caught.value.code, caught.value.where) == ("runtime.syntax", place)


@pytest.mark.parametrize(
    "other",
    [
        "select o.id, sum(o.amount) as total from bronze.orders as o where o.day = 'Mon' group by o.id",
        "SELECT O.ID, SUM(O.AMOUNT) AS TOTAL FROM BRONZE.ORDERS AS O WHERE O.DAY = 'Mon' GROUP BY O.ID",
        "\n".join(BASE.split(" ")) + "  ;",
        "-- first\n" + BASE.replace(" WHERE", " /* here */ WHERE"),
        BASE.replace("o.day = 'Mon'", "((o.day) = ('Mon'))"),
        BASE.replace("o.amount", "(o.amount)"),
        f"(({BASE}))",
    ],
)
def test_one_meaning_in_another_layout_has_the_same_fingerprint(other: str) -> None:
    assert read_query(other).fingerprint == read_query(BASE).fingerprint
    assert len(read_query(other).fingerprint) == 64


def test_two_quotes_within_a_text_are_one() -> None:
    told = read_query("""SELECT 'it''s' AS x, \'''\' AS y, "a""b" AS z, 'c' 'd' AS w""")
    same = read_query(r"""SELECT 'it\'s' AS x, '\'' AS y, "a\"b" AS z, 'c' 'd' AS w""")
    assert told.fingerprint == same.fingerprint
    assert [item.this.name for item in told.tree.expressions[:3]] == ["it's", "'", 'a"b']
    assert told.text.startswith("SELECT 'it''s'")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT 'a' AS x", "SELECT 'A' AS x"),
        ("SELECT `a b` FROM b.x", "SELECT `A b` FROM b.x"),
        ("SELECT a FROM b.x", "SELECT a FROM b.y"),
        ("SELECT (a + b) * c AS x FROM b.x", "SELECT a + (b * c) AS x FROM b.x"),
        ("SELECT a - (b - c) AS x FROM b.x", "SELECT a - b - c AS x FROM b.x"),
        ("SELECT NOT (a OR b) AS x FROM b.x", "SELECT (NOT a) OR b AS x FROM b.x"),
        ("SELECT CAST(a AS STRING) AS x FROM b.x", "SELECT CAST(a AS VARCHAR(3)) AS x FROM b.x"),
        ("SELECT CAST(a AS INT) AS x FROM b.x", "SELECT TRY_CAST(a AS INT) AS x FROM b.x"),
        ("SELECT 1 AS x", "SELECT 1L AS x"),
        ("SELECT '' AS x", "SELECT NULL AS x"),
        ("SELECT 'it''s' AS x", "SELECT 'its' AS x"),
        ("SELECT r'\\d' AS x", "SELECT '\\d' AS x"),
        ("SELECT 1 AS x UNION SELECT 2 AS x", "SELECT 1 AS x UNION ALL SELECT 2 AS x"),
        (
            "SELECT a FROM b.x UNION ALL (SELECT a FROM b.y LIMIT 1)",
            "SELECT a FROM b.x UNION ALL SELECT a FROM b.y LIMIT 1",
        ),
        (
            "SELECT 1 AS x UNION (SELECT 2 AS x EXCEPT SELECT 1 AS x)",
            "(SELECT 1 AS x UNION SELECT 2 AS x) EXCEPT SELECT 1 AS x",
        ),
        (
            "SELECT * FROM b.x JOIN (b.y JOIN b.z USING (i)) USING (i)",
            "SELECT * FROM b.x JOIN b.y JOIN b.z USING (i) USING (i)",
        ),
    ],
)
def test_another_meaning_has_another_fingerprint(one: str, other: str) -> None:
    assert read_query(one).fingerprint != read_query(other).fingerprint


TREES = st.recursive(
    st.sampled_from(["a", "b", "1"]), lambda inner: st.tuples(inner, st.sampled_from("+*-/"), inner), max_leaves=6
)
STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}


def told(tree: Any, least: int, needless: Iterator[bool]) -> str:
    """With the parentheses that it needs, and some of those that it does not."""
    if isinstance(tree, str):
        text, strength = tree, 9
    else:
        left, sign, right = tree
        strength = STRENGTH[sign]
        text = f"{told(left, strength, needless)} {sign} {told(right, strength + 1, needless)}"
    return f"({text})" if strength < least or next(needless) else text


@given(TREES, TREES, st.lists(st.booleans(), min_size=1))
def test_sums_share_a_fingerprint_where_they_differ_in_needless_parentheses_alone(
    one: Any, other: Any, needless: list[bool]
) -> None:
    bare = read_query(f"SELECT {told(one, 0, itertools.repeat(False))} AS x FROM t").fingerprint
    assert read_query(f"SELECT {told(one, 0, itertools.cycle(needless))} AS x FROM t").fingerprint == bare
    again = read_query(f"SELECT {told(other, 0, itertools.cycle(needless))} AS x FROM t").fingerprint
    assert (again == bare) == (one == other)
