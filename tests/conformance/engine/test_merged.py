"""Which rows a merge changes, and which come out as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakekit.domain.dimension import MEMBERS, Dimension
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine, Input
from lakekit.sql.dimension.versions import members_query
from lakekit.sql.merging import KEYS, MADE, TARGET, fresh_query, lost_query

Land = Callable[[str], str]
Row = tuple[int | None, str | None, tuple[tuple[str, int], ...] | None]

COLUMNS = (TableColumn("k", "long"), TableColumn("d", "string"), TableColumn("m", "map<string,int>"))
ENTRIES = st.dictionaries(st.sampled_from("xy"), st.integers(0, 1)).map(lambda found: tuple(sorted(found.items())))
VALUES = st.tuples(st.sampled_from(["a", "", None]), st.one_of(st.none(), ENTRIES))
ROWS = st.dictionaries(st.sampled_from([1, 2, 3, None]), VALUES, max_size=4).map(
    lambda found: [(key, *values) for key, values in found.items()]
)


def landed(land: Land, rows: list[Row], *, backwards: bool, positions: bool = False) -> Input:
    """The rows as a file, in which the entries of maps stand in one order or the other."""
    told = ", ".join(f"({_sql(k)}::bigint, {_sql(d)}::varchar, {_map(m, backwards=backwards)})" for k, d, m in rows)
    empty = "select 1::bigint k, 'a' d, map {'x': 1::integer} m where false"
    return Input((land(f"select * from (values {told}) as t(k, d, m)" if rows else empty),), positions, COLUMNS)


def _sql(value: object) -> str:
    return "null" if value is None else repr(value)


def _map(entries: tuple[tuple[str, int], ...] | None, *, backwards: bool) -> str:
    told = ", ".join(f"'{k}': {v}::integer" for k, v in (entries or ())[:: -1 if backwards else 1])
    kind = "map(varchar, integer)"
    return f"null::{kind}" if entries is None else f"map {{{told}}}::{kind}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, *settings().suppress_health_check])
@given(ROWS, ROWS, st.sets(st.sampled_from([1, 2, 3, None]), min_size=1))
def test_rows_that_are_equal_neither_go_nor_come(
    engine: Engine, land_typed: Land, before: list[Row], made: list[Row], asked: set[int | None]
) -> None:
    target = landed(land_typed, before, backwards=False, positions=True)
    new = landed(land_typed, made, backwards=True)
    told = ", ".join(f"({_sql(key)}::bigint)" for key in asked)
    keys = Input((land_typed(f"select * from (values {told}) as t(k)"),), columns=COLUMNS[:1])
    lost = engine.rows(lost_query(["k"], COLUMNS), {TARGET: target, KEYS: keys, MADE: new})
    assert sum(int(str(rows)) for _, rows in lost) == len([r for r in before if r[0] in asked and r not in made])
    fresh = engine.rows(fresh_query(COLUMNS), {TARGET: target, MADE: new})
    assert Counter(row[:2] for row in fresh) == Counter(row[:2] for row in made if row not in before)


def test_members_have_their_keys_and_nothing_else(engine: Engine) -> None:
    own = [
        ("valid_from", "timestamp"),
        ("valid_to", "timestamp"),
        ("is_current", "boolean"),
        ("_version_key", "string"),
    ]
    columns = (*COLUMNS, *(TableColumn(*each) for each in own))
    rows = engine.rows(members_query(Dimension(("k",), ("t",), members=True), columns), {})
    assert Counter(map(tuple, rows)) == Counter((*[None] * 5, True, key) for key in MEMBERS)
