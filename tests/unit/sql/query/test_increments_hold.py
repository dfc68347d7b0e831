"""Where a query is said to follow its inputs, it does, on whatever rows: tried with DuckDB on queries of a grammar."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import duckdb
import pytest
import sqlglot
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from lakekit.domain.schema import TableColumn
from lakekit.sql.query.increments import key_wise, row_wise
from lakekit.sql.query.parsed import read_query

COLUMNS = {"a": ("k", "j", "x"), "b": ("k", "j", "y"), "c": ("k", "z")}
INPUTS = {name: [TableColumn(column, "int") for column in columns] for name, columns in COLUMNS.items()}
Row: TypeAlias = "tuple[int | None, ...]"
Tables: TypeAlias = "Mapping[str, Sequence[Row]]"
Draw: TypeAlias = Any
Engine: TypeAlias = duckdb.DuckDBPyConnection
Of: TypeAlias = "tuple[tuple[str, ...], tuple[str, ...]]"
"""Names of inputs, and keys."""

VALUES = st.one_of(st.none(), st.integers(0, 2))


def rows(name: str) -> st.SearchStrategy[list[Row]]:
    return st.lists(st.tuples(*[VALUES] * len(COLUMNS[name])), max_size=5)


CONTENTS = st.fixed_dictionaries({name: rows(name) for name in COLUMNS})


JOINS = ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN", ","]


class Grammar:
    """Draws a query; each part of it is text and the names of its columns."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._numbers = itertools.count()

    def query(self, depth: int) -> tuple[str, tuple[str, ...]]:
        kinds = ["select", "select", "select", "group", "window", "distinct", "set", "with", "limit"]
        kind = self._one(kinds) if depth else "select"
        return getattr(self, f"_{kind}")(depth)  # type: ignore[no-any-return]

    def _select(self, depth: int) -> tuple[str, tuple[str, ...]]:
        source, visible = self._from(depth)
        items, names = self._items(visible)
        return f"SELECT {items} FROM {source}{self._where(visible, depth)}", names

    def _distinct(self, depth: int) -> tuple[str, tuple[str, ...]]:
        text, names = self._select(depth)
        return text.replace("SELECT ", "SELECT DISTINCT ", 1), names

    def _group(self, depth: int) -> tuple[str, tuple[str, ...]]:
        source, visible = self._from(depth)
        keys = self._some(visible)
        shown = [k for k in keys if self._chance(4)] or keys[:1]
        aggregate = self._one(["count(*)", f"sum({self._one(visible)})", f"max({self._one(visible)})"])
        names = tuple(dict.fromkeys(k.rpartition(".")[2] for k in shown))
        listed = [next(k for k in shown if k.rpartition(".")[2] == n) + f" AS {n}" for n in names]
        having = self._one(["", "", f" HAVING max({self._one(visible)}) > 0"])
        how = self._one([f" GROUP BY {', '.join(keys)}"] * 5 + [f" GROUP BY ROLLUP ({', '.join(keys)})"])
        where = self._where(visible, depth)
        alias = self._name()
        return f"SELECT {', '.join(listed)}, {aggregate} AS {alias} FROM {source}{where}{how}{having}", (*names, alias)

    def _window(self, depth: int) -> tuple[str, tuple[str, ...]]:
        source, visible = self._from(depth)
        items, names = self._items(visible)
        by = f"PARTITION BY {', '.join(self._some(visible))}" if self._chance(6) else ""
        order = f"ORDER BY {', '.join(visible)}"
        window = self._one([f"row_number() OVER ({by} {order})", f"sum({self._one(visible)}) OVER ({by})"])
        if self._chance(3):
            return f"SELECT {items} FROM {source} QUALIFY {window} = 1", names
        alias = self._name()
        return f"SELECT {items}, {window} AS {alias} FROM {source}", (*names, alias)

    def _set(self, depth: int) -> tuple[str, tuple[str, ...]]:
        left, names = self.query(depth - 1)
        right, others = self.query(depth - 1)
        width = min(len(names), len(others))
        kind = self._one(["UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT"])
        one, other = (
            f"SELECT {', '.join(n[:width])} FROM ({t}) AS {self._name()}" for t, n in ((left, names), (right, others))
        )
        return f"{one} {kind} {other}", names[:width]

    def _with(self, depth: int) -> tuple[str, tuple[str, ...]]:
        inner, names = self.query(depth - 1)
        cte, alias = self._name(), self._name()
        if self._chance(4):
            return f"WITH {cte} AS ({inner}) SELECT {', '.join(names)} FROM {cte}", names
        other = self._name()
        on = f"{alias}.{self._one(names)} = {other}.{self._one(names)}"
        listed = ", ".join(f"{self._one([alias, other])}.{n} AS {n}" for n in names)
        return f"WITH {cte} AS ({inner}) SELECT {listed} FROM {cte} AS {alias} JOIN {cte} AS {other} ON {on}", names

    def _limit(self, depth: int) -> tuple[str, tuple[str, ...]]:
        text, names = self.query(depth - 1)
        return f"SELECT * FROM ({text}) AS {self._name()} ORDER BY {', '.join(names)} LIMIT 2", names

    def _from(self, depth: int) -> tuple[str, list[str]]:
        """The text, and the columns with their qualifiers."""
        source, visible = self._item(depth)
        for _ in range(self._one([0, 0, 1, 1, 2]) if depth else self._one([0, 0, 1])):
            other, more = self._item(max(depth - 1, 0))
            kind = self._one(
                ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN", ","]
            )
            source = f"{source}{'' if kind == ',' else ' '}{kind} {other}"
            if kind not in {"CROSS JOIN", ","}:
                source += f" ON {self._on(visible, more)}"
            visible = visible if "SEMI" in kind or "ANTI" in kind else [*visible, *more]
        return source, visible

    def _on(self, left: list[str], right: list[str]) -> str:
        alike = [(one, other) for one in left for other in right if one.rpartition(".")[2] == other.rpartition(".")[2]]
        pairs = alike if alike and self._chance(8) else list(itertools.product(left, right))
        signs = self._one(["=", "=", "=", "<=>", "<"])
        parts = [f"{one} {signs} {other}" for one, other in self._some(pairs)]
        told = self._one([" AND ", " AND ", " AND ", " OR "]).join(parts)
        return f"{told} AND {self._holds(left, right)}" if self._chance(2) else told

    def _holds(self, left: list[str], right: list[str]) -> str:
        """That a version of the right holds at a moment of the left."""
        moment, begins, ends = self._one(left), self._one(right), self._one(right)
        return f"({moment} >= {begins} AND ({ends} IS NULL OR {moment} < {ends}))"

    def _item(self, depth: int) -> tuple[str, list[str]]:
        alias = self._name()
        if depth and self._chance(4):
            text, names = self.query(depth - 1)
            return f"({text}) AS {alias}", [f"{alias}.{n}" for n in names]
        table = self._one(["a", "a", "b", "b", "c"])
        return f"{table} AS {alias}", [f"{alias}.{n}" for n in COLUMNS[table]]

    def _where(self, visible: list[str], depth: int) -> str:
        if self._chance(5):
            return ""
        column, other = self._one(visible), self._one(visible)
        if depth and self._chance(3):
            text, names = self.query(depth - 1)
            inner = self._name()
            sub = f"SELECT {inner}.{self._one(names)} FROM ({text}) AS {inner}"
            correlated = f"{sub} WHERE {inner}.{self._one(names)} = {other}"
            most = f"{column} > (SELECT max(q) FROM ({sub}) AS m(q))"
            test = self._one([f"{column} IN ({sub})", f"EXISTS ({correlated})", most])
            return f" WHERE {self._one(['', 'NOT '])}{test}"
        return f" WHERE {self._one([f'{column} > 0', f'{column} IS NULL', f'{column} <= {other}'])}"

    def _items(self, visible: list[str]) -> tuple[str, tuple[str, ...]]:
        listed: dict[str, str] = {}
        for column in dict.fromkeys(["", *self._some(visible)]):
            if not column:  # the keys most of the time, so that there is something to prove
                for key in ("k", "j"):
                    told = next((v for v in visible if v.endswith(f".{key}")), "")
                    if told and self._chance(8):
                        listed[key] = self._one([told, told, told, told, f"{told} + 1", self._one(visible)])
                continue
            name = column.rpartition(".")[2]
            listed.setdefault(name, self._one([column, column, f"coalesce({column}, 1)"]))
        return ", ".join(f"{value} AS {name}" for name, value in listed.items()), tuple(listed)

    def _some(self, options: Sequence[Any]) -> list[Any]:
        return self._draw(st.lists(st.sampled_from(options), min_size=1, max_size=3, unique=True))  # type: ignore[no-any-return]

    def _one(self, options: Sequence[Any]) -> Any:
        return self._draw(st.sampled_from(options))

    def _chance(self, of_ten: int) -> bool:
        return bool(self._draw(st.integers(0, 9)) < of_ten)

    def _name(self) -> str:
        return f"t{next(self._numbers)}"


@st.composite
def queries(draw: Draw) -> str:
    return Grammar(draw).query(draw(st.integers(0, 2)))[0]


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def evaluated(engine: Engine, text: str, tables: Tables) -> Counter[Row]:
    for name, content in tables.items():
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({', '.join(f'{c} INT' for c in COLUMNS[name])})")
        if content:
            marks = ", ".join("?" * len(COLUMNS[name]))
            engine.executemany(f"INSERT INTO {name} VALUES ({marks})", content)
    return Counter(engine.execute(text).fetchall())


def in_duckdb(text: str) -> str:
    return sqlglot.transpile(text, read="spark", write="duckdb")[0]


def columns_of(text: str) -> list[str]:
    return [name.lower() for name in read_query(text).tree.named_selects]


def holds_row_wise(engine: Engine, text: str, tables: Tables, more: list[Row]) -> bool:
    told = in_duckdb(text)
    whole = evaluated(engine, told, {**tables, "a": [*tables["a"], *more]})
    return whole == evaluated(engine, told, tables) + evaluated(engine, told, {**tables, "a": more})


def holds_key_wise(
    engine: Engine,
    text: str,
    tables: Tables,
    names: Sequence[str],
    keys: Sequence[str],
    some: set[Row],
) -> bool:
    told, output = in_duckdb(text), columns_of(text)
    kept = {n: [r for r in tables[n] if key_of(r, COLUMNS[n], keys) in some] for n in names}
    whole, part = evaluated(engine, told, tables), evaluated(engine, told, {**tables, **kept})
    return filtered(whole, output, keys, some) == filtered(part, output, keys, some)


def filtered(found: Counter[Row], names: Sequence[str], keys: Sequence[str], some: set[Row]) -> Counter[Row]:
    return Counter({row: n for row, n in found.items() if key_of(row, names, keys) in some})


def key_of(row: Row, names: Sequence[str], keys: Sequence[str]) -> Row:
    return tuple(row[names.index(key)] for key in keys)


OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@OFTEN
@given(queries(), CONTENTS, rows("a"))
def test_rows_that_may_be_added_may(engine: Engine, text: str, tables: Tables, more: list[Row]) -> None:
    note(text)
    if row_wise(read_query(text), INPUTS, "a") == "":
        assert holds_row_wise(engine, text, tables, more)


KEYS = [(("a",), ("k",)), (("a", "b"), ("k",)), (("a", "b"), ("k", "j")), (("a", "b", "c"), ("k",)), (("b",), ("j",))]


@OFTEN
@given(queries(), CONTENTS, st.sampled_from(KEYS), st.data())
def test_rows_of_keys_that_may_be_computed_alone_may(
    engine: Engine,
    text: str,
    tables: Tables,
    of: Of,
    data: st.DataObject,
) -> None:
    note(text)
    names, keys = of
    if key_wise(read_query(text), INPUTS, names, keys) == "":
        some = data.draw(st.sets(st.tuples(*[VALUES] * len(keys))))
        assert holds_key_wise(engine, text, tables, names, keys, some)
