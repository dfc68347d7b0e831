"""Macros stand for what they say, wherever they stand, and mistakes with them are told with their place."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp, parse_one, tokenize

from lakekit.domain.dimension import Dimension, Names
from lakekit.domain.errors import ConfigError, EngineError
from lakekit.domain.schema import TableColumn
from lakekit.sql.query.columns import analyse
from lakekit.sql.query.increments import key_wise, row_wise
from lakekit.sql.query.macros import expanded
from lakekit.sql.query.parsed import Query, read_query

DIMENSIONS = {
    "gold.people": Dimension(("k",)),
    "gold.goods": Dimension(("g",), names=Names(valid_from="since `a`", valid_to="till"), open_end="9999-12-31"),
    "gold.shops": Dimension(("s",), history=False),
}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "silver.orders": {"id": "long", "k": "long", "at": "timestamp"},
    "gold.people": {"k": "long", "city": "string", "valid_from": "timestamp", "valid_to": "timestamp"},
}
INPUTS = {name: [TableColumn(*column) for column in columns.items()] for name, columns in COLUMNS.items()}
INPUTS["gold.people"].append(TableColumn("_version_key", "string"))
HOLDS = "({m} >= {c}.`valid_from` AND ({c}.`valid_to` IS NULL OR {m} < {c}.`valid_to`))"


def read(text: str, dimensions: Mapping[str, Dimension] = DIMENSIONS) -> Query:
    return expanded(read_query(text), dimensions)


@pytest.mark.parametrize(
    ("frame", "call", "alias", "moment"),
    [
        ("SELECT * FROM s.o JOIN gold.people AS c ON {}", "as_of(c, o.at)", "c", "o.at"),
        ("SELECT * FROM s.o JOIN gold.people AS c ON {}", "AS_OF ( C , o . `at` )", "C", "o . `at`"),
        ("SELECT * FROM s.o, gold.people WHERE {} AND true", "as_of(people, at)", "people", "at"),
        ("SELECT * FROM s.o, GOLD.People WHERE {}", "as_of(gold.people, at)", "gold.people", "at"),
        ("SELECT * FROM s.o, gold.people AS `a b` WHERE NOT {}", "as_of(`A b`, at)", "`A b`", "at"),
        ("SELECT CASE WHEN {} THEN 1 END AS x FROM gold.people AS c", "as_of(c, f(1, 2))", "c", "(f(1, 2))"),
        ("SELECT 1 AS x FROM gold.people AS c WHERE {}", "as_of(c, at + 1 * x)", "c", "(at + 1 * x)"),
        ("SELECT 1 AS x FROM (s.o JOIN gold.people AS c ON {})", "as_of(c, o.at)", "c", "o.at"),
        ("SELECT 1 AS x FROM s.o, (s.p JOIN gold.people AS c) WHERE {}", "as_of(c, o.at)", "c", "o.at"),
        ("SELECT 1 AS x FROM s.o WHERE EXISTS (SELECT 1 FROM gold.people c WHERE {})", "as_of(c, o.at)", "c", "o.at"),
        ("WITH q AS (SELECT 1 AS x FROM gold.people AS c WHERE {}) SELECT * FROM q", "as_of(c, 1)", "c", "(1)"),
        ("FROM s.o |> JOIN gold.people AS c ON {} |> SELECT o.id", "as_of(c, o.at)", "c", "o.at"),
        ("SELECT 'as_of(c, 1)' AS as_of FROM gold.people AS c -- as_of(c)\nWHERE {}", "as_of(c, at)", "c", "at"),
        ("SELECT 1 AS x FROM gold.people AS c WHERE {}", "as_of(c, 'it''s, (\\'')", "c", "('it''s, (\\'')"),
        ("SELECT 1 AS x FROM gold.people AS c WHERE {}", "as_of(c, a[b] - 1L)", "c", "(a[b] - 1L)"),
    ],
)
def test_as_of_is_the_condition_that_a_version_holds(frame: str, call: str, alias: str, moment: str) -> None:
    assert read(frame.format(call)).text == frame.format(HOLDS.format(c=alias, m=moment))


def test_the_columns_are_called_as_the_dimension_says() -> None:
    told = read("SELECT 1 AS x FROM s.o JOIN gold.goods AS g ON as_of(g, o.at)").text
    assert told.endswith("ON (o.at >= g.`since ``a``` AND (g.`till` IS NULL OR o.at < g.`till`))")


def test_calls_within_calls_and_members_are_replaced() -> None:
    inner, outer = "as_of(c, at)", "as_of(g, CASE WHEN {} THEN d ELSE unknown_member() END)"
    frame = "SELECT coalesce(x, Not_Applicable_Member ( )) AS m FROM gold.people AS c, gold.goods AS g WHERE "
    moment = f"(CASE WHEN {HOLDS.format(c='c', m='at')} THEN d ELSE '{'0' * 32}' END)"
    expected = f"SELECT coalesce(x, '{'0' * 31}1') AS m FROM gold.people AS c, gold.goods AS g WHERE "
    told = read(frame + outer.format(inner)).text
    condition = f"({moment} >= g.`since ``a``` AND (g.`till` IS NULL OR {moment} < g.`till`))"
    assert words(told) == words(expected + condition)


def words(text: str) -> list[str]:
    return [token.text for token in tokenize(text, read="spark")]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'as_of(c, 1)' AS x FROM s.o",
        "SELECT as_of AS x, as_of.unknown_member FROM s.o AS as_of",
        "SELECT 1 AS x FROM s.o /* as_of(o, 1) */ -- unknown_member()",
        'SELECT "unknown_member()" AS x, `as_of` AS y FROM s.o',
        "WITH as_of(a, b) AS (SELECT 1, 2) SELECT * FROM as_of",
        "SELECT * FROM s.o AS as_of(a, b)",
        "SELECT tools.as_of(1, 2) AS x",
        "SELECT 1 AS x",
    ],
)
def test_what_is_no_call_stays(text: str) -> None:
    query = read_query(text)
    assert expanded(query, DIMENSIONS) is query


def test_a_call_is_told_on_one_line_and_what_stands_behind_stays_in_its_line() -> None:
    call = "as_of(\n  c, /* a\nb */ o.a -- as_of(\n + 'x')"
    text = f"SELECT 1 AS x\nFROM s.o JOIN gold.people AS c ON {call}\nWHERE o.b > 1"
    lines = read(text).text.split("\n")
    assert lines[1].endswith("ON " + HOLDS.format(c="c", m="(o.a + 'x')"))
    assert lines.index("WHERE o.b > 1") == text.split("\n").index("WHERE o.b > 1")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT as_of(c, o.at) AS h, o.nope FROM silver.orders AS o, gold.people AS c", "1:31"),
        ("SELECT as_of(c,\n  o.at) AS h, o.nope FROM silver.orders AS o, gold.people AS c", "2:17"),
        ("SELECT as_of(c, o.id + o.nope) AS h FROM silver.orders AS o, gold.people AS c", "1:26"),
        ("SELECT as_of(c, CASE WHEN as_of(c, nope) THEN 1 END) AS h FROM gold.people AS c", "1:36"),
        ("SELECT as_of(c, o.at) FROM silver.orders AS o, gold.people AS c", "1:8"),
        ("SELECT o.id, as_of(c, o.at) FROM silver.orders AS o, gold.people AS c", "1:14"),
        ("SELECT unknown_member() AS h, nope FROM silver.orders AS o", "1:31"),
        ("SELECT nope, unknown_member() AS h FROM silver.orders AS o", "1:8"),
        ("SELECT o.id FROM silver.orders AS o JOIN gold.goods AS g ON as_of(g, o.at)", "1:42"),
        ("SELECT o.id FROM gold.people AS c(v, w, x, y, z), silver.orders AS o WHERE as_of(c, o.at)", "1:76"),
    ],
)
def test_mistakes_are_told_where_the_user_wrote_them(text: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        analyse(read(text), INPUTS)
    assert caught.value.where == place


def test_a_place_in_what_is_run_is_one_in_what_was_written() -> None:
    text = "SELECT unknown_member() AS a,\n  unknown_member() AS b, nope"
    query = read(text)
    for word in ("SELECT", "AS a", "AS b", "nope"):
        here, there = (place(each, word) for each in (query.text, text))
        assert query.written(here) == there
    assert (query.written(""), query.written("1:200")) == ("", query.position(len(query.text)))
    assert query.written("later.sql:1:2") == "later.sql:1:2"


def place(text: str, word: str) -> str:
    before = text[: text.index(word)].split("\n")
    return f"{len(before)}:{len(before[-1]) + 1}"


@pytest.mark.parametrize(
    ("text", "code", "place", "word"),
    [
        ("SELECT 1 AS a FROM gold.people c\nWHERE as_of(c)", "bad_arguments", "2:7", "it has 1"),
        ("SELECT as_of(c, a, b) AS a FROM gold.people c", "bad_arguments", "1:8", "it has 3"),
        ("SELECT as_of(,) AS a FROM gold.people c", "bad_arguments", "1:8", "it has 0"),
        ("SELECT as_of() AS a FROM gold.people c", "bad_arguments", "1:8", "it has 0"),
        ("SELECT as_of(c, moment => a) AS a FROM gold.people c", "bad_arguments", "1:8", "as_of(c, o.ordered_at)"),
        ("SELECT as_of(c, rand() + 1) AS a FROM gold.people c", "bad_arguments", "1:8", "rand"),
        ("SELECT unknown_member(1) AS a", "bad_arguments", "1:8", "no argument"),
        ("SELECT as_of(p, at) AS a FROM s.o AS o, gold.people AS peple", "unknown_alias", "1:14", "o, peple"),
        ("SELECT as_of(peopel, at) AS a FROM s.o, gold.people", "unknown_alias", "1:14", "did you mean 'people'?"),
        ("SELECT as_of(people, at) AS a FROM gold.people AS c", "unknown_alias", "1:14", "has c"),
        ("SELECT as_of(c.valid_from, at) AS a FROM gold.people AS c", "unknown_alias", "1:14", "c.valid_from"),
        ("SELECT as_of(1, at) AS a FROM gold.people AS c", "unknown_alias", "1:14", "has c"),
        ("SELECT as_of(c, at) AS a", "unknown_alias", "1:14", "has nothing"),
        (
            "SELECT 1 AS a FROM s.o WHERE 1 IN (SELECT k FROM gold.people c) AND as_of(c, 1)",
            "unknown_alias",
            "1:75",
            "o",
        ),
        ("SELECT as_of(o, at) AS a FROM s.o AS o, gold.people AS c", "no_versions", "1:14", "did you mean 'c'?"),
        ("SELECT as_of(o, at) AS a FROM gold.peoples AS o", "no_versions", "1:14", "did you mean 'gold.people'?"),
        ("SELECT as_of(s, at) AS a FROM gold.shops AS s", "no_versions", "1:14", "type 1"),
        ("SELECT as_of(q, at) AS a FROM (SELECT * FROM gold.people) AS q", "no_versions", "1:14", "is a query"),
        ("WITH q AS (SELECT * FROM gold.people) SELECT as_of(q, 1) AS a FROM q", "no_versions", "1:52", "is a query"),
    ],
)
def test_what_as_of_cannot_be_asked_for_is_told_with_its_place(text: str, code: str, place: str, word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert (caught.value.code, caught.value.where) == (f"transform.{code}", place)
    assert word in "\n".join(caught.value.lines())
    assert caught.value.next


def test_a_call_where_no_condition_can_stand_is_told_where_it_is() -> None:
    with pytest.raises(EngineError) as caught:
        read("SELECT unknown_member() AS a,\n  unknown_member() OVER (ORDER BY 1) AS b")
    assert caught.value.where.startswith("2:")


def test_the_code_of_a_query_changes_with_what_a_macro_stands_for() -> None:
    text = "SELECT o.id FROM silver.orders AS o JOIN gold.people AS c ON as_of(c, o.at)"
    other = {"gold.people": Dimension(("k",), names=Names(valid_from="since"))}
    assert read(text).fingerprint == read(text.replace("as_of(c, ", "AS_OF( c, -- now\n")).fingerprint
    assert read(text, other).fingerprint != read(text).fingerprint
    assert read(text.replace("o.at", "o.until")).fingerprint != read(text).fingerprint


FACT = """
SELECT o.id, o.k, coalesce(c._version_key, unknown_member()) AS version
FROM silver.orders AS o LEFT JOIN gold.people AS c ON {}
"""


@pytest.mark.parametrize(
    ("on", "word"),
    [
        ("c.k = o.k AND as_of(c, o.at)", ""),
        ("as_of(c, o.at) AND c.k <=> o.k", ""),
        ("as_of(c, o.at)", "compare"),
        ("c.k = o.k OR as_of(c, o.at)", "compare"),
        ("c.k = o.id AND as_of(c, o.at)", "compare"),
    ],
)
def test_facts_of_keys_whose_versions_change_may_be_made_anew(on: str, word: str) -> None:
    told = key_wise(read(FACT.format(on)), INPUTS, ["silver.orders", "gold.people"], ["k"])
    assert word in told
    assert bool(told) == bool(word)
    assert row_wise(read(FACT.format(on)), INPUTS, "silver.orders") == ""


def test_why_facts_may_not_is_told_where_the_user_wrote_it() -> None:
    text = "SELECT unknown_member() AS v, o.k, sum(o.id) OVER () AS s FROM silver.orders AS o"
    assert key_wise(read(text), INPUTS, ["silver.orders"], ["k"]).startswith("at 1:36 ")


BLANKS = st.sampled_from(["", " ", "\n", "  -- as_of(c, 1)\n", "/* ) , ' */", "/* a\n/* b */ */ "])
MOMENTS = st.recursive(
    st.sampled_from(
        ["o.at", "`at`", "1L", "'a''b'", "',)('", "r'\\'", "DATE '2024-01-01'", "a[0]", "unknown_member()"]
    ),
    lambda inner: st.one_of(
        st.tuples(st.just("("), inner, st.just(")")),
        st.tuples(inner, st.sampled_from([" + ", " - "]), inner),
        st.tuples(st.just("coalesce("), inner, st.just(","), inner, st.just(")")),
        st.tuples(st.just("CASE WHEN as_of(c,"), inner, st.just(") THEN "), inner, st.just(" END")),
        st.tuples(st.just("CAST("), inner, st.just(" AS timestamp)")),
    ).map(" ".join),
    max_leaves=4,
)


def by_tree(tree: exp.Expr) -> exp.Expr:
    """The tree with each call replaced within it."""

    def replaced(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Anonymous):
            return node
        if node.name == "unknown_member":
            return exp.Literal.string("0" * 32)
        moment = by_tree(node.expressions[1])
        told = moment.sql("spark") if isinstance(moment, exp.Column) else f"({moment.sql('spark')})"
        return parse_one(HOLDS.format(c="c", m=told), read="spark")

    return tree.transform(replaced)


def bare(tree: exp.Expr) -> str:
    return tree.sql("spark", comments=False)


@given(st.data(), MOMENTS)
def test_a_text_is_replaced_as_a_tree_would_be(data: st.DataObject, moment: str) -> None:
    call = f"as_of({data.draw(BLANKS)}c{data.draw(BLANKS)},{data.draw(BLANKS)}{moment}{data.draw(BLANKS)})"
    frame = f"SELECT 1 AS x FROM s.o AS o{data.draw(BLANKS)} JOIN gold.people AS c ON "
    text = f"{frame}{call}{data.draw(BLANKS)} AND o.id = 1"
    query = read(text)
    assert bare(query.tree) == bare(by_tree(read_query(text).tree))
    at = query.text.rindex("o.id")
    assert query.position(at) == place(text, "o.id = 1")
    assert query.text[:at].count("\n") == text[: text.rindex("o.id")].count("\n")


@given(st.text(alphabet="as_of(c,) '`\n-*/o.1", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ConfigError, EngineError):
        read(f"SELECT 1 AS x FROM s.o AS o, gold.people AS c WHERE as_of({text}")
