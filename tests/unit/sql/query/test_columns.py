"""What a query's columns are called and made of, and what is wrong with them, told with its place."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakekit.domain.errors import ConfigError, LakekitError
from lakekit.sql.query.columns import analyse
from lakekit.sql.query.parsed import read_query
from tests.unit.sql.query.lineages import INPUTS, columns, made_of

CASES: list[tuple[str, dict[str, str], str]] = [
    # names, stars, aliases
    ("SELECT id FROM b.o", {"id": "I:o.id"}, ""),
    ("SELECT ID, NOTE FROM B.O", {"ID": "I:o.id", "NOTE": "I:o.Note"}, ""),
    ("SELECT o.id, b.o.day FROM b.o", {"id": "I:o.id", "day": "I:o.day"}, ""),
    ("SELECT x.id AS Key FROM b.o AS x", {"Key": "I:o.id"}, ""),
    ("SELECT * FROM b.c", {"id": "I:c.id", "name": "I:c.name", "country": "I:c.country"}, ""),
    ("SELECT c.*, 1 AS one FROM b.c", {"id": "I:c.id", "name": "I:c.name", "country": "I:c.country", "one": ""}, ""),
    ("SELECT * EXCEPT (NAME) FROM b.c", {"id": "I:c.id", "country": "I:c.country"}, ""),
    ("SELECT k AS a, a AS b, b || 'x' AS c FROM b.e", {"a": "I:e.k", "b": "I:e.k", "c": "T:e.k"}, ""),
    ("SELECT v + 1 AS k, k AS l FROM b.e", {"k": "T:e.v", "l": "I:e.k"}, ""),
    ("SELECT (((k))) FROM b.e", {"k": "I:e.k"}, ""),
    ("SELECT CAST(k AS INT), v::string AS w FROM b.e", {"k": "T:e.k", "w": "T:e.v"}, ""),
    ("SELECT 'a' AS a, NULL AS b, current_date() AS c, DATE '2024-01-01' AS d", dict.fromkeys("abcd", ""), ""),
    ("SELECT x, Y FROM b.e AS e(x, y, z)", {"x": "I:e.k", "Y": "I:e.v"}, ""),
    ("SELECT `a b` FROM (SELECT k AS `a b` FROM b.e)", {"a b": "I:e.k"}, ""),
    ("SELECT `count(1)` AS n FROM (SELECT count(1) FROM b.e)", {"n": ""}, ""),
    ("SELECT `max((v + 1))` AS n FROM (SELECT max(v + 1) FROM b.e)", {"n": "?"}, ""),
    # values
    ("SELECT id + amount * 2 AS x FROM b.o", {"x": "T:o.id T:o.amount"}, ""),
    ("SELECT coalesce(Note, 'none') AS x FROM b.o", {"x": "T:o.Note"}, ""),
    ("SELECT CASE WHEN v > 1 THEN k ELSE 'x' END AS x FROM b.e", {"x": "c:e.v T:e.k"}, ""),
    ("SELECT CASE k WHEN 'a' THEN v WHEN 'b' THEN 0 END AS x FROM b.e", {"x": "c:e.k T:e.v"}, ""),
    ("SELECT if(v > 1, k, ts) AS x FROM b.e", {"x": "c:e.v T:e.k T:e.ts"}, ""),
    ("SELECT nvl2(k, v, 0) AS x FROM b.e", {"x": "c:e.k T:e.v"}, ""),
    ("SELECT k IN ('a', 'b') AS x, v BETWEEN 1 AND 2 AS y FROM b.e", {"x": "T:e.k", "y": "T:e.v"}, ""),
    ("SELECT concat_ws('-', k, v) AS x FROM b.e", {"x": "T:e.k T:e.v"}, ""),
    ("SELECT extract(YEAR FROM day) AS y, day + INTERVAL 1 DAY AS z FROM b.o", {"y": "T:o.day", "z": "T:o.day"}, ""),
    ("SELECT timestampdiff(MONTH, ts, current_timestamp()) AS x FROM b.e", {"x": "T:e.ts"}, ""),
    ("SELECT transform(tags, t -> T || Note) AS x FROM b.o", {"x": "T:o.tags T:o.Note"}, ""),
    ("SELECT aggregate(tags, 0, (n, id) -> n + length(id)) AS x FROM b.o", {"x": "T:o.tags"}, ""),
    ("SELECT struct(k, v AS w) AS s, named_struct('a', ts) AS n FROM b.e", {"s": "T:e.k T:e.v", "n": "T:e.ts"}, ""),
    ("SELECT struct(*) AS s FROM b.c", {"s": "T:c.id T:c.name T:c.country"}, ""),
    # nested columns
    ("SELECT address.city, o.address.geo.LAT FROM b.o", {"city": "T:o.address", "LAT": "T:o.address"}, ""),
    ("SELECT address.* FROM b.o", {"city": "T:o.address", "geo": "T:o.address"}, ""),
    (
        "SELECT props['a'] AS a, props.b, items.sku FROM b.o",
        {"a": "T:o.props", "b": "T:o.props", "sku": "T:o.items"},
        "",
    ),
    ("SELECT items[0].sku AS s, tags[0] AS t FROM b.o", {"s": "T:o.items", "t": "T:o.tags"}, ""),
    ("SELECT a.geo.lon AS l FROM (SELECT address AS a FROM b.o)", {"l": "T:o.address"}, ""),
    # rows that are made
    ("SELECT id, t FROM b.o LATERAL VIEW explode(tags) x AS t", {"id": "I:o.id", "t": "T:o.tags"}, "j:o.tags"),
    ("SELECT x.col FROM b.o LATERAL VIEW OUTER explode(tags) x", {"col": "T:o.tags"}, "j:o.tags"),
    ("SELECT x.key FROM b.o LATERAL VIEW explode(props) x", {"key": "T:o.props"}, "j:o.props"),
    ("SELECT sku FROM b.o LATERAL VIEW inline(items) x", {"sku": "T:o.items"}, "j:o.items"),
    ("SELECT i.sku FROM b.o, LATERAL explode(items) AS x(i)", {"sku": "T:o.items"}, "j:o.items"),
    (
        "SELECT u FROM b.o LATERAL VIEW explode(items) x AS i LATERAL VIEW explode(array(i.n)) y AS u",
        {"u": "T:o.items"},
        "j:o.items",
    ),
    ("SELECT id, explode(tags) AS t FROM b.o", {"id": "I:o.id", "t": "T:o.tags"}, "j:o.tags"),
    ("SELECT explode(props) AS (a, b) FROM b.o", {"a": "T:o.props", "b": "T:o.props"}, "j:o.props"),
    ("SELECT posexplode(tags) AS (p, t) FROM b.o", {"p": "T:o.tags", "t": "T:o.tags"}, "j:o.tags"),
    ("SELECT inline(items) FROM b.o", {"sku": "T:o.items", "n": "T:o.items"}, "j:o.items"),
    ("SELECT stack(2, k, upper(k)) AS (s) FROM b.e", {"s": "T:e.k"}, "j:e.k"),
    ("SELECT * FROM VALUES (1, 'a'), (2, 'b') AS t(n, l)", {"n": "", "l": ""}, ""),
    ("VALUES (1, 2)", {"col1": "", "col2": ""}, ""),
    ("SELECT id * 2 AS x FROM range(10)", {"x": ""}, ""),
    # rows that are left out, sorted, grouped
    ("SELECT k FROM b.e WHERE v > 1 AND ts IS NOT NULL", {"k": "I:e.k"}, "f:e.v f:e.ts"),
    ("SELECT k FROM b.e ORDER BY v DESC, 1 LIMIT 3", {"k": "I:e.k"}, "s:e.v s:e.k"),
    ("SELECT v AS k FROM b.e ORDER BY k", {"k": "I:e.v"}, "s:e.v"),
    ("SELECT k, v FROM b.e ORDER BY ALL", {"k": "I:e.k", "v": "I:e.v"}, "s:e.k s:e.v"),
    ("SELECT DISTINCT k FROM b.e", {"k": "I:e.k"}, "g:e.k"),
    ("SELECT k, sum(v) AS s, count(*) AS n FROM b.e GROUP BY k", {"k": "I:e.k", "s": "A:e.v", "n": ""}, "g:e.k"),
    ("SELECT upper(k) AS u, max(v) AS m FROM b.e GROUP BY u", {"u": "T:e.k", "m": "A:e.v"}, "g:e.k"),
    ("SELECT k AS u, max(v) AS m FROM b.e GROUP BY 1", {"u": "I:e.k", "m": "A:e.v"}, "g:e.k"),
    ("SELECT k, max(v) AS m FROM b.e GROUP BY ALL", {"k": "I:e.k", "m": "A:e.v"}, "g:e.k"),
    (
        "SELECT k, max(v) AS m FROM b.e GROUP BY k HAVING min(ts) IS NULL AND m > 1",
        {"k": "I:e.k", "m": "A:e.v"},
        "g:e.k f:e.ts f:e.v",
    ),
    (
        "SELECT k, ts, sum(v) AS s FROM b.e GROUP BY ROLLUP (k, ts)",
        {"k": "I:e.k", "ts": "I:e.ts", "s": "A:e.v"},
        "g:e.k g:e.ts",
    ),
    ("SELECT sum(v) FILTER (WHERE k = 'a') AS s FROM b.e", {"s": "A:e.v f:e.k"}, ""),
    ("SELECT max_by(k, ts) AS m, collect_list(v) AS l FROM b.e", {"m": "A:e.k s:e.ts", "l": "A:e.v"}, ""),
    ("SELECT try_sum(v + 1) / count(DISTINCT k) AS r FROM b.e", {"r": "A:e.v A:e.k"}, ""),
    ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY v) AS p FROM b.e", {"p": "A:e.v"}, ""),
    # windows
    ("SELECT row_number() OVER (PARTITION BY k ORDER BY ts) AS n FROM b.e", {"n": "w:e.k w:e.ts"}, ""),
    ("SELECT sum(v) OVER w AS s FROM b.e WINDOW w AS (PARTITION BY k)", {"s": "A:e.v w:e.k"}, ""),
    ("SELECT lag(v, 1) OVER (ORDER BY ts) AS p FROM b.e", {"p": "T:e.v w:e.ts"}, ""),
    (
        "SELECT k FROM b.e QUALIFY row_number() OVER (PARTITION BY k ORDER BY ts DESC) = 1",
        {"k": "I:e.k"},
        "w:e.k w:e.ts",
    ),
    ("SELECT k, rank() OVER (ORDER BY v) AS r FROM b.e QUALIFY r < 3", {"k": "I:e.k", "r": "w:e.v"}, "w:e.v"),
    # joins
    (
        "SELECT o.id, name FROM b.o JOIN b.c ON o.customer = c.id",
        {"id": "I:o.id", "name": "I:c.name"},
        "j:o.customer j:c.id",
    ),
    ("SELECT id, name FROM b.o LEFT JOIN b.c USING (id)", {"id": "I:o.id", "name": "I:c.name"}, "j:o.id j:c.id"),
    ("SELECT id, name FROM b.o RIGHT JOIN b.c USING (id)", {"id": "I:c.id", "name": "I:c.name"}, "j:o.id j:c.id"),
    ("SELECT id FROM b.o FULL JOIN b.c USING (id)", {"id": "T:o.id T:c.id"}, "j:o.id j:c.id"),
    ("SELECT c.id, o.id AS oid FROM b.o JOIN b.c USING (id)", {"id": "I:c.id", "oid": "I:o.id"}, "j:o.id j:c.id"),
    ("SELECT id, day FROM b.o NATURAL JOIN b.c", {"id": "I:o.id", "day": "I:o.day"}, "j:o.id j:c.id"),
    (
        "SELECT * FROM b.c JOIN (SELECT id, v FROM b.e CROSS JOIN range(3)) USING (id)",
        {"id": "I:c.id", "name": "I:c.name", "country": "I:c.country", "v": "I:e.v"},
        "j:c.id",
    ),
    ("SELECT k, name FROM b.e, b.c", {"k": "I:e.k", "name": "I:c.name"}, ""),
    ("SELECT e.k FROM b.e JOIN (SELECT 'a' AS k, 'b' AS K) USING (k)", {"k": "I:e.k"}, "j:e.k"),
    ("SELECT day FROM b.o LEFT SEMI JOIN b.c ON o.customer = c.id", {"day": "I:o.day"}, "j:o.customer j:c.id"),
    ("SELECT day FROM b.o LEFT ANTI JOIN b.c USING (id)", {"day": "I:o.day"}, "j:o.id j:c.id"),
    (
        "SELECT * FROM b.c LEFT SEMI JOIN (SELECT Note AS country FROM b.o) AS n USING (country)",
        {"country": "I:c.country", "id": "I:c.id", "name": "I:c.name"},
        "j:c.country j:o.Note",
    ),
    (
        "SELECT a.* FROM b.c AS a JOIN b.c AS d USING (country)",
        {"country": "I:c.country", "id": "I:c.id", "name": "I:c.name"},
        "j:c.country",
    ),
    (
        "SELECT * FROM b.c AS a JOIN (SELECT name, k FROM b.c CROSS JOIN b.e) AS d USING (name)",
        {"name": "I:c.name", "id": "I:c.id", "country": "I:c.country", "k": "I:e.k"},
        "j:c.name",
    ),
    ("SELECT exists(tags, x -> x = Note) AS y FROM b.o", {"y": "T:o.tags T:o.Note"}, ""),
    ("SELECT a.k, b.v FROM b.e AS a JOIN b.e AS b ON a.k = b.k", {"k": "I:e.k", "v": "I:e.v"}, "j:e.k"),
    ("SELECT k, name FROM (b.e JOIN b.c ON e.k = c.name)", {"k": "I:e.k", "name": "I:c.name"}, "j:e.k j:c.name"),
    (
        "SELECT e.k, l.m FROM b.e, LATERAL (SELECT max(c.id) AS m FROM b.c WHERE c.name = e.k) AS l",
        {"k": "I:e.k", "m": "A:c.id"},
        "f:c.name f:e.k",
    ),
    # queries within queries
    ("SELECT x FROM (SELECT k AS x FROM b.e WHERE v > 1) WHERE x > 'a'", {"x": "I:e.k"}, "f:e.v f:e.k"),
    ("SELECT k, (SELECT max(id) FROM b.c) AS m FROM b.e", {"k": "I:e.k", "m": "A:c.id"}, ""),
    (
        "SELECT k, (SELECT max(id) FROM b.c WHERE name = k) AS m FROM b.e",
        {"k": "I:e.k", "m": "A:c.id f:c.name f:e.k"},
        "",
    ),
    (
        "SELECT k FROM b.e WHERE k IN (SELECT name FROM b.c WHERE country = 'x')",
        {"k": "I:e.k"},
        "f:e.k f:c.name f:c.country",
    ),
    ("SELECT k FROM b.e WHERE EXISTS (SELECT * FROM b.c WHERE c.name = e.k)", {"k": "I:e.k"}, "f:c.name f:e.k"),
    ("SELECT k FROM b.e WHERE v > (SELECT avg(v) FROM b.e)", {"k": "I:e.k"}, "f:e.v"),
    ("SELECT EXISTS (SELECT 1 FROM b.c WHERE name = k) AS x FROM b.e", {"x": "f:c.name f:e.k"}, ""),
    (
        "WITH x AS (SELECT k AS a FROM b.e), y AS (SELECT a AS c FROM x WHERE a > 'b') SELECT c FROM y",
        {"c": "I:e.k"},
        "f:e.k",
    ),
    (
        "WITH x(p, q) AS (SELECT k, v FROM b.e) SELECT p, sum(q) AS s FROM x GROUP BY p",
        {"p": "I:e.k", "s": "A:e.v"},
        "g:e.k",
    ),
    (
        "WITH x AS (SELECT id, name FROM b.c) SELECT l.id, r.name FROM x AS l JOIN x AS r ON l.id = r.id",
        {"id": "I:c.id", "name": "I:c.name"},
        "j:c.id",
    ),
    (
        (
            "WITH RECURSIVE n AS (SELECT id AS i, name AS t FROM b.c "
            "UNION ALL SELECT i + 1, t FROM n WHERE i < 9) SELECT i, t FROM n"
        ),
        {"i": "I:c.id T:c.id", "t": "I:c.name"},
        "f:c.id",
    ),
    (
        "WITH x AS (SELECT 1 AS a) SELECT (WITH x AS (SELECT max(v) AS a FROM b.e) SELECT a FROM x) AS m, a FROM x",
        {"m": "A:e.v", "a": ""},
        "",
    ),
    # sets
    ("SELECT k FROM b.e UNION ALL SELECT name FROM b.c", {"k": "I:e.k I:c.name"}, ""),
    (
        "SELECT k FROM b.e UNION SELECT name FROM b.c ORDER BY k",
        {"k": "I:e.k I:c.name"},
        "g:e.k g:c.name s:e.k s:c.name",
    ),
    ("SELECT k FROM b.e INTERSECT SELECT name FROM b.c", {"k": "I:e.k"}, "f:e.k f:c.name"),
    ("SELECT k FROM b.e EXCEPT SELECT name FROM b.c WHERE id > 1", {"k": "I:e.k"}, "f:e.k f:c.name f:c.id"),
    ("(SELECT k FROM b.e ORDER BY v LIMIT 1) UNION ALL (SELECT name FROM b.c)", {"k": "I:e.k I:c.name"}, "s:e.v"),
    (
        "SELECT k FROM b.e WHERE v = 1 UNION ALL SELECT upper(name) FROM b.c UNION ALL SELECT 'x'",
        {"k": "I:e.k T:c.name"},
        "f:e.v",
    ),
    # pivots
    (
        "SELECT * FROM b.e PIVOT (sum(v) FOR k IN ('a', 'b' AS B))",
        {"ts": "I:e.ts", "a": "A:e.v c:e.k", "B": "A:e.v c:e.k"},
        "g:e.ts",
    ),
    (
        "SELECT * FROM b.c UNPIVOT (val FOR what IN (name, country))",
        {"id": "I:c.id", "what": "", "val": "T:c.name T:c.country"},
        "",
    ),
    # pipes, hints, scripts
    ("FROM b.e |> WHERE v > 1 |> SELECT k", {"k": "I:e.k"}, "f:e.v"),
    ("SELECT /*+ BROADCAST(c) */ c.id FROM b.c AS c", {"id": "I:c.id"}, ""),
    ("SELECT k FROM b.e TABLESAMPLE (10 PERCENT)", {"k": "I:e.k"}, ""),
]


@pytest.mark.parametrize(("text", "told", "everywhere"), CASES, ids=[case[0] for case in CASES])
def test_columns_are_named_and_made_of_what_the_query_says(text: str, told: dict[str, str], everywhere: str) -> None:
    assert made_of(read_query(text), INPUTS) == columns(told, everywhere)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("SELECT * FROM b.c", "long string string"),
        ("SELECT amount, day AS d, tags FROM b.o", "decimal(10,2) date "),
        (
            "SELECT CAST(v AS int) AS a, (v :: bigint) AS b, TRY_CAST(k AS decimal(5,1)) AS c FROM b.e",
            "int long decimal(5,1)",
        ),
        (
            "SELECT CAST(v AS varchar(3)) AS a, CAST(v AS decimal) AS b, CAST(ts AS timestamp_ntz) AS c FROM b.e",
            "string decimal(10,0) timestamp_ntz",
        ),
        (
            "SELECT CAST(k AS smallint) AS a, CAST(k AS tinyint) AS b, CAST(k AS interval day) AS c FROM b.e",
            "short byte ",
        ),
        ("SELECT address.geo.lat FROM b.o", "double"),
        ("SELECT v + 1 AS a, max(v) AS b, k || 'x' AS c FROM b.e", "  "),
        ("WITH w AS (SELECT CAST(k AS date) AS d FROM b.e) SELECT x.d FROM (SELECT * FROM w) AS x", "date"),
        ("SELECT id FROM b.o UNION ALL SELECT id FROM b.c", "long"),
        ("SELECT id FROM b.o UNION ALL SELECT k FROM b.e", ""),
        ("SELECT id FROM b.o FULL JOIN b.c USING (id)", "long"),
        ("SELECT k FROM b.e FULL JOIN (SELECT id AS k FROM b.c) USING (k)", ""),
        ("SELECT k, count(*) AS n FROM b.e GROUP BY ROLLUP (k)", "string "),
    ],
)
def test_types_are_told_of_what_is_handed_on_or_cast(text: str, types: str) -> None:
    assert [column.type for column in analyse(read_query(text), INPUTS)] == types.split(" ")


@pytest.mark.parametrize(
    ("text", "code", "place", "meant"),
    [
        ("SELECT id,\n  nmae\nFROM b.c", "unknown_column", "2:3", "'name'"),
        ("SELECT c.nmae FROM b.c", "unknown_column", "1:10", "'c.name'"),
        ("SELECT c.name FROM b.c AS x", "unknown_column", "1:10", "'x.name'"),
        ("SELECT id FROM b.c WHERE nane = 1", "unknown_column", "1:26", "'name'"),
        ("SELECT id FROM b.c GROUP BY idd", "unknown_column", "1:29", "'id'"),
        ("SELECT id FROM b.c ORDER BY\n nam", "unknown_column", "2:2", "'name'"),
        ("SELECT c.id FROM b.c JOIN b.o ON c.id = o.custmer", "unknown_column", "1:43", "'o.customer'"),
        ("SELECT name FROM b.c JOIN b.o USING (day)", "unknown_column", "1:38", ""),
        ("SELECT id FROM b.c WHERE EXISTS (SELECT 1 FROM b.e WHERE e.k = c.nam)", "unknown_column", "1:66", "'c.name'"),
        ("SELECT x FROM (SELECT id AS y FROM b.c) AS s", "unknown_column", "1:8", ""),
        ("WITH s AS (SELECT id AS y FROM b.c)\nSELECT s.id FROM s", "unknown_column", "2:10", ""),
        ("SELECT address.town FROM b.o", "unknown_column", "1:16", ""),
        ("SELECT address.geo.lt FROM b.o", "unknown_column", "1:20", "'lat'"),
        ("SELECT id.x FROM b.o", "unknown_column", "1:11", ""),
        ("SELECT * EXCEPT (nam) FROM b.c", "unknown_column", "1:18", "'name'"),
        ("SELECT v FROM b.e LATERAL VIEW explode(tags) t AS x", "unknown_column", "1:40", "'ts'"),
        ("SELECT k FROM b.e LEFT SEMI JOIN b.c ON k = name WHERE name = 'a'", "unknown_column", "1:56", ""),
        ("SELECT k FROM b.e, (SELECT name FROM b.c WHERE name = k) AS s", "unknown_column", "1:55", ""),
        ("SELECT transform(tags, t -> u) AS x FROM b.o", "unknown_column", "1:29", ""),
        ("SELECT sum(v) OVER (PARTITION BY kk) AS s FROM b.e", "unknown_column", "1:34", "'k'"),
        ("SELECT id FROM b.c JOIN b.o ON c.id = o.id", "ambiguous_column", "1:8", ""),
        ("SELECT id, name FROM b.c\nUNION ALL\nSELECT id FROM b.o", "different_widths", "3:8", ""),
        (
            "SELECT k FROM b.e WHERE k IN (SELECT name FROM b.c EXCEPT SELECT k, v FROM b.e)",
            "different_widths",
            "1:66",
            "",
        ),
        ("SELECT 1 AS a FROM b.c, b.o\nWHERE ID = 1", "ambiguous_column", "2:7", ""),
        ("SELECT s.id FROM (SELECT c.id, o.id FROM b.c, b.o) AS s", "ambiguous_column", "1:10", ""),
        ("SELECT id,\n name AS ID FROM b.c", "duplicate_column", "2:2", ""),
        ("SELECT id, * FROM b.c", "duplicate_column", "1:12", ""),
        ("SELECT * FROM b.c JOIN b.o ON c.id = o.id", "duplicate_column", "1:8", ""),
        ("SELECT id, c.id FROM b.c", "duplicate_column", "1:12", ""),
        ("SELECT k,\n  v + 1 FROM b.e", "unnamed_column", "2:3", ""),
        ("SELECT count(*) FROM b.e", "unnamed_column", "1:8", ""),
        ("SELECT 1", "unnamed_column", "1:8", ""),
        ("SELECT k, (SELECT 1) FROM b.e", "unnamed_column", "1:11", ""),
        ("SELECT k, CASE WHEN v > 1 THEN 1 END FROM b.e", "unnamed_column", "1:11", ""),
        ("SELECT k, -v FROM b.e", "unnamed_column", "1:11", ""),
        ("SELECT k, current_date FROM b.e", "unnamed_column", "1:11", ""),
        ("SELECT explode(tags) FROM b.o", "unnamed_column", "1:8", ""),
        ("SELECT * FROM (SELECT max(v) FROM b.e)", "unnamed_column", "1:8", ""),
        ("SELECT id FROM silver.x", "unknown_input", "1:16", ""),
        ("SELECT id\nFROM b.c JOIN silver.cc USING (id)", "unknown_input", "2:15", ""),
        ("WITH o AS (SELECT * FROM b.oo) SELECT id FROM o", "unknown_input", "1:26", "'b.o'"),
        ("SELECT id FROM c", "unknown_input", "1:16", ""),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_meant(text: str, code: str, place: str, meant: str) -> None:
    with pytest.raises(ConfigError) as caught:
        analyse(read_query(text), INPUTS)
    assert (caught.value.code, caught.value.where) == (f"transform.{code}", place)
    assert meant in caught.value.what
    assert ("did you mean" in caught.value.what) == bool(meant)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT TRANSFORM (k) USING 'cat' AS (x) FROM b.e",
        "SELECT x.* FROM b.o LATERAL VIEW explode(from_json(Note, 'array<int>')) x",
    ],
)
def test_what_cannot_be_told_is_unknown_and_no_mistake(text: str) -> None:
    assert [column.sources for column in analyse(read_query(text), INPUTS)] == [None]


def test_a_long_query_is_analysed() -> None:
    union = " UNION ALL ".join(["SELECT k FROM b.e"] * 400)
    assert made_of(read_query(union), INPUTS) == columns({"k": "I:e.k"})
    total = " + ".join(["v"] * 400)
    assert made_of(read_query(f"SELECT {total} AS t FROM b.e"), INPUTS) == columns({"t": "T:e.v"})


FRAMES = ["SELECT {} FROM b.e", "SELECT k FROM b.e WHERE {}"]


@given(
    st.text(alphabet="abkv().,*+ `'\n", max_size=30),
    st.sampled_from(["SELECT {} FROM b.e", "SELECT k FROM b.e WHERE {}"]),
)
def test_whatever_is_written_nothing_but_an_error_of_lakekit_leaves(text: str, frame: str) -> None:
    with contextlib.suppress(LakekitError):
        analyse(read_query(frame.format(text)), INPUTS)
