"""What every engine promises beyond the meaning of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from sqlglot import exp

from lakekit.domain.batch import ColumnStats
from lakekit.domain.errors import EngineError
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import parse_type
from lakekit.domain.values import parse_value
from lakekit.ports.engine import Engine, Input
from lakekit.sql.canonical import as_text
from lakekit.sql.tree import case, cast, column, full_match, named, null, table, text, union_all
from tests.conformance.engine.conftest import Texts

Land = Callable[[str], str]


def select(*values: exp.Expr, source: str = "t") -> exp.Select:
    return exp.Select(expressions=list(values)).from_(table(source))


def everything(source: str = "t") -> exp.Select:
    return select(exp.Star(), source=source)


class TestColumns:
    def test_types_are_told_as_spark_ddl(self, engine: Engine, land_typed: Land) -> None:
        types = {
            "boolean": "true",
            "byte": "1::TINYINT",
            "short": "1::SMALLINT",
            "int": "1::INTEGER",
            "long": "1::BIGINT",
            "float": "1::FLOAT",
            "double": "1::DOUBLE",
            "decimal(10,2)": "1::DECIMAL(10,2)",
            "string": "'x'",
            "binary": "'x'::BLOB",
            "date": "DATE '2024-01-01'",
            "timestamp": "TIMESTAMPTZ '2024-01-01'",
            "timestamp_ntz": "TIMESTAMP '2024-01-01'",
            "array<int>": "[1::INTEGER]",
            "map<string,long>": "MAP(['a'], [1::BIGINT])",
            "struct<a:int,b:array<string>>": "{'a': 1::INTEGER, 'b': ['x']}",
        }
        file = land_typed("SELECT " + ", ".join(f'{sql} AS "{name}"' for name, sql in types.items()))
        assert engine.columns(file) == tuple(TableColumn(name, name) for name in types)

    def test_names_are_those_of_the_file(self, engine: Engine, tmp_path: Path) -> None:
        names = ["A", "a", "", "c0", "select", 'x"y', "_file", "file_row_number", "日本", "x\ny"]
        file = tmp_path / "names.parquet"
        pl.DataFrame({name: ["v"] for name in names}).write_parquet(file)
        assert [c.name for c in engine.columns(str(file))] == names


class TestInputs:
    def test_rows_know_their_file_as_it_was_written_and_their_place(
        self, engine: Engine, land: Texts, tmp_path: Path
    ) -> None:
        odd = tmp_path / "it's [a]*?" / "x=y"
        odd.mkdir(parents=True)
        files = []
        for number in range(2):
            file = odd / f"{number}.parquet"
            Path(land(["_place", "_file"], [["p", str(i)] for i in range(3)])).rename(file)
            files.append(str(file))
        names = ("_file", "_place", "c0", "c1")
        query = select(*(column(n) for n in names))
        found = engine.rows(query, {"t": Input(tuple(files), positions=True)})
        assert sorted(found) == [(file, i, "p", str(i)) for file in files for i in range(3)]

    def test_places_count_across_row_groups(self, engine: Engine, tmp_path: Path) -> None:
        file = tmp_path / "groups.parquet"
        pl.DataFrame({"n": range(10_000)}).write_parquet(file, row_group_size=700)
        moved = exp.NEQ(this=column("_place"), expression=column("c0"))
        query = select(exp.Count(this=exp.Star())).where(moved)
        assert list(engine.rows(query, {"t": Input((str(file),), positions=True)})) == [(0,)]

    def test_files_that_lack_a_column_have_no_value_there(self, engine: Engine, land_typed: Land) -> None:
        files = (land_typed("SELECT 1 AS a, 'x' AS b"), land_typed("SELECT 2 AS a, true AS dropped"))
        columns = (TableColumn("b", "string"), TableColumn("c", "decimal(5,2)"), TableColumn("a", "int"))
        found = engine.rows(everything(), {"t": Input(files, columns=columns)})
        assert sorted(found, key=str) == [("x", None, 1), (None, None, 2)]

    def test_the_names_of_tables_are_only_names(self, engine: Engine, land: Texts) -> None:
        name = 'x"; DROP TABLE "y'
        found = engine.rows(everything(name), {name: Input((land(["a"], [["1"]]),))})
        assert list(found) == [("1",)]


class TestTexts:
    @pytest.mark.parametrize(
        "told", ["${spark.app.name}", "\\", "\\%\\_", "'", '"', "--", "/*", "\n\t", "\x1e7", "日本", "💶"]
    )
    def test_a_text_of_a_query_is_that_text(self, engine: Engine, land: Texts, told: str) -> None:
        same = exp.EQ(this=column("c0"), expression=text(told))
        query = select(same, text(told))
        assert list(engine.rows(query, {"t": Input((land(["a"], [[told]]),), positions=True)})) == [(True, told)]

    def test_texts_are_compared_by_bytes(self, engine: Engine, land: Texts) -> None:
        told = ["a", "B", "é", "", "ab", "\uffee", "💶", "A"]
        query = select(column("c0")).order_by(column("c0"))
        found = engine.rows(query, {"t": Input((land(["a"], [[t] for t in told]),), positions=True)})
        assert [t for (t,) in found] == sorted(told, key=str.encode)

    def test_a_dot_matches_all_but_a_newline(self, engine: Engine, land: Texts) -> None:
        told = ["a\rb", "a\u0085b", "a\u2028b", "a\nb"]
        query = select(column("_place")).where(full_match(column("c0"), "a.b"))
        found = engine.rows(query, {"t": Input((land(["a"], [[t] for t in told]),), positions=True)})
        assert sorted(found) == [(0,), (1,), (2,)]

    def test_a_pattern_that_repeats_a_group_reads_a_long_text(self, engine: Engine, land: Texts) -> None:
        query = select(column("_place")).where(full_match(column("c0"), "(a|b)*"))
        found = engine.rows(query, {"t": Input((land(["a"], [["ab" * 20_000]]),), positions=True)})
        assert list(found) == [(0,)]


FLOATS = [
    0.1,
    12.0,
    1e15,
    1e16,
    1.5e300,
    1e-4,
    1e-5,
    1.25e-7,
    123456789.0,
    9.5e15,
    1e7,
    -0.0,
    -1234567890123456.7,
]


def test_floats_become_the_texts_of_python(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "floats.parquet"
    pl.DataFrame({"x": [*FLOATS, None]}).write_parquet(file)
    query = select(column("_place"), as_text(column("c0"), "double"))
    found = dict(engine.rows(query, {"t": Input((str(file),), positions=True)}))
    assert [found[i] for i, _ in enumerate(FLOATS)] == [repr(x) for x in FLOATS]
    assert found[len(FLOATS)] is None


class TestWrite:
    def test_each_lane_has_files_of_its_own_without_the_lane(
        self, engine: Engine, land: Texts, folders: Iterator[Path]
    ) -> None:
        file = land(["n"], [[str(i)] for i in range(10)])
        low = exp.LT(this=column("n"), expression=text("3"))
        query = select(column("n"), named(case((low, text("low")), otherwise=text("high")), "_lane"))
        folder = next(folders)
        written = engine.write(query, {"t": Input((file,))}, folder)
        assert {(w.lane, w.rows) for w in written} == {("low", 3), ("high", 7)}
        for w in written:
            assert w.path.stat().st_size == w.size
            assert w.path.is_relative_to(folder)
            assert pl.read_parquet(w.path, hive_partitioning=False).columns == ["n"]

    def test_without_lanes_there_is_one(self, engine: Engine, land: Texts, folders: Iterator[Path]) -> None:
        query, inputs = everything(), {"t": Input((land(["n"], [["1"], ["2"]]),))}
        (written,) = engine.write(query, inputs, next(folders))
        assert (written.lane, written.rows) == ("", 2)

    @pytest.mark.parametrize("lanes", [True, False])
    def test_no_rows_make_no_file(self, engine: Engine, land: Texts, folders: Iterator[Path], lanes: bool) -> None:
        query = select(column("n"), *([named(text("a"), "_lane")] if lanes else []))
        assert engine.write(query, {"t": Input((land(["n"], []),))}, next(folders)) == ()

    def test_a_folder_that_is_there_is_not_written_to(
        self, engine: Engine, land: Texts, folders: Iterator[Path]
    ) -> None:
        folder, inputs = next(folders), {"t": Input((land(["n"], [["1"]]),))}
        engine.write(everything(), inputs, folder)
        before = sorted(folder.iterdir())
        with pytest.raises(EngineError):
            engine.write(everything(), inputs, folder)
        assert sorted(folder.iterdir()) == before

    def test_other_readers_see_the_same_types(self, engine: Engine, land: Texts, folders: Iterator[Path]) -> None:
        told = {"a": ("long", "1"), "b": ("decimal(10,2)", "1.50"), "c": ("date", "2024-01-01"), "d": ("float", "0.5")}
        values = [named(cast(text(value), type_), name) for name, (type_, value) in told.items()]
        stamp = named(cast(text("2024-01-01T00:00:00.000001Z"), "timestamp"), "e")
        inputs = {"t": Input((land(["n"], [["1"]]),))}
        (written,) = engine.write(select(*values, stamp), inputs, next(folders))
        frame = pl.read_parquet(written.path)
        assert frame.schema == {
            "a": pl.Int64,
            "b": pl.Decimal(10, 2),
            "c": pl.Date,
            "d": pl.Float32,
            "e": pl.Datetime("us", "UTC"),
        }


VALUES = {
    "string": ["b", "a", "", "é"],
    "boolean": ["true", "false"],
    "int": ["-5", "9", "10"],
    "long": ["-9223372036854775808", "9223372036854775807"],
    "float": ["-0.5", "16777216"],
    "double": ["-1e300", "0.1"],
    "decimal(2,2)": ["-0.50", "0.25"],
    "decimal(38,10)": ["-1.5", "1234567890123456789012345678.0123456789"],
    "date": ["0001-01-01", "9999-12-31"],
    "timestamp": ["0044-03-15T00:00:00Z", "2024-01-01T00:00:00.000001Z", "9999-12-31T23:59:59.999999Z"],
}


class TestStatistics:
    @pytest.mark.parametrize("type_", VALUES)
    def test_bounds_are_those_of_the_values(
        self, engine: Engine, land: Texts, folders: Iterator[Path], type_: str
    ) -> None:
        inputs = {"t": Input((land(["n"], [["1"]]),))}
        rows = [select(named(cast(text(v), type_), 'x"y')) for v in VALUES[type_]]
        (written,) = engine.write(union_all([*rows, select(named(null(type_), 'x"y'))]), inputs, next(folders))
        stats = written.stats['x"y']
        parsed = parse_type(type_)
        values = [parse_value(v, parsed) for v in VALUES[type_]]
        bounds = [None if b is None else parse_value(b, parsed) for b in (stats.minimum, stats.maximum)]
        assert bounds == [min(values), max(values)]  # type: ignore[type-var]
        assert stats.nulls == 1

    def test_a_bound_that_may_be_cut_is_not_told(self, engine: Engine, land: Texts, folders: Iterator[Path]) -> None:
        inputs = {"t": Input((land(["n"], [["a" * 5000], ["b"]]),))}
        (written,) = engine.write(everything(), inputs, next(folders))
        assert written.stats["n"].minimum is None
        assert written.stats["n"].maximum == "b"

    def test_a_column_without_values_has_no_bounds(self, engine: Engine, land: Texts, folders: Iterator[Path]) -> None:
        (written,) = engine.write(everything(), {"t": Input((land(["n"], [[None], [None]]),))}, next(folders))
        assert written.stats["n"] == ColumnStats(2, None, None)

    def test_nested_columns_have_none(self, engine: Engine, land_typed: Land, folders: Iterator[Path]) -> None:
        file = land_typed("SELECT MAP(['a'], ['b']) AS m, [1] AS l, {'x': 1} AS s, 1 AS n")
        (written,) = engine.write(everything(), {"t": Input((file,))}, next(folders))
        assert set(written.stats) == {"n"}


class TestFailures:
    def test_a_failure_shows_no_value(
        self, engine: Engine, land: Texts, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        file = land(["n"], [["4111-1111-1111-1111"]])
        with pytest.raises(EngineError) as caught:
            engine.rows(select(cast(column("n"), "int")), {"t": Input((file,))})
        assert caught.value.code == "engine.failed"
        assert "4111" not in "\n".join(caught.value.lines())
        assert "".join(capfd.readouterr()) == ""
        assert caplog.text == ""
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__

    def test_a_file_that_is_gone_is_a_failure_of_the_engine(self, engine: Engine, tmp_path: Path) -> None:
        for ask in (engine.columns, lambda f: engine.rows(everything(), {"t": Input((f,))})):
            with pytest.raises(EngineError):
                ask(str(tmp_path / "gone.parquet"))

    def test_after_a_failure_the_engine_works_on(self, engine: Engine, land: Texts) -> None:
        inputs = {"t": Input((land(["n"], [["x"]]),))}
        with pytest.raises(EngineError):
            engine.rows(select(cast(column("n"), "int")), inputs)
        assert list(engine.rows(everything(), inputs)) == [("x",)]
