"""Contracts for DataFrames: what `lakekit ingest` does to a row, on whichever PySpark the DataFrame is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from hypothesis import HealthCheck, given, settings

from lakekit.domain.batch import Counts, ReasonCount
from lakekit.domain.contract import Column, Contract
from lakekit.domain.errors import ConfigError, EngineError, SourceError
from lakekit.domain.evolution import Evolution, NewColumn
from lakekit.domain.names import Dataset
from lakekit.domain.schema import QUARANTINE_COLUMNS
from lakekit.domain.types import Kind, parse_type
from lakekit.project.contracts import read_contract
from lakekit_spark.fence import quiet
from lakekit_spark.library import Aligned, align_to_schema, write_quarantine
from lakekit_spark.results import collected
from lakekit_spark.types import ddl
from tests.clusters import Server
from tests.conformance.engine.batches import Part, batches, comparable, expected
from tests.integration.projects import Project
from tests.sail import SAIL
from tests.spark import CONNECT, LOCAL

ROWS = [("1", "2024-01-01", "a"), ("x", "2024-02-30", "b"), (None, None, "c"), ("+7", "2024-01-01T10:30Z", None)]
CONTRACT = Contract(
    "things",
    (
        Column("id", parse_type("long"), required=True),
        Column("at", parse_type("timestamp")),
        Column("note", parse_type("string"), allowed=("a", "c")),
    ),
)
REASONS = (
    *(ReasonCount("cast_failed", "at", 1), ReasonCount("cast_failed", "id", 1), ReasonCount("missing_value", "id", 1)),
    ReasonCount("not_allowed", "note", 1),
)


def frame(session: Any, names: tuple[str, ...], rows: Any) -> Any:
    """A DataFrame of texts."""
    from pyspark.sql.types import StringType, StructField, StructType

    return session.createDataFrame(list(rows), StructType([StructField(n, StringType()) for n in names]))


def accepted(aligned: Aligned) -> list[object]:
    """The rows of `df` in the form that the oracle has them, with `_extra`."""
    from pyspark.sql import functions as f

    df = aligned.df if "_extra" in aligned.df.columns else aligned.df.withColumn("_extra", f.lit(None))
    times = [i for i, c in enumerate(aligned.contract.columns) if c.type.kind is Kind.TIMESTAMP]
    rows = [[v.replace(tzinfo=None) if i in times and v else v for i, v in enumerate(r)] for r in collected(df)]
    return sorted((comparable(row) for row in rows), key=str)


def rejected(aligned: Aligned) -> list[object]:
    rows = collected(aligned.dq.select("reasons", "values"))
    return sorted(
        (comparable(([(r["code"], r["column"]) for r in reasons], values)) for reasons, values in rows), key=str
    )  # type: ignore[attr-defined]


def stored(lake: Path, dataset: str) -> list[dict[str, Any]]:
    """The rows of a quarantine, in the order of their hashes, as delta-rs reads them."""
    table = DeltaTable(str(lake / Dataset("bronze", dataset).quarantine)).to_pyarrow_table()
    return sorted(table.to_pylist(maps_as_pydicts="strict"), key=lambda row: str(row["content_hash"]))


class Library:
    """What holds on each of them."""

    def test_nested_columns_are_aligned_from_texts_and_from_values(self, session: Any) -> None:
        columns = (
            Column("id", parse_type("long")),
            Column("items", parse_type("array<struct<code:string,qty:decimal(20,2)>>")),
            Column("tags", parse_type("map<string,int>")),
            Column("raw", parse_type("binary")),
        )
        good = ("1", '[{"qty":123456789012345678.10,"code":"a"},null]', '{"x":1,"y":null}', "00ff")
        rows = [good, ("2", '[{"kty":1}]', "{} x", "0"), ("3", None, "", "")]
        aligned = align_to_schema(frame(session, ("id", "items", "tags", "raw"), rows), Contract("things", columns))
        first = [1, [{"code": "a", "qty": Decimal("123456789012345678.10")}, None], {"x": 1, "y": None}, b"\x00\xff"]
        assert accepted(aligned) == sorted(map(comparable, ([*first, None], [3, None, None, None, None])), key=str)
        assert aligned.books().reasons == tuple(ReasonCount("cast_failed", c, 1) for c in ("items", "raw", "tags"))
        again = align_to_schema(aligned.df, aligned.df.schema)
        assert accepted(again) == accepted(aligned)

    @given(batch=batches())
    @settings(
        max_examples=8, suppress_health_check=[HealthCheck.differing_executors, *settings().suppress_health_check]
    )
    def test_texts_are_judged_as_plain_python_judges_them(
        self, session: Any, batch: tuple[Contract, str | None, list[Part]]
    ) -> None:
        contract, _, parts = batch
        for part in parts:
            own, wanted = Part(part.names, part.rows, "", None), {c.name for c in contract.columns}
            # A part that has none of the columns is refused, and one that has `row` for `Row`.
            folded = {name.casefold() for name in set(own.names) - wanted}
            if wanted.isdisjoint(own.names) or any(name.casefold() in folded for name in wanted - set(own.names)):
                continue
            aligned = align_to_schema(frame(session, own.names, own.rows), contract)
            good, bad = expected(contract, None, [own])
            assert accepted(aligned) == sorted((row[:-1] for row in good), key=str)  # type: ignore[index]
            assert rejected(aligned) == sorted((row[2:] for row in bad), key=str)  # type: ignore[index]
            assert aligned.books().counts == Counts(len(own.rows), len(good), len(bad))

    def test_the_books_and_the_quarantine_are_those_of_ingest(self, session: Any, tmp_path: Path) -> None:
        project = Project(tmp_path)
        project.settings(load_type="full")
        project.contract(id={"required": True}, note={"allowed": ["a", "c"]})
        project.file("a.csv", "1,2024-01-01,a", "x,2024-02-30,b", ",,c", "+7,2024-01-01T10:30Z,")
        (batch,) = project.ingest()
        contract = read_contract(tmp_path, "things")
        rows = [tuple(value or "" for value in row) for row in ROWS]
        aligned = align_to_schema(frame(session, ("id", "at", "note"), rows), contract)
        done = write_quarantine(aligned.dq, tmp_path / "lake", "bronze.again", 1)
        books = aligned.books()
        assert (books.counts, books.reasons) == (batch.counts, batch.reasons)
        assert (done.rows, done.reasons) == (batch.counts.quarantined, batch.reasons)
        by = ("values", "reasons", "contract_version", "content_hash")
        ours, theirs = stored(tmp_path / "lake", "again"), stored(tmp_path / "lake", "things")
        assert [[row[c] for c in by] for row in ours] == [[row[c] for c in by] for row in theirs]

    def test_the_columns_are_the_contracts_in_its_order(self, session: Any) -> None:
        df, dq = align_to_schema(session.sql("SELECT 1.50D AS note, 2 AS id, 'x' AS more"), CONTRACT)
        told = [(f["name"], ddl(f["type"])) for f in df.schema.jsonValue()["fields"]]
        assert told == [*((c.name, str(c.type)) for c in CONTRACT.columns), ("_extra", "map<string,string>")]
        told = [(f["name"], ddl(f["type"])) for f in dq.schema.jsonValue()["fields"]]
        assert told == [(c.name, c.type) for c in QUARANTINE_COLUMNS]

    def test_a_struct_is_a_contract_and_required_columns_may_not_be_null(self, session: Any) -> None:
        from pyspark.sql.types import DateType, IntegerType, StringType, StructField, StructType

        struct = StructType(
            [
                StructField("a", IntegerType(), nullable=False),
                StructField("b", StringType()),
                StructField("d", DateType()),
            ]
        )
        rows = [("1", "", None), (None, "x", "2024-01-01"), ("2", None, "2024-01-01"), ("", "x", None)]
        aligned = align_to_schema(frame(session, ("a", "b", "d"), rows), struct, required=["b"])
        assert [(f.name, f.dataType) for f in aligned.df.schema] == [(f.name, f.dataType) for f in struct]
        assert [tuple(row) for row in aligned.df.collect()] == [(1, "", None)]
        told = [(r.code, r.column) for r in aligned.books().reasons]
        assert told == [("cast_failed", "a"), ("missing_value", "a"), ("missing_value", "b")]

    def test_every_float_has_the_text_that_it_has_in_ingest(self, session: Any) -> None:
        told = [
            "1e+16",
            "1000000000000000.0",
            "1e-05",
            "-1.25e-05",
            "0.0001",
            "1.25e-07",
            "nan",
            "inf",
            "-0.0",
            "10.00001",
        ]
        rows = session.createDataFrame([(float(text),) for text in told], "x double")
        contract = Contract("c", (Column("x", parse_type("string")),))
        assert [row[0] for row in align_to_schema(rows, contract).df.collect()] == told

    def test_new_columns_are_told_and_stop_where_the_contract_says_so(self, session: Any) -> None:
        rows = session.sql("SELECT '1' AS id, 'x' AS more, NULL AS nothing")
        aligned = align_to_schema(rows, CONTRACT)
        assert "+ more string" in aligned.drift.lines()
        assert aligned.df.collect()[0]["_extra"] == {"more": "x", "nothing": None}
        stops = Contract(CONTRACT.name, CONTRACT.columns, (), Evolution(new_column=NewColumn.STOP))
        with pytest.raises(SourceError, match="new_column"):
            align_to_schema(rows, stops)

    def test_braces_and_names_are_never_read_as_anything_else(self, session: Any) -> None:
        column = Column('a{x}`"', parse_type("string"), allowed=("{landed}", "${env:HOME}", "it's"))
        rows = frame(session, (column.name,), [("{landed}",), ("${env:HOME}",), ("it's",), ("no",)])
        try:
            session.conf.set("spark.sql.variable.substitute", "false")
            assert align_to_schema(rows, Contract("c", (column,))).books().counts == Counts(4, 3, 1)
        finally:
            session.conf.set("spark.sql.variable.substitute", "true")
        with pytest.raises(EngineError, match="session_setting"):
            align_to_schema(rows, Contract("c", (column,)))

    def test_a_session_in_another_zone_is_refused(self, session: Any) -> None:
        rows = frame(session, ("id",), [("1",)])
        try:
            session.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
            with pytest.raises(EngineError) as caught:
                align_to_schema(rows, CONTRACT)
        finally:
            session.conf.set("spark.sql.session.timeZone", "UTC")
        assert caught.value.next == 'spark.conf.set("spark.sql.session.timeZone", "UTC")'

    def test_no_view_stays_in_the_session(self, session: Any) -> None:
        align_to_schema(frame(session, ("id",), [("1",)]), CONTRACT).books()
        assert session.catalog.listTables() == []

    @pytest.mark.parametrize("required", [["idd"], "id"])
    def test_a_required_column_that_is_none_is_refused(self, session: Any, required: Any) -> None:
        with pytest.raises(ConfigError):
            align_to_schema(frame(session, ("id",), [("1",)]), CONTRACT, required)

    def test_two_columns_of_one_name_are_refused(self, session: Any) -> None:
        with pytest.raises(SourceError, match="duplicate_columns"):
            align_to_schema(frame(session, ("id", "id"), [("1", "2")]), CONTRACT)

    def test_a_batch_is_written_once_and_batches_come_in_any_order(self, session: Any, tmp_path: Path) -> None:
        _, dq = align_to_schema(frame(session, ("id", "at", "note"), ROWS), CONTRACT)
        first = write_quarantine(dq, tmp_path, "bronze.things", 7, source="feed")
        again = write_quarantine(dq, tmp_path, "bronze.things", 7, source="feed")
        earlier = write_quarantine(dq.limit(1), tmp_path, "bronze.things", 3)
        assert (first.rows, first.reasons, first.repeated) == (2, REASONS, False)
        assert (again.rows, again.reasons, again.version, again.repeated) == (2, REASONS, first.version, True)
        assert (earlier.rows, earlier.repeated) == (1, False)
        told = sorted((row["_batch_id"], row["_source"]) for row in stored(tmp_path, "things"))
        assert told == [(3, "dataframe"), (7, "feed"), (7, "feed")]

    def test_without_rejected_rows_there_is_nothing_to_write(self, session: Any, tmp_path: Path) -> None:
        _, dq = align_to_schema(frame(session, ("id",), [("1",)]), CONTRACT)
        done = write_quarantine(dq, tmp_path, "bronze.things", 1)
        assert (done.rows, done.version, list(tmp_path.iterdir())) == (0, None, [])

    def test_what_a_reader_of_the_docs_copies_works(self, session: Any, tmp_path: Path) -> None:
        guide = (Path(__file__).parents[3] / "docs" / "library.md").read_text("utf-8")
        block = guide.split("```python\n")[1].split("```")[0]
        names: dict[str, Any] = {"spark": session, "lake": tmp_path}
        exec(compile(block, "docs/library.md", "exec"), names)
        assert names["books"].counts == Counts(3, 1, 2)
        assert names["done"].rows == 2


class TestOnSail(Library):
    pytestmark = SAIL

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
        from lakekit_spark.lake import Lake
        from lakekit_spark.runtime.sail import SailBackend, sail_options

        backend = SailBackend(sail_options({"memory": "1GB", "threads": 2}), tmp_path_factory.mktemp("sail"), Lake())
        session = backend.session()
        session.conf.set("spark.sql.variable.substitute", "true")
        session.conf.set("spark.sql.caseSensitive", "false")
        yield session
        backend.close()


class TestOnSpark(Library):
    pytestmark = LOCAL

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls) -> Iterator[Any]:
        yield from opened({"memory": "1GB", "threads": 2})


class TestOnSparkConnect(Library):
    pytestmark = CONNECT

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls, connect: Server) -> Iterator[Any]:
        yield from opened({"remote": connect.address})


def opened(options: Mapping[str, object]) -> Iterator[Any]:
    """A session as a user has it: its texts are as Spark sets them."""
    from lakekit_spark.options import read_options
    from lakekit_spark.session import open_spark

    with quiet():
        spark = open_spark(read_options(options), None)
    for name, value in {"spark.sql.variable.substitute": "true", "spark.sql.caseSensitive": "false"}.items():
        spark.session.conf.set(name, value)
    yield spark.session
    spark.close()
