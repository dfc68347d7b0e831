"""What every implementation of the `SparkRuntime` port promises."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from lakekit.domain.errors import EngineError, LakekitError, UnsupportedCapability
from lakekit.domain.lineage import ColumnSource
from lakekit.domain.schema import TableColumn
from lakekit.plugin.provider import Context, Port
from lakekit.ports.engine import Input, Written
from lakekit.ports.runtime import Body, Capability, SparkRuntime
from lakekit.sql.query.columns import analyse
from lakekit.sql.query.parsed import read_query
from lakekit.testing.suite import OptionsSuite

Row = tuple[object, ...]

COLUMNS = tuple(
    TableColumn(f"c{i}", type_)
    for i, type_ in enumerate(
        (
            *("string", "boolean", "int", "long", "float", "double", "decimal(38,10)", "date", "timestamp", "binary"),
            *("array<string>", "map<string,long>", "struct<a:int,b:struct<c:timestamp,d:decimal(5,2)>>"),
        )
    )
)
CASTS = (
    *("string", "varchar(3)", "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal"),
    *("decimal(5,2)", "date", "timestamp", "timestamp_ntz", "binary"),
)
ROWS: Sequence[Row] = (
    (
        *("é\n\U0001f600", True, -(2**31), 2**63 - 1, 0.5, 1e300, Decimal("1234567890123456789012345678.0123456789")),
        *(date(1582, 10, 15), datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC), b"\0\xff"),
        *(["a", None], {"k": 1}, {"a": 1, "b": {"c": datetime(2024, 2, 29, 1, 2, 3, 4, UTC), "d": Decimal("-1.50")}}),
    ),
    (
        *("", False, 2**31 - 1, -(2**63), -0.25, -1e-300, Decimal("-0.0000000001")),
        *(date(9999, 12, 31), datetime(1900, 1, 1, 0, 0, 0, 1, UTC), b""),
        *([], {}, {"a": None, "b": None}),
    ),
    (None,) * len(COLUMNS),
)
ORDERS = (
    (TableColumn("id", "long"), TableColumn("customer", "string"), TableColumn("amount", "decimal(10,2)")),
    ((1, "ann", Decimal("10.50")), (2, "bob", Decimal("0.25")), (3, "ann", None), (4, None, Decimal("-3.00"))),
)
CUSTOMERS = (
    (TableColumn("name", "string"), TableColumn("city", "string")),
    (("ann", "Bern"), ("bob", None), ("cyd", "Oslo")),
)


def joined(inputs: Mapping[str, Any]) -> Any:
    """Total amount per city, as a function of PySpark."""
    from pyspark.sql import functions as f

    orders, customers = inputs["bronze.orders"], inputs["bronze.customers"]
    both = orders.join(customers, orders["customer"] == customers["name"], "left")
    return both.groupBy("city").agg(f.count("*").alias("orders"), f.sum("amount").alias("total"))


def with_python(inputs: Mapping[str, Any]) -> Any:
    """A function of Python on each row."""
    from pyspark.sql import functions as f

    shout = f.udf(lambda text: None if text is None else text.upper() + "!", "string")
    return inputs["bronze.orders"].select("id", shout("customer").alias("customer"))


def in_python(inputs: Mapping[str, Any]) -> Any:
    """All rows through a function of Python."""
    return inputs["bronze.orders"].mapInArrow(lambda batches: batches, "id long, x string")


def raising_on_a_row(inputs: Mapping[str, Any]) -> Any:
    """Divides by zero where the customer is bob."""
    from pyspark.sql import functions as f

    divide = f.udf(lambda text: 1 // (text != "bob"), "long")
    return inputs["bronze.orders"].select(divide("customer").alias("x"))


def leaving(_: Mapping[str, Any]) -> Any:
    raise SystemExit(0)


def printing(inputs: Mapping[str, Any]) -> Any:
    sys.stdout.write("here\n")
    return inputs["bronze.orders"].select("id")


def raising(inputs: Mapping[str, Any]) -> Any:
    raise KeyError(*inputs)


def with_unknown_column(inputs: Mapping[str, Any]) -> Any:
    return inputs["bronze.orders"].select("nope")


def _file_names(inputs: Mapping[str, Any]) -> Any:
    from pyspark.sql import functions as f

    name = f.substring_index(f.input_file_name(), "/", -1)
    return inputs["bronze.orders"].select(name.startswith("orders").alias("x")).distinct()


def _observed(inputs: Mapping[str, Any]) -> Any:
    from pyspark.sql import Observation
    from pyspark.sql import functions as f

    watched = inputs["bronze.orders"].observe(Observation("watch"), f.count(f.lit(1)).alias("n"))
    return watched.select(f.lit(True).alias("x")).distinct()


def _corrupt(inputs: Mapping[str, Any]) -> Any:
    from pyspark.sql import functions as f

    kept = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "bad"}
    told = f.from_json("customer", "a int, bad string", kept).getField("bad")
    return inputs["bronze.orders"].where("id = 1").select((told == "ann").alias("x"))


def _rdd(inputs: Mapping[str, Any]) -> Any:
    orders = inputs["bronze.orders"]
    return orders.sparkSession.createDataFrame(
        orders.select("id").where("id = 1").rdd.map(lambda row: (row.id == 1,)), "x boolean"
    )


USES = {
    Capability.INPUT_FILE_NAME: _file_names,
    Capability.OBSERVE: _observed,
    Capability.CORRUPT_RECORDS: _corrupt,
    Capability.RDD: _rdd,
}
"""A body for each capability; the one row that it makes is (True,)."""


class OfRuntime(OptionsSuite):
    """Tests of a runtime, which those of a class share."""

    port = Port.RUNTIME

    @pytest.fixture(scope="class")
    @classmethod
    def runtime(cls, context: Context) -> Iterator[SparkRuntime]:
        made: SparkRuntime = cls.registered(context)
        yield made
        made.close()


class RuntimeSuite(OfRuntime):
    """Subclass it as `Test...`; say how to write and read Parquet without the runtime."""

    def write_parquet(self, file: Path, columns: Sequence[TableColumn], rows: Sequence[Row]) -> None:
        """Write a Parquet file with exactly these columns."""
        raise NotImplementedError

    def read_parquet(self, files: Sequence[Path]) -> list[Row]:
        """The rows of Parquet files: moments in UTC, structs and maps as dicts."""
        raise NotImplementedError

    @pytest.fixture
    def inputs(self, tmp_path: Path) -> dict[str, Input]:
        """Orders in two files, customers in one whose path no pattern may be taken for."""
        (odd := tmp_path / "a b[c]*{d}%20=é").mkdir()
        files = (tmp_path / "orders-1.parquet", tmp_path / "orders-2.parquet", odd / "customers.parquet")
        self.write_parquet(files[0], ORDERS[0], ORDERS[1][:3])
        self.write_parquet(files[1], ORDERS[0], ORDERS[1][3:])
        self.write_parquet(files[2], *CUSTOMERS)
        return {"bronze.orders": Input((str(files[0]), str(files[1]))), "bronze.customers": Input((str(files[2]),))}

    def rows(self, runtime: SparkRuntime, body: Body, inputs: Mapping[str, Input], folder: Path) -> list[Row]:
        """What `body` makes, in an order that is the rows' alone."""
        return sorted(self.read_parquet([w.path for w in runtime.write(body, inputs, folder / "out")]), key=str)

    def test_every_type_comes_out_as_it_went_in(self, runtime: SparkRuntime, tmp_path: Path) -> None:
        self.write_parquet(tmp_path / "in.parquet", COLUMNS, ROWS)
        inputs = {"t": Input((str(tmp_path / "in.parquet"),), columns=COLUMNS)}
        assert runtime.analyse("SELECT * FROM t", inputs) == COLUMNS
        assert self.rows(runtime, "SELECT * FROM t", inputs, tmp_path) == sorted(ROWS, key=str)
        assert runtime.analyse("SELECT * FROM t", {"t": Input(self._paths(tmp_path / "out"))}) == COLUMNS

    def test_what_is_told_of_types_before_a_query_runs_is_so(self, runtime: SparkRuntime) -> None:
        inputs = {"t": Input((), columns=COLUMNS), "u": Input((), columns=(TableColumn("c2", "long"),))}
        casts = ", ".join(f"CAST(NULL AS {type_}) AS n{i}" for i, type_ in enumerate(CASTS))
        for query in (
            "SELECT * FROM t",
            f"SELECT {casts}",
            "SELECT CAST(c0 AS int) AS one, c12.b.d, c12.a AS a FROM t",
            "SELECT max(c2) AS m, c1 FROM (SELECT c1, (c2) AS c2 FROM t) GROUP BY c1",
            "SELECT c2, c0 FROM t FULL JOIN u USING (c2)",
            "SELECT c2 FROM t RIGHT JOIN u USING (c2)",
            "SELECT c2, 1 AS x FROM t UNION ALL SELECT c2, 2 FROM u",
        ):
            told = analyse(read_query(query), {name: input_.columns or () for name, input_ in inputs.items()})
            made = runtime.analyse(query, inputs)
            assert [c.name for c in told] == [c.name for c in made], query
            assert [c.type for c in told if c.type] == [m.type for c, m in zip(told, made, strict=True) if c.type], (
                query
            )

    def test_a_query_joins_groups_and_orders(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        query = """
            WITH totals AS (
              SELECT customer, sum(amount) AS total, count(*) AS n FROM bronze.orders GROUP BY customer
            )
            SELECT customers.city, t.total, t.n,
                   row_number() OVER (ORDER BY t.total DESC NULLS LAST, orders.id) AS place
            FROM totals t
            LEFT JOIN bronze.customers ON name = t.customer
            JOIN bronze.orders ON orders.customer <=> t.customer
            WHERE orders.id <> 3
        """
        expected = [("Bern", Decimal("10.50"), 2, 1), (None, Decimal("-3.00"), 1, 3), (None, Decimal("0.25"), 1, 2)]
        assert self.rows(runtime, query, inputs, tmp_path) == sorted(expected, key=str)

    def test_names_of_with_are_found_in_any_case(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        query = "WITH Paid AS (SELECT id FROM bronze.Orders) SELECT pAID.id FROM pAID JOIN PAID AS b ON paid.ID = b.id"
        assert {row[0] for row in self.rows(runtime, query, inputs, tmp_path)} == {row[0] for row in ORDERS[1]}

    def test_columns_are_found_in_any_case_and_behind_their_dataset(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        query = "SELECT bronze.orders.ID AS `Id`, Customer FROM bronze.orders WHERE Bronze.`Orders`.amount > 1"
        assert [c.name for c in runtime.analyse(query, inputs)] == ["Id", "Customer"]
        assert self.rows(runtime, query, inputs, tmp_path) == [(1, "ann")]

    def test_zeros_of_both_signs_are_one_key(self, runtime: SparkRuntime, tmp_path: Path) -> None:
        column = (TableColumn("x", "double"),)
        self.write_parquet(tmp_path / "a.parquet", column, [(0.0,), (1.0,), (-0.0,)])
        self.write_parquet(tmp_path / "b.parquet", column, [(-0.0,)])
        both = {name: Input((str(tmp_path / f"{name}.parquet"),), columns=column) for name in "ab"}
        queries = {
            "SELECT count(*) AS n FROM a JOIN b ON a.x = b.x": 2,
            "SELECT count(*) AS n FROM a LEFT SEMI JOIN b ON a.x = b.x": 2,
            "SELECT count(*) AS n FROM a LEFT ANTI JOIN b ON a.x = b.x": 1,
        }
        for number, (query, rows) in enumerate(queries.items()):
            assert self.rows(runtime, query, both, tmp_path / str(number)) == [(rows,)]

    def test_two_quotes_within_a_text_are_one(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        query = '''SELECT 'it''s' AS a, "say ""hi""" AS b FROM bronze.orders WHERE customer = 'O''Neil' OR id = 1'''
        assert self.rows(runtime, query, inputs, tmp_path) == [("it's", 'say "hi"')]

    def test_threads_may_ask_side_by_side(self, context: Context, inputs: dict[str, Input], tmp_path: Path) -> None:
        runtime: SparkRuntime = self.registered(context)
        query = "SELECT id FROM bronze.orders WHERE id <= "
        try:
            with ThreadPoolExecutor(4) as pool:
                made = pool.map(lambda n: self.rows(runtime, f"{query}{n}", inputs, tmp_path / str(n)), range(1, 5))
                assert [len(rows) for rows in made] == [1, 2, 3, 4]
        finally:
            runtime.close()

    def test_an_input_may_have_no_files(self, runtime: SparkRuntime, tmp_path: Path) -> None:
        nothing = {"t": Input((), columns=COLUMNS)}
        assert runtime.analyse("SELECT * FROM t", nothing) == COLUMNS
        assert self.rows(runtime, "SELECT count(*) AS n FROM t", nothing, tmp_path) == [(0,)]

    def test_what_was_analysed_over_other_files_is_not_what_is_written(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        nothing = {"bronze.orders": Input((), columns=(TableColumn("id", "long"),))}
        for body in ("SELECT id FROM bronze.orders", lambda given: given["bronze.orders"].select("id")):
            for told in (inputs, nothing, inputs):
                runtime.analyse(body, told)
            folder = tmp_path / type(body).__name__
            assert self.rows(runtime, body, nothing, folder / "nothing") == []
            assert self.rows(runtime, body, inputs, folder / "first") == [(1,), (2,), (3,), (4,)]
            assert self.rows(runtime, body, inputs, folder / "again") == [(1,), (2,), (3,), (4,)]

    def test_a_function_has_its_inputs_by_name(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        columns = (TableColumn("city", "string"), TableColumn("orders", "long"), TableColumn("total", "decimal(20,2)"))
        assert runtime.analyse(joined, inputs) == columns
        expected = [("Bern", 2, Decimal("10.50")), (None, 2, Decimal("-2.75"))]
        assert self.rows(runtime, joined, inputs, tmp_path) == sorted(expected, key=str)

    def test_a_function_may_call_python_for_each_row(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        expected = [(1, "ANN!"), (2, "BOB!"), (3, "ANN!"), (4, None)]
        assert self.rows(runtime, with_python, inputs, tmp_path) == expected

    def test_a_column_that_a_file_lacks_is_null(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        columns = (TableColumn("id", "long"), TableColumn("more", "int"))
        conformed = {"t": Input(inputs["bronze.orders"].files, columns=columns)}
        assert self.rows(runtime, "SELECT * FROM t WHERE id < 3", conformed, tmp_path) == [(1, None), (2, None)]

    def test_time_is_utc(self, runtime: SparkRuntime, tmp_path: Path) -> None:
        query = "SELECT TIMESTAMP '2024-07-01 12:00:00' AS at, hour(TIMESTAMP '2024-07-01 12:00:00+02:00') AS hour"
        assert self.rows(runtime, query, {}, tmp_path) == [(datetime(2024, 7, 1, 12, tzinfo=UTC), 10)]

    def test_the_files_are_told_with_their_rows(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        written = runtime.write("SELECT id, customer FROM bronze.orders", inputs, tmp_path / "out")
        assert sum(w.rows for w in written) == 4
        assert all((w.lane, w.size) == ("", w.path.stat().st_size) for w in written)
        assert {w.path for w in written} == {p for p in (tmp_path / "out").rglob("*") if p.is_file()}
        assert self._total(written, "customer") == 1
        assert min(w.stats["id"].minimum or "" for w in written) == "1"

    def test_nan_is_within_no_bounds(self, runtime: SparkRuntime, tmp_path: Path) -> None:
        query = "SELECT CAST(x AS double) AS x FROM VALUES ('1'), ('NaN'), ('-Infinity') AS v(x)"
        for written in runtime.write(query, {}, tmp_path / "out"):
            assert (written.stats["x"].minimum, written.stats["x"].maximum) in {(None, None), ("1.0", "1.0")}

    @pytest.mark.parametrize(
        ("query", "type_", "values"),
        [
            (
                "SELECT CASE WHEN id > 1 THEN 0 ELSE amount END AS a FROM bronze.orders",
                *("decimal(12,2)", ["0.00", "0.00", "0.00", "10.50"]),
            ),
            (
                "SELECT if(id > 1, id, amount) AS a FROM bronze.orders",
                *("decimal(22,2)", ["10.50", "2.00", "3.00", "4.00"]),
            ),
            (
                "SELECT 1 AS a UNION ALL SELECT amount FROM bronze.orders",
                *("decimal(12,2)", ["-3.00", "0.25", "1.00", "10.50", "None"]),
            ),
            (
                "SELECT sum(CASE WHEN id > 1 THEN 0 ELSE amount END) + 1 AS a FROM bronze.orders",
                "decimal(23,2)",
                ["11.50"],
            ),
        ],
    )
    def test_values_of_several_types_are_of_one_that_holds_them(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path, query: str, type_: str, values: list[str]
    ) -> None:
        assert runtime.analyse(query, inputs) == (TableColumn("a", type_),)
        written = runtime.write(query, inputs, tmp_path / "out")
        assert sorted(str(value) for (value,) in self.read_parquet([w.path for w in written])) == values

    def test_no_rows_are_no_files(self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path) -> None:
        assert runtime.write("SELECT * FROM bronze.orders WHERE id < 0", inputs, tmp_path / "out") == ()
        assert list((tmp_path / "out").rglob("*")) == []

    def test_a_folder_that_is_there_is_refused(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        (tmp_path / "out").mkdir()
        with pytest.raises(EngineError):
            runtime.write("SELECT 1 AS a", inputs, tmp_path / "out")
        assert list((tmp_path / "out").iterdir()) == []

    @pytest.mark.parametrize(
        ("query", "code", "where"),
        [
            ("SELECT 1 +", "runtime.syntax", "1:10"),
            ("DROP TABLE bronze.orders", "runtime.syntax", ""),
            ("SELECT 1 AS a; SELECT 2 AS a", "runtime.syntax", ""),
            ("SELECT 'a", "runtime.syntax", ""),
            ("SELECT id\nFROM bronze.orders, bronze.nope", "runtime.missing_input", "2:21"),
            ("SELECT * FROM parquet.`/etc`", "runtime.syntax", "1:15"),
            ("SELECT * FROM IDENTIFIER('bronze.nope')", "runtime.syntax", "1:15"),
            ("SELECT id,\n  orders.nope\nFROM bronze.orders", "runtime.unknown_column", "2:10"),
            ("SELECT id, id AS ID FROM bronze.orders", "runtime.same_name", ""),
            ("SELECT NULL AS a", "runtime.unsupported_type", ""),
            ("SELECT frobnicate(id) AS a FROM bronze.orders", "runtime.unsupported", "1:8"),
        ],
    )
    def test_a_query_that_cannot_run_is_told_before_anything_has(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path, query: str, code: str, where: str
    ) -> None:
        with pytest.raises(LakekitError) as caught:
            runtime.analyse(query, inputs)
        assert (caught.value.code, caught.value.where) == (code, where)
        with pytest.raises(LakekitError):
            runtime.write(query, inputs, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        ("body", "code", "inside"),
        [
            (with_unknown_column, "runtime.unknown_column", 1),
            (raising, "runtime.function_raised", 1),
            (leaving, "runtime.function_raised", 1),
            (len, "runtime.no_frame", 0),
        ],
    )
    def test_a_function_that_cannot_plan_is_told_with_its_place(
        self, runtime: SparkRuntime, inputs: dict[str, Input], body: Any, code: str, inside: int
    ) -> None:
        with pytest.raises(EngineError) as caught:
            runtime.analyse(body, inputs)
        assert caught.value.code == code
        file, _, line = caught.value.where.rpartition(":")
        assert (file == __file__) == bool(inside)
        assert not inside or int(line) - body.__code__.co_firstlineno in {0, 1}

    def test_what_a_function_prints_is_not_on_the_output(
        self, runtime: SparkRuntime, inputs: dict[str, Input], capsys: pytest.CaptureFixture[str]
    ) -> None:
        runtime.analyse(printing, inputs)
        assert capsys.readouterr() == ("", "here\n")

    def test_a_function_that_raises_on_a_row_is_told_with_its_place_and_not_the_row(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        with pytest.raises(EngineError) as caught:
            runtime.write(raising_on_a_row, inputs, tmp_path / "out")
        assert caught.value.code == "runtime.function_raised"
        assert "ZeroDivisionError" in caught.value.what
        assert caught.value.where == f"{__file__}:{raising_on_a_row.__code__.co_firstlineno + 4}"
        assert "bob" not in "".join(caught.value.lines())

    @pytest.mark.parametrize(
        ("query", "why"),
        [
            ("SELECT id / (id - id) AS a FROM bronze.orders", "DIVIDE_BY_ZERO"),
            ("SELECT CAST(customer AS int) AS a FROM bronze.orders", "CAST_INVALID_INPUT"),
            ("SELECT CAST(id + 3000000000 AS int) AS a FROM bronze.orders", "CAST_INVALID_INPUT"),
            ("SELECT element_at(array(id), 3) AS a FROM bronze.orders", "INVALID_ARRAY_INDEX"),
            ("SELECT id + 9223372036854775807 AS a FROM bronze.orders", "ARITHMETIC_OVERFLOW"),
            ("SELECT id * 9223372036854775807 AS a FROM bronze.orders", "ARITHMETIC_OVERFLOW"),
            ("SELECT sum(9223372036854775800 + id) AS a FROM bronze.orders", "ARITHMETIC_OVERFLOW"),
        ],
    )
    def test_a_value_without_a_result_is_an_error_that_does_not_quote_it(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path, query: str, why: str
    ) -> None:
        with pytest.raises(EngineError) as caught:
            runtime.write(query, inputs, tmp_path / "out")
        assert (caught.value.code, caught.value.why) == ("runtime.failed", why)
        assert "ann" not in "".join(caught.value.lines())

    def test_a_function_has_the_lineage_that_its_plan_tells(
        self, runtime: SparkRuntime, inputs: dict[str, Input]
    ) -> None:
        """Columns of rows that come out of Python are not known; what a function of Python makes of values is."""
        told = runtime.lineage(joined, inputs)
        steering = frozenset(
            (
                ColumnSource("bronze.orders", "customer", False, "JOIN"),
                ColumnSource("bronze.customers", "name", False, "JOIN"),
                ColumnSource("bronze.customers", "city", False, "GROUP_BY"),
            )
        )
        assert told == {
            "city": steering | {ColumnSource("bronze.customers", "city", True, "IDENTITY")},
            "orders": steering,
            "total": steering | {ColumnSource("bronze.orders", "amount", True, "AGGREGATION")},
        }
        shouted = frozenset((ColumnSource("bronze.orders", "customer", True, "TRANSFORMATION"),))
        assert runtime.lineage(with_python, inputs)["customer"] == shouted
        assert runtime.lineage(in_python, inputs) == {"id": None, "x": None}

    @pytest.mark.parametrize("capability", Capability)
    def test_what_is_claimed_works_and_all_else_is_refused_before_anything_has_run(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path, capability: Capability
    ) -> None:
        body = USES[capability]
        if capability in runtime.capabilities:
            assert self.rows(runtime, body, inputs, tmp_path) == [(True,)]
            return
        with pytest.raises(UnsupportedCapability, match=capability.value) as caught:
            runtime.analyse(body, inputs)
        assert caught.value.code == "runtime.unsupported"
        with pytest.raises(UnsupportedCapability):
            runtime.write(body, inputs, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_what_a_function_sets_does_not_reach_the_next(
        self, runtime: SparkRuntime, inputs: dict[str, Input], tmp_path: Path
    ) -> None:
        def setting(given: Mapping[str, Any]) -> Any:
            orders = given["bronze.orders"]
            orders.sparkSession.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
            return orders

        runtime.analyse(setting, inputs)
        self.test_time_is_utc(runtime, tmp_path)

    def test_after_close_it_starts_anew_and_leaves_nothing(self, context: Context, tmp_path: Path) -> None:
        runtime: SparkRuntime = self.registered(evolve(context, private=tmp_path / "private"))
        for number in range(2):
            assert self.rows(runtime, "SELECT 1 AS a", {}, tmp_path / str(number)) == [(1,)]
            runtime.close()
        assert [p for p in (tmp_path / "private").rglob("*") if p.is_file()] == []

    def _paths(self, folder: Path) -> tuple[str, ...]:
        return tuple(map(str, sorted(folder.rglob("*.parquet"))))

    def _total(self, written: Sequence[Written], column: str) -> int:
        return sum(w.stats[column].nulls or 0 for w in written)
