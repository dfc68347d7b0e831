"""Which queries follow their inputs without being computed anew, and why the others do not."""

from __future__ import annotations

import pytest
from sqlglot import exp

from lakekit.domain.errors import EngineError
from lakekit.domain.schema import TableColumn
from lakekit.sql.query.functions import AGGREGATES
from lakekit.sql.query.increments import key_wise, nondeterministic, row_wise
from lakekit.sql.query.parsed import read_query
from lakekit.sql.query.values import is_aggregate

INPUTS = {
    "s.a": [
        TableColumn("k", "int"),
        TableColumn("j", "int"),
        TableColumn("x", "int"),
        TableColumn("tags", "array<int>"),
        TableColumn("ts", "timestamp"),
    ],
    "s.b": [TableColumn("k", "int"), TableColumn("j", "int"), TableColumn("y", "int")],
    "s.c": [TableColumn("k", "string"), TableColumn("z", "int")],
}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM s.a",
        "SELECT k, x + 1 AS x FROM s.a WHERE x > 1 OR x IS NULL",
        "SELECT upper(CAST(k AS STRING)) AS u, CASE WHEN x > 1 THEN 'a' END AS c FROM S.A",
        "SELECT k, x FROM s.a ORDER BY x",
        "SELECT a.k, y FROM s.a JOIN s.b ON a.k = b.k AND b.y > 1",
        "SELECT k, y FROM s.b JOIN s.a USING (k)",
        "SELECT a.k, y FROM s.a, s.b",
        "SELECT a.k, y FROM s.a NATURAL JOIN s.b",
        "SELECT a.k, y FROM s.a LEFT JOIN s.b ON a.k = b.k",
        "SELECT a.k, y FROM s.b RIGHT JOIN s.a ON a.k = b.k",
        "SELECT a.k FROM s.a LEFT SEMI JOIN s.b ON a.k = b.k",
        "SELECT a.k FROM s.a LEFT ANTI JOIN s.b ON a.k = b.k",
        "SELECT k FROM s.a WHERE k IN (SELECT k FROM s.b)",
        "SELECT k FROM s.a WHERE NOT EXISTS (SELECT 1 FROM s.b WHERE b.k = a.k)",
        "SELECT k, (SELECT max(y) FROM s.b WHERE b.k = a.k) AS m FROM s.a",
        "SELECT a.k, n FROM s.a JOIN (SELECT k, count(*) AS n FROM s.b GROUP BY k) AS b ON a.k = b.k",
        "SELECT a.k, l.m FROM s.a, LATERAL (SELECT max(y) AS m FROM s.b WHERE b.k = a.k) AS l",
        "SELECT k, t FROM s.a LATERAL VIEW explode(tags) e AS t",
        "SELECT k, explode(tags) AS t FROM s.a",
        "SELECT k, t FROM s.a, LATERAL explode(tags) AS e(t)",
        "SELECT k FROM s.a UNION ALL SELECT x FROM s.a WHERE x > 1",
        "WITH d AS (SELECT k FROM s.a), e AS (SELECT DISTINCT k FROM s.b) SELECT d.k FROM d JOIN e USING (k)",
        "WITH d AS (SELECT k FROM s.a), never AS (SELECT count(*) AS n FROM s.a) SELECT k FROM d",
        "SELECT k FROM (SELECT k, x FROM s.a WHERE x > 1) AS d WHERE k > 1",
        "SELECT a.k FROM (s.a JOIN s.b ON a.k = b.k)",
        "FROM s.a |> WHERE x > 1 |> SELECT k",
    ],
)
def test_rows_of_an_input_that_are_made_into_rows_one_by_one_may_be_added(text: str) -> None:
    assert row_wise(read_query(text), INPUTS, "s.a") == ""


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("SELECT k FROM s.b", "1:8", "does not read"),
        ("SELECT DISTINCT k FROM s.a", "1:1", "DISTINCT"),
        ("SELECT k, count(*) AS n\nFROM s.a GROUP BY k", "2:19", "GROUP BY"),
        ("SELECT count(*) AS n FROM s.a", "1:8", "many"),
        ("SELECT any(x > 1) AS n FROM s.a", "1:12", "many"),
        ("SELECT try_sum(x) AS n FROM s.a", "1:8", "many"),
        ("SELECT k, sum(x) OVER (PARTITION BY k) AS s FROM s.a", "1:11", "window"),
        ("SELECT k FROM s.a QUALIFY row_number() OVER (ORDER BY k) = 1", "1:27", "QUALIFY"),
        ("SELECT k FROM s.a LIMIT 3", "1:25", "LIMIT"),
        ("SELECT k FROM s.a ORDER BY k OFFSET 3", "1:37", "OFFSET"),
        ("SELECT k FROM s.a TABLESAMPLE (10 PERCENT)", "1:32", "TABLESAMPLE"),
        ("SELECT k FROM s.a UNION SELECT k FROM s.a", "1:32", "UNION"),
        ("SELECT k FROM s.a UNION ALL SELECT k FROM s.b", "1:36", "repeated"),
        ("SELECT k FROM s.a UNION ALL SELECT 1 AS k", "1:36", "repeated"),
        ("SELECT k FROM s.a INTERSECT SELECT k FROM s.b", "1:8", "INTERSECT"),
        ("SELECT k FROM s.b EXCEPT SELECT k FROM s.a", "1:8", "EXCEPT"),
        ("SELECT a.k FROM s.a JOIN s.a AS other ON a.k = other.x", "1:26", "itself"),
        ("SELECT b.k FROM s.b LEFT JOIN s.a ON a.k = b.k", "1:31", "stay"),
        ("SELECT a.k FROM s.a RIGHT JOIN s.b ON a.k = b.k", "1:32", "stay"),
        ("SELECT a.k FROM s.a FULL JOIN s.b ON a.k = b.k", "1:31", "stay"),
        ("SELECT b.k FROM s.b LEFT SEMI JOIN s.a ON a.k = b.k", "1:36", "another table"),
        ("SELECT b.k FROM s.b LEFT ANTI JOIN s.a ON a.k = b.k", "1:36", "another table"),
        ("SELECT k FROM s.b WHERE k IN (SELECT k FROM s.a)", "1:45", "expression"),
        ("SELECT k FROM s.a WHERE x > (SELECT avg(x) FROM s.a)", "1:49", "expression"),
        ("SELECT b.k FROM s.b, LATERAL (SELECT k FROM s.a WHERE a.k = b.k) AS l", "1:38", "all rows"),
        ("SELECT * FROM (SELECT k, x, j FROM s.a) PIVOT (sum(x) FOR j IN (1 AS one))", "1:48", "PIVOT"),
        ("WITH d AS (SELECT max(k) AS k FROM s.a) SELECT k FROM d", "1:19", "many"),
        ("WITH d AS (SELECT k FROM s.a) SELECT d.k FROM d, d AS e", "1:50", "itself"),
        (
            "WITH RECURSIVE r AS (SELECT k FROM s.a UNION ALL SELECT k + 1 FROM r WHERE k < 9) SELECT k FROM r",
            "1:97",
            "recursive",
        ),
        ("SELECT k, rand() AS r FROM s.a", "1:11", "rand"),
        ("SELECT k, uuid() AS r FROM s.a", "1:11", "uuid"),
        ("SELECT k FROM s.a WHERE ts < current_timestamp", "1:30", "current_timestamp"),
        ("SELECT k, user AS u FROM s.a", "1:11", "user"),
        ("SELECT k FROM s.a WHERE ts < now()", "1:30", "now"),
        ("SELECT k FROM s.a WHERE ts < TIMESTAMP 'now'", "1:40", "now"),
        ("SELECT monotonically_increasing_id() AS i FROM s.a", "1:8", "monotonically_increasing_id"),
        ("SELECT frobnicate(x) AS r FROM s.a", "1:8", "frobnicate"),
        ("SELECT a.k FROM s.a, (SELECT k FROM s.b LIMIT 1) AS b", "1:47", "choose"),
        ("SELECT a.k, f FROM s.a, (SELECT first(y) AS f FROM s.b) AS b", "1:33", "choose"),
    ],
)
def test_why_rows_may_not_be_added_is_told_with_its_place(text: str, place: str, word: str) -> None:
    told = row_wise(read_query(text), INPUTS, "s.a")
    assert told.startswith(f"at {place} ")
    assert word in told


@pytest.mark.parametrize(
    ("text", "names", "keys"),
    [
        ("SELECT * FROM s.a WHERE x > 1", ["s.a"], ["k"]),
        ("SELECT K, sum(x) AS s FROM s.a GROUP BY k HAVING count(*) > 1", ["s.a"], ["k"]),
        ("SELECT k, sum(x) AS s FROM s.a GROUP BY 1", ["s.a"], ["k"]),
        ("SELECT k, sum(x) AS s FROM s.a GROUP BY ALL", ["s.a"], ["k"]),
        ("SELECT k, j, sum(x) AS s FROM s.a GROUP BY j, k", ["s.a"], ["k", "j"]),
        ("SELECT k, j, sum(x) AS s FROM s.a GROUP BY j, k", ["s.a"], ["K"]),
        ("SELECT DISTINCT k, x FROM s.a", ["s.a"], ["k"]),
        ("SELECT k, x FROM s.a QUALIFY row_number() OVER (PARTITION BY k, j ORDER BY ts DESC) = 1", ["s.a"], ["k"]),
        ("SELECT k, lag(x) OVER w AS l FROM s.a WINDOW w AS (PARTITION BY k ORDER BY ts)", ["s.a"], ["k"]),
        ("SELECT k, collect_list(x) AS l FROM s.a GROUP BY k", ["s.a"], ["k"]),
        ("SELECT a.k, y FROM s.a JOIN s.b ON a.k = b.k", ["s.a"], ["k"]),
        ("SELECT a.k, y FROM s.a JOIN s.b ON a.k = b.k AND a.x < b.y", ["s.a", "s.b"], ["k"]),
        ("SELECT b.k, y FROM s.a JOIN s.b ON b.k <=> a.k", ["s.a", "s.b"], ["k"]),
        ("SELECT a.k, x.y FROM s.a JOIN s.b AS x ON a.k = x.k", ["s.a", "s.b"], ["k"]),
        ("SELECT a.k, y FROM s.a LEFT JOIN s.b ON a.k = b.k", ["s.a", "s.b"], ["k"]),
        ("SELECT k, y FROM s.a FULL JOIN s.b USING (k)", ["s.a", "s.b"], ["k"]),
        ("SELECT k, j, y FROM s.a NATURAL JOIN s.b", ["s.a", "s.b"], ["k", "j"]),
        ("SELECT k, x FROM s.a LEFT ANTI JOIN s.b USING (k)", ["s.a", "s.b"], ["k"]),
        ("SELECT a.k, n FROM s.a JOIN (SELECT k, count(*) AS n FROM s.a GROUP BY k) AS c ON a.k = c.k", ["s.a"], ["k"]),
        ("SELECT k, x FROM s.a UNION SELECT k, y FROM s.b", ["s.a", "s.b"], ["k"]),
        ("SELECT k, x FROM s.a EXCEPT SELECT k, y FROM s.b", ["s.a", "s.b"], ["k"]),
        ("SELECT k, t FROM s.a LATERAL VIEW explode(tags) e AS t", ["s.a"], ["k"]),
        ("WITH d AS (SELECT k AS i, max(x) AS m FROM s.a GROUP BY i) SELECT i AS k, m FROM d", ["s.a"], ["k"]),
        ("SELECT k, (SELECT max(y) FROM s.b WHERE b.j = a.j) AS m FROM s.a", ["s.a"], ["k"]),
    ],
)
def test_rows_of_some_keys_may_be_computed_of_the_rows_of_these_keys(
    text: str, names: list[str], keys: list[str]
) -> None:
    assert key_wise(read_query(text), INPUTS, names, keys) == ""


@pytest.mark.parametrize(
    ("text", "names", "place", "word"),
    [
        ("SELECT k FROM s.b", ["s.a"], "1:8", "reads none"),
        ("SELECT x FROM s.a", ["s.a"], "1:8", "not among"),
        ("SELECT k + 1 AS k FROM s.a", ["s.a"], "1:8", "not among"),
        ("SELECT x AS k FROM s.a", ["s.a"], "1:8", "not among"),
        ("SELECT x AS k, k AS x FROM s.a", ["s.a"], "1:8", "no column k"),
        ("SELECT j, sum(x) AS s FROM s.a GROUP BY j", ["s.a"], "1:41", "grouped"),
        ("SELECT max(k) AS k, sum(x) AS s FROM s.a GROUP BY k + 0", ["s.a"], "1:51", "grouped"),
        ("SELECT k, sum(x) AS s FROM s.a GROUP BY ROLLUP (k)", ["s.a"], "1:49", "more than one way"),
        ("SELECT k, sum(x) AS s FROM s.a GROUP BY k GROUPING SETS ((k), ())", ["s.a"], "1:41", "more than one way"),
        ("SELECT k, sum(x) AS s FROM s.a GROUP BY k WITH CUBE", ["s.a"], "1:41", "more than one way"),
        ("SELECT max(k) AS k FROM s.a", ["s.a"], "1:8", "all keys"),
        ("SELECT k, rank() OVER (PARTITION BY j ORDER BY x) AS r FROM s.a", ["s.a"], "1:11", "partitioned"),
        ("SELECT k, sum(x) OVER () AS r FROM s.a", ["s.a"], "1:11", "partitioned"),
        ("SELECT k, sum(x) OVER w AS r FROM s.a WINDOW w AS (ORDER BY k)", ["s.a"], "1:11", "partitioned"),
        ("SELECT k FROM s.a LIMIT 1", ["s.a"], "1:25", "LIMIT"),
        ("SELECT a.k FROM s.a JOIN s.b ON a.k = b.j", ["s.a", "s.b"], "1:26", "compare"),
        ("SELECT a.k FROM s.a JOIN s.b ON a.k = b.k OR a.x = 1", ["s.a", "s.b"], "1:26", "compare"),
        ("SELECT a.k FROM s.a CROSS JOIN s.b", ["s.a", "s.b"], "1:32", "compare"),
        ("SELECT a.k FROM s.a JOIN s.c ON a.k = c.k", ["s.a", "s.c"], "1:26", "one type"),
        ("SELECT b.k FROM s.a LEFT JOIN s.b ON a.k = b.k", ["s.a", "s.b"], "1:8", "not among"),
        ("SELECT b.k FROM s.b LEFT JOIN s.a ON a.k = b.k", ["s.a"], "1:31", "stay"),
        ("SELECT k FROM s.a WHERE x > (SELECT avg(x) FROM s.a)", ["s.a"], "1:49", "expression"),
        ("SELECT k, x FROM s.a UNION ALL SELECT k, y FROM s.b", ["s.a"], "1:39", "none of the inputs"),
        ("SELECT k, x FROM s.a UNION ALL SELECT j AS k, y FROM s.b", ["s.a", "s.b"], "1:39", "not among"),
        ("SELECT k, j FROM s.a UNION ALL SELECT j, k FROM s.b", ["s.a", "s.b"], "1:8", "no column k"),
        ("SELECT k, uuid() AS u FROM s.a", ["s.a"], "1:11", "uuid"),
        (
            "SELECT a.k, n FROM s.a JOIN (SELECT k, first(y) AS n FROM s.b GROUP BY k) AS b USING (k)",
            ["s.a"],
            "1:40",
            "choose",
        ),
        (
            "SELECT i AS k FROM (SELECT k AS i, x AS k FROM s.a QUALIFY rank() OVER (PARTITION BY k ORDER BY j) = 1)",
            ["s.a"],
            "1:60",
            "partitioned",
        ),
    ],
)
def test_why_rows_of_some_keys_need_those_of_others_is_told_with_its_place(
    text: str, names: list[str], place: str, word: str
) -> None:
    told = key_wise(read_query(text), INPUTS, names, ["k"])
    assert told.startswith(f"at {place} ")
    assert word in told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT k FROM s.a", ""),
        ("SELECT 'rand()' AS r, k AS uuid, a.current_date FROM s.a", ""),
        ("SELECT k,\n  RAND(1) AS r FROM s.a", "2:3 rand"),
        ("SELECT `uuid`() AS r", "1:8 uuid"),
        ("SELECT current_date AS d", "1:8 current_date"),
        ("SELECT unix_timestamp() AS d", "1:8 unix_timestamp"),
        ("SELECT unix_timestamp(ts) AS d FROM s.a", ""),
        ("SELECT DATE 'today' AS d", "1:13 today"),
        ("SELECT k FROM s.a WHERE k IN (SELECT shuffle(tags)[0] FROM s.a)", "1:38 shuffle"),
        ("SELECT k FROM s.a TABLESAMPLE (5 ROWS)", "1:32 TABLESAMPLE"),
    ],
)
def test_functions_that_may_give_another_value_are_found(text: str, found: str) -> None:
    assert nondeterministic(read_query(text)) == found


@pytest.mark.parametrize("name", sorted(AGGREGATES))
def test_every_aggregate_is_known_as_one(name: str) -> None:
    calls = [f"{name}({arguments})" for arguments in ("a", "a, b", "a, b, c")]
    read = [tree for call in calls if (tree := parsed(call)) is not None]
    assert read
    assert all(any(map(is_aggregate, tree.walk())) for tree in read)


def parsed(call: str) -> exp.Expr | None:
    try:
        return read_query(f"SELECT {call} AS x FROM t").tree.expressions[0]
    except EngineError:
        return None  # it takes another number of arguments
