"""What every implementation of the `Engine` port promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlglot import exp

from lakekit.domain.batch import ColumnStats
from lakekit.domain.errors import EngineError
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import parse_type
from lakekit.domain.values import parse_value
from lakekit.plugin.provider import Context, Port
from lakekit.ports.engine import Engine, Input
from lakekit.sql.canonical import as_text
from lakekit.sql.tree import case, cast, column, full_match, named, null, table, text, union_all
from lakekit.testing.suite import OptionsSuite

Rows = Sequence[tuple[object, ...]]

TYPES = (
    *("boolean", "byte", "short", "int", "long", "float", "double", "decimal(10,2)", "string", "binary", "date"),
    *("timestamp", "timestamp_ntz", "array<int>", "struct<a:int,b:array<string>>"),
)
ODD_NAMES = ("A", "a", "", "c0", "select", 'x"y', "_file", "file_row_number", "日本", "x\ny")
ODD_TEXTS = ("${spark.app.name}", "\\", "\\%\\_", "'", '"', "--", "/*", "\n\t", "\x1e7", "日本", "💶")
FLOATS = (
    *(0.1, 12.0, 1e15, 1e16, 1.5e300, 1e-4, 1e-5, 1.25e-7, 123456789.0, 9.5e15, 1e7, -0.0),
    -1234567890123456.7,
)
BOUNDS = {
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


class EngineSuite(OptionsSuite):
    """Subclass it as `Test...`; say how to write and read Parquet without the engine."""

    port = Port.ENGINE

    def land(self, file: Path, columns: Mapping[str, str], rows: Rows) -> None:
        """Write a Parquet file with these columns, types in Spark DDL (TYPES), and rows of Python's values."""
        raise NotImplementedError

    def read(self, file: Path) -> tuple[Mapping[str, str], Rows]:
        """The columns of a Parquet file, types in Spark DDL, and its rows, in order; timestamps in UTC."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, context: Context) -> Iterator[Engine]:
        made: Engine = cls.registered(context)
        yield made
        made.close()
        made.close()

    def texts(self, folder: Path, *rows: str | None, name: str = "landed") -> str:
        """A file with one column of texts, `n`."""
        file = folder / f"{name}.parquet"
        self.land(file, {"n": "string"}, [(told,) for told in rows])
        return str(file)

    def test_closing_twice_is_as_good_as_once(self, context: Context, tmp_path: Path) -> None:
        engine: Engine = self.registered(context)
        engine.columns(self.texts(tmp_path, "1"))
        engine.close()
        engine.close()

    def test_types_are_told_as_spark_ddl(self, engine: Engine, tmp_path: Path) -> None:
        file = tmp_path / "types.parquet"
        self.land(file, {type_: type_ for type_ in TYPES}, [(None,) * len(TYPES)])
        assert engine.columns(str(file)) == tuple(TableColumn(type_, type_) for type_ in TYPES)

    def test_names_are_those_of_the_file(self, engine: Engine, tmp_path: Path) -> None:
        file = tmp_path / "names.parquet"
        self.land(file, dict.fromkeys(ODD_NAMES, "string"), [("v",) * len(ODD_NAMES)])
        assert [c.name for c in engine.columns(str(file))] == list(ODD_NAMES)

    def test_columns_that_are_numbered_may_have_any_names(self, engine: Engine, tmp_path: Path) -> None:
        file, values = tmp_path / "names.parquet", tuple(map(str, range(len(ODD_NAMES))))
        self.land(file, dict.fromkeys(ODD_NAMES, "string"), [values])
        query = _select(*(column(f"c{i}") for i, _ in enumerate(ODD_NAMES)))
        assert list(engine.rows(query, {"t": Input((str(file),), positions=True)})) == [values]

    def test_rows_know_their_file_as_it_was_written_and_their_place(self, engine: Engine, tmp_path: Path) -> None:
        odd = tmp_path / "it's [a]*?" / "x=y"
        odd.mkdir(parents=True)
        files = tuple(self.texts(odd, "p", "q", "r", name=str(number)) for number in range(2))
        query = _select(column("_file"), column("_place"), column("c0"))
        found = engine.rows(query, {"t": Input(files, positions=True)})
        assert sorted(found) == [(file, i, told) for file in files for i, told in enumerate("pqr")]

    def test_files_that_lack_a_column_have_no_value_there(self, engine: Engine, tmp_path: Path) -> None:
        files = (tmp_path / "a.parquet", tmp_path / "b.parquet")
        self.land(files[0], {"a": "int", "b": "string"}, [(1, "x")])
        self.land(files[1], {"a": "int", "dropped": "boolean"}, [(2, True)])
        wanted = (TableColumn("b", "string"), TableColumn("c", "decimal(5,2)"), TableColumn("a", "int"))
        found = engine.rows(_everything(), {"t": Input(tuple(map(str, files)), columns=wanted)})
        assert sorted(found, key=str) == [("x", None, 1), (None, None, 2)]

    def test_numbers_of_narrower_files_are_of_the_type_that_was_asked_for(self, engine: Engine, tmp_path: Path) -> None:
        files = (tmp_path / "a.parquet", tmp_path / "b.parquet")
        self.land(files[0], {"n": "int", "d": "int", "x": "float"}, [(7, 7, 0.1)])
        self.land(files[1], {"n": "long", "d": "decimal(5,2)", "x": "double"}, [(2**40, Decimal("0.25"), 0.1)])
        wanted = (TableColumn("n", "long"), TableColumn("d", "decimal(12,2)"), TableColumn("x", "double"))
        inputs = {"t": Input(tuple(map(str, files)), columns=wanted)}
        exact = 0.10000000149011612
        assert sorted(engine.rows(_everything(), inputs)) == [(7, Decimal(7), exact), (2**40, Decimal("0.25"), 0.1)]
        for file in files:
            alone = {"t": Input((str(file),), columns=wanted)}
            (written,) = engine.write(_everything(), alone, tmp_path / f"of-{file.stem}")
            assert engine.columns(str(written.path)) == wanted

    def test_values_come_back_as_they_were(self, engine: Engine, tmp_path: Path) -> None:
        file, told = tmp_path / "values.parquet", tmp_path / "out"
        columns = {
            "n": "long",
            "d": "decimal(38,10)",
            "day": "date",
            "at": "timestamp",
            "l": "array<int>",
            "s": "string",
        }
        amount = Decimal("1234567890123456789012345678.0123456789")
        rows = [
            (-(2**63), amount, date(1, 1, 1), datetime(2024, 2, 29, 1, 2, 3, 4, UTC), [1, None], ""),
            (2**63 - 1, -amount, date(9999, 12, 31), datetime(1883, 11, 18, 17, tzinfo=UTC), [], "😀"),
            (None,) * len(columns),
        ]
        self.land(file, columns, rows)
        inputs = {"t": Input((str(file),))}
        timeless = [name for name in columns if name != "at"]
        expected = [tuple(v for name, v in zip(columns, row, strict=True) if name != "at") for row in rows]
        found = engine.rows(_select(*map(column, timeless)), inputs)
        assert sorted(map(tuple, found), key=str) == sorted(expected, key=str)
        (written,) = engine.write(_everything(), inputs, told)
        types, values = self.read(written.path)
        assert (dict(types), sorted(values, key=str)) == (columns, sorted(rows, key=str))

    def test_the_names_of_tables_are_only_names(self, engine: Engine, tmp_path: Path) -> None:
        name = 'x"; DROP TABLE "y'
        assert list(engine.rows(_everything(name), {name: Input((self.texts(tmp_path, "1"),))})) == [("1",)]

    @pytest.mark.parametrize("told", ODD_TEXTS)
    def test_a_text_of_a_query_is_that_text(self, engine: Engine, tmp_path: Path, told: str) -> None:
        same = exp.EQ(this=column("n"), expression=text(told))
        query = _select(same, text(told))
        assert list(engine.rows(query, {"t": Input((self.texts(tmp_path, told),))})) == [(True, told)]

    def test_texts_are_compared_by_bytes(self, engine: Engine, tmp_path: Path) -> None:
        told = ["a", "B", "é", "", "ab", "\uffee", "💶", "A"]
        query = _select(column("n")).order_by(column("n"))
        found = engine.rows(query, {"t": Input((self.texts(tmp_path, *told),))})
        assert [t for (t,) in found] == sorted(told, key=str.encode)

    def test_a_dot_matches_all_but_a_newline(self, engine: Engine, tmp_path: Path) -> None:
        file = self.texts(tmp_path, "a\rb", "a\u0085b", "a\u2028b", "a\nb")
        query = _select(column("_place")).where(full_match(column("c0"), "a.b"))
        assert sorted(engine.rows(query, {"t": Input((file,), positions=True)})) == [(0,), (1,), (2,)]

    def test_a_pattern_that_repeats_a_group_reads_a_long_text(self, engine: Engine, tmp_path: Path) -> None:
        query = _select(column("_place")).where(full_match(column("c0"), "(a|b)*"))
        file = self.texts(tmp_path, "ab" * 20_000)
        assert list(engine.rows(query, {"t": Input((file,), positions=True)})) == [(0,)]

    def test_floats_become_the_texts_of_python(self, engine: Engine, tmp_path: Path) -> None:
        file = tmp_path / "floats.parquet"
        self.land(file, {"x": "double"}, [*((x,) for x in FLOATS), (None,)])
        query = _select(column("_place"), as_text(column("c0"), "double"))
        found = sorted(
            engine.rows(query, {"t": Input((str(file),), positions=True)}), key=lambda row: str(row[0]).zfill(9)
        )
        assert [told for _, told in found] == [*map(repr, FLOATS), None]

    def test_each_lane_has_files_of_its_own_without_the_lane(self, engine: Engine, tmp_path: Path) -> None:
        file, folder = self.texts(tmp_path, *map(str, range(10))), tmp_path / "out"
        low = exp.LT(this=column("n"), expression=text("3"))
        query = _select(column("n"), named(case((low, text("low")), otherwise=text("high")), "_lane"))
        written = engine.write(query, {"t": Input((file,))}, folder)
        assert {(w.lane, w.rows) for w in written} == {("low", 3), ("high", 7)}
        for w in written:
            assert w.path.stat().st_size == w.size
            assert w.path.is_relative_to(folder)
            columns, rows = self.read(w.path)
            assert (list(columns), len(rows)) == (["n"], w.rows)

    def test_without_lanes_there_is_one(self, engine: Engine, tmp_path: Path) -> None:
        inputs = {"t": Input((self.texts(tmp_path, "1", "2"),))}
        (written,) = engine.write(_everything(), inputs, tmp_path / "out")
        assert (written.lane, written.rows) == ("", 2)

    @pytest.mark.parametrize("lanes", [True, False])
    def test_no_rows_make_no_file(self, engine: Engine, tmp_path: Path, lanes: bool) -> None:
        query = _select(column("n"), *([named(text("a"), "_lane")] if lanes else []))
        assert engine.write(query, {"t": Input((self.texts(tmp_path),))}, tmp_path / "out") == ()

    def test_a_folder_that_is_there_is_not_written_to(self, engine: Engine, tmp_path: Path) -> None:
        folder, inputs = tmp_path / "out", {"t": Input((self.texts(tmp_path, "1"),))}
        engine.write(_everything(), inputs, folder)
        before = sorted(folder.iterdir())
        with pytest.raises(EngineError):
            engine.write(_everything(), inputs, folder)
        assert sorted(folder.iterdir()) == before

    @pytest.mark.parametrize("type_", BOUNDS)
    def test_bounds_are_those_of_the_values(self, engine: Engine, tmp_path: Path, type_: str) -> None:
        inputs = {"t": Input((self.texts(tmp_path, "1"),))}
        rows = [_select(named(cast(text(v), type_), 'x"y')) for v in BOUNDS[type_]]
        query = union_all([*rows, _select(named(null(type_), 'x"y'))])
        (written,) = engine.write(query, inputs, tmp_path / "out")
        stats, parsed = written.stats['x"y'], parse_type(type_)
        values = [parse_value(v, parsed) for v in BOUNDS[type_]]
        bounds = [None if b is None else parse_value(b, parsed) for b in (stats.minimum, stats.maximum)]
        assert bounds == [min(values), max(values)]  # type: ignore[type-var]
        assert stats.nulls == 1

    def test_a_bound_that_may_be_cut_is_not_told(self, engine: Engine, tmp_path: Path) -> None:
        inputs = {"t": Input((self.texts(tmp_path, "a" * 5000, "b"),))}
        (written,) = engine.write(_everything(), inputs, tmp_path / "out")
        assert (written.stats["n"].minimum, written.stats["n"].maximum) == (None, "b")

    def test_a_column_without_values_has_no_bounds(self, engine: Engine, tmp_path: Path) -> None:
        inputs = {"t": Input((self.texts(tmp_path, None, None),))}
        (written,) = engine.write(_everything(), inputs, tmp_path / "out")
        assert written.stats["n"] == ColumnStats(2, None, None)

    def test_nested_columns_have_no_statistics(self, engine: Engine, tmp_path: Path) -> None:
        file = tmp_path / "nested.parquet"
        self.land(
            file, {"l": "array<int>", "s": "struct<a:int,b:array<string>>", "n": "int"}, [([1], {"a": 1, "b": []}, 1)]
        )
        (written,) = engine.write(_everything(), {"t": Input((str(file),))}, tmp_path / "out")
        assert set(written.stats) == {"n"}

    def test_a_failure_shows_no_value(
        self, engine: Engine, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        inputs = {"t": Input((self.texts(tmp_path, "4111-1111-1111-1111"),))}
        with pytest.raises(EngineError) as caught:
            engine.rows(_select(cast(column("n"), "int")), inputs)
        assert caught.value.code == "engine.failed"
        assert "4111" not in "\n".join([*caught.value.lines(), *capfd.readouterr(), caplog.text])
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__

    def test_a_file_that_is_gone_is_a_failure_of_the_engine(self, engine: Engine, tmp_path: Path) -> None:
        for ask in (engine.columns, lambda f: engine.rows(_everything(), {"t": Input((f,))})):
            with pytest.raises(EngineError):
                ask(str(tmp_path / "gone.parquet"))

    def test_after_a_failure_the_engine_works_on(self, engine: Engine, tmp_path: Path) -> None:
        inputs = {"t": Input((self.texts(tmp_path, "x"),))}
        with pytest.raises(EngineError):
            engine.rows(_select(cast(column("n"), "int")), inputs)
        with pytest.raises(EngineError):
            engine.write(_select(cast(column("n"), "int")), inputs, tmp_path / "out")
        assert list(engine.rows(_everything(), inputs)) == [("x",)]


def _select(*values: exp.Expr, source: str = "t") -> exp.Select:
    return exp.Select(expressions=list(values)).from_(table(source))


def _everything(source: str = "t") -> exp.Select:
    return _select(exp.Star(), source=source)
