"""Functions of PySpark over the inputs of `tests.unit.sql.query.lineages`, and what their columns are made of, by hand,
in the words of that room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen


@frozen
class Tables:
    """DataFrames of the inputs `b.o` and `b.c`, and pyspark.sql.functions."""

    o: Any
    c: Any
    f: Any


@frozen
class Case:
    """`told` has the lineage of each column, `everywhere` what steers them all."""

    make: Callable[[Tables], Any]
    told: Mapping[str, str]
    everywhere: str = ""


def _window() -> Any:
    from pyspark.sql import Window

    return Window.partitionBy("customer").orderBy("day")


def _self_joined(t: Tables) -> Any:
    a, b = t.o.alias("a"), t.o.alias("b")
    return a.join(b, t.f.col("a.id") == t.f.col("b.customer")).select("a.id", t.f.col("b.amount").alias("x"))


def _in_two_ways(t: Tables) -> Any:
    late = t.o.where("day > '2024-01-01'").select("customer", t.f.col("amount").alias("late"))
    early = t.o.where("amount > 5").select("customer", t.f.col("amount").alias("early"))
    return late.join(early, "customer").select("customer", "late", "early")


def _in_python(t: Tables) -> Any:
    shout = t.f.udf(lambda text: text, "string")
    return t.o.select("id", shout("Note").alias("x"))


def _through_pandas(t: Tables) -> Any:
    return t.o.select("id").mapInPandas(lambda frames: frames, "id long, x string")


def _of_its_own(t: Tables) -> Any:
    own = t.o.sparkSession.createDataFrame([(1, "a")], "k long, word string")
    return t.o.join(own, t.o.id == own.k, "left").select("id", "word")


def _by_query(t: Tables) -> Any:
    text = "SELECT c.name, sum(o.amount) AS total FROM {o} AS o JOIN {c} AS c ON o.customer = c.id GROUP BY c.name"
    return t.o.sparkSession.sql(text, o=t.o, c=t.c)


def _many(t: Tables) -> Any:
    made = t.o.select("id", "amount")
    for number in range(100):
        made = made.withColumn("amount", t.f.col("amount") + number)
    return made


def _generated(t: Tables) -> Any:
    return t.o.select("id", t.f.explode("tags").alias("tag"), t.f.col("day"))


def _columns_by_other_frames(t: Tables) -> Any:
    both = t.o.join(t.c, t.o.customer == t.c.id, "left")
    return (
        both.withColumn("x", t.c.name).drop(t.c.name).select(t.o.id, t.c["country"], "x").where(t.c.country.isNotNull())
    )


def _left_out(t: Tables) -> Any:
    a, b = t.c.select("id", "name"), t.c.select("id", "country")
    joined = a.join(b, a.id == b.id).drop(b.id)
    return joined.withColumn("id", t.f.concat_ws("-", "name", "country"))


CASES: Mapping[str, Case] = {
    "columns": Case(
        lambda t: t.o.select("id", t.f.col("amount").alias("x"), "address.geo.lat", (t.o.id + t.o.customer).alias("y")),
        {"id": "I:o.id", "x": "I:o.amount", "lat": "T:o.address", "y": "T:o.id T:o.customer"},
    ),
    "constants": Case(lambda t: t.o.select(t.f.lit(1).alias("a"), t.f.current_date().alias("b")), {"a": "", "b": ""}),
    "casts": Case(
        lambda t: t.o.select(t.f.col("id").cast("string"), t.o.day.cast("timestamp").alias("at")),
        {"id": "T:o.id", "at": "T:o.day"},
    ),
    "columns that are added and replaced": Case(
        lambda t: t.c.withColumns({"name": t.f.upper("name"), "key": t.f.concat("id", "country")}),
        {"id": "I:c.id", "name": "T:c.name", "country": "I:c.country", "key": "T:c.id T:c.country"},
    ),
    "columns that are renamed and dropped": Case(
        lambda t: t.c.withColumnRenamed("name", "called").drop("country").toDF("k", "called"),
        {"k": "I:c.id", "called": "I:c.name"},
    ),
    "texts": Case(
        lambda t: t.o.selectExpr("id", "upper(Note) AS x").filter("id > 1 AND x <> 'A'"),
        {"id": "I:o.id", "x": "T:o.Note"},
        "f:o.id f:o.Note",
    ),
    "conditions": Case(
        lambda t: t.o.select(
            t.f.when(t.o.day > "2024-01-01", t.o.amount).otherwise(t.o.id).alias("x"), t.f.coalesce("Note", "id")
        ),
        {"x": "c:o.day T:o.amount T:o.id", "coalesce(Note, id)": "T:o.Note T:o.id"},
    ),
    "a join by a condition": Case(
        lambda t: t.o.join(t.c, t.o.customer == t.c.id, "left").select(t.o.id, "name", t.c.id.alias("c_id")),
        {"id": "I:o.id", "name": "I:c.name", "c_id": "I:c.id"},
        "j:o.customer j:c.id",
    ),
    "a join by columns": Case(
        lambda t: t.o.join(t.c, "id", "full").select("id", "amount", "name"),
        {"id": "T:o.id T:c.id", "amount": "I:o.amount", "name": "I:c.name"},
        "j:o.id j:c.id",
    ),
    "a join that only chooses": Case(
        lambda t: t.o.join(t.c, t.o.customer == t.c.id, "left_anti").select("id"),
        {"id": "I:o.id"},
        "j:o.customer j:c.id",
    ),
    "a frame joined with itself": Case(_self_joined, {"id": "I:o.id", "x": "I:o.amount"}, "j:o.id j:o.customer"),
    "two ways from one frame": Case(
        _in_two_ways,
        {"customer": "I:o.customer", "late": "I:o.amount", "early": "I:o.amount"},
        "j:o.customer f:o.day f:o.amount",
    ),
    "columns by other frames": Case(
        _columns_by_other_frames,
        {"id": "I:o.id", "country": "I:c.country", "x": "I:c.name"},
        "j:o.customer j:c.id f:c.country",
    ),
    "groups": Case(
        lambda t: t.o.groupBy("customer").agg(
            t.f.sum("amount").alias("total"), t.f.count("*").alias("n"), t.f.max_by("Note", "day").alias("last")
        ),
        {"customer": "I:o.customer", "total": "A:o.amount", "n": "", "last": "A:o.Note s:o.day"},
        "g:o.customer",
    ),
    "groups by names of Spark's making": Case(
        lambda t: t.o.groupBy("customer").sum("amount").withColumnRenamed("sum(amount)", "total"),
        {"customer": "I:o.customer", "total": "A:o.amount"},
        "g:o.customer",
    ),
    "a window": Case(
        lambda t: t.o.select(
            "id", t.f.row_number().over(_window()).alias("n"), t.f.sum("amount").over(_window()).alias("so_far")
        ).where("n = 1"),
        {
            "id": "I:o.id",
            "n": "w:o.customer w:o.day",
            "so_far": "A:o.amount w:o.customer w:o.day",
        },
        "w:o.customer w:o.day",
    ),
    "rows once": Case(
        lambda t: t.c.select("name", "country").distinct(),
        {"name": "I:c.name", "country": "I:c.country"},
        "g:c.name g:c.country",
    ),
    "keys once": Case(lambda t: t.c.dropDuplicates(["country"]).select("name"), {"name": "I:c.name"}, "g:c.country"),
    "rows in order": Case(
        lambda t: t.c.orderBy(t.f.desc("id")).limit(3).select("name"), {"name": "I:c.name"}, "s:c.id"
    ),
    "one below the other": Case(
        lambda t: t.o.select("id", "Note").union(t.c.select("id", "name")),
        {"id": "I:o.id I:c.id", "Note": "I:o.Note I:c.name"},
    ),
    "one below the other by names": Case(
        lambda t: t.o.select("id", "day").unionByName(t.c.select("name", "id"), allowMissingColumns=True),
        {"id": "I:o.id I:c.id", "day": "I:o.day", "name": "I:c.name"},
    ),
    "what both have": Case(lambda t: t.o.select("id").intersect(t.c.select("id")), {"id": "I:o.id"}, "f:o.id f:c.id"),
    "without NULLs": Case(
        lambda t: t.c.dropna(subset=["name"]).fillna("?", subset=["country"]),
        {"id": "I:c.id", "name": "I:c.name", "country": "T:c.country"},
        "f:c.name",
    ),
    "what is within lists": Case(
        lambda t: t.o.select(
            t.f.transform("tags", lambda tag: t.f.concat(tag, "Note")).alias("x"),
            t.f.col("items")[0].getField("sku").alias("y"),
        ),
        {"x": "T:o.tags T:o.Note", "y": "T:o.items"},
    ),
    "rows of lists": Case(_generated, {"id": "I:o.id", "tag": "T:o.tags", "day": "I:o.day"}, "j:o.tags"),
    "a join that only chooses, by columns": Case(
        lambda t: t.c.join(t.o.select(t.f.col("Note").alias("country")), "country", "left_semi"),
        {"country": "I:c.country", "id": "I:c.id", "name": "I:c.name"},
        "j:c.country j:o.Note",
    ),
    "a renamed column is another": Case(
        lambda t: t.c.withColumnRenamed("id", "k").drop("id").withColumn("k", t.f.lit(1)),
        {"k": "", "name": "I:c.name", "country": "I:c.country"},
    ),
    "a side of one frame is left out": Case(
        _left_out, {"id": "T:c.name T:c.country", "name": "I:c.name", "country": "I:c.country"}, "j:c.id"
    ),
    "a column of a struct under an alias": Case(
        lambda t: t.o.select("address", "id").alias("a").select("a.address.*", "id"),
        {"city": "T:o.address", "geo": "T:o.address", "id": "I:o.id"},
    ),
    "two columns of one name are replaced": Case(
        lambda t: t.c.join(t.o, t.c.id == t.o.id).select(t.c.id, t.o.id).withColumn("id", t.f.lit(7)).toDF("a", "b"),
        {"a": "", "b": ""},
        "j:c.id j:o.id",
    ),
    "what is counted once": Case(
        lambda t: t.c.agg(t.f.countDistinct("*").alias("n"), t.f.count("*").alias("m")),
        {"n": "A:c.id A:c.name A:c.country", "m": ""},
    ),
    "an entry of a map": Case(lambda t: t.o.select(t.o.props[t.o.Note].alias("x")), {"x": "T:o.props T:o.Note"}),
    "names of Spark's making": Case(
        lambda t: t.o.groupBy("customer").sum("id").select((t.f.col("sum(id)") + 1).alias("x"), "customer"),
        {"x": "A:o.id", "customer": "I:o.customer"},
        "g:o.customer",
    ),
    "in the order of what is left out": Case(
        lambda t: t.c.select("name").where(t.c.country == "CH").orderBy(t.c.id).limit(3),
        {"name": "I:c.name"},
        "f:c.country s:c.id",
    ),
    "rows of lists without a name": Case(
        lambda t: t.o.select("id", t.f.explode("tags")).where("col <> 'x'"),
        {"id": "I:o.id", "col": "T:o.tags"},
        "j:o.tags f:o.tags",
    ),
    "Python for each row": Case(_in_python, {"id": "I:o.id", "x": "T:o.Note"}),
    "Python for all rows": Case(_through_pandas, {"id": "?", "x": "?"}),
    "rows of its own": Case(_of_its_own, {"id": "?", "word": "?"}),
    "a query": Case(_by_query, {"name": "I:c.name", "total": "A:o.amount"}, "j:o.customer j:c.id g:c.name"),
    "a long way": Case(_many, {"id": "I:o.id", "amount": "T:o.amount"}),
}
