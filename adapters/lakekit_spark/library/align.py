"""A DataFrame through a contract, into lanes: by the very queries with which `lakekit ingest` splits a batch."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from attrs import field, frozen

from lakekit.domain.batch import Counts, ReasonCount
from lakekit.domain.contract import Contract, rules
from lakekit.domain.drift import Drift
from lakekit.domain.errors import SourceError
from lakekit.domain.schema import QUARANTINE_COLUMNS, TableColumn
from lakekit.sql.books import LANES, books, books_query
from lakekit.sql.drift import called_as
from lakekit.sql.evolution import let_pass, with_columns
from lakekit.sql.landing import PLACE, Group
from lakekit.sql.lanes import ACCEPTED, LANE, REJECTED, Stamp, lanes_query
from lakekit.sql.quarantine import quarantine_query
from lakekit_spark.fence import fenced
from lakekit_spark.library.frames import query
from lakekit_spark.library.wanted import wanted
from lakekit_spark.results import collected
from lakekit_spark.runtime.schema import storable
from lakekit_spark.types import ddl

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import StructType

_LANDED = "landed"
_WHERE = "the DataFrame"
_NO_BATCH = Stamp("1970-01-01T00:00:00Z", 0, "1970-01-01")
"""Rows that no batch has taken yet: what would say so of them is NULL."""


@frozen
class Books:
    """What became of the rows of a DataFrame. `counts.published` are those of `df`, `counts.quarantined` those of `dq`;
    a row that failed two rules is in two of `reasons`."""

    counts: Counts
    reasons: tuple[ReasonCount, ...]


@frozen(eq=False)
class Aligned:
    """A DataFrame in two lanes. Each row of it is in one of them, by its values alone.

    `df` has the contract's columns in their order and of their types; where the DataFrame has others, `_extra` follows
    with their texts. `dq` has the columns of a quarantine (`lakekit.domain.schema.QUARANTINE_COLUMNS`), of which those
    that begin with `_` are NULL: `write_quarantine` fills them. `drift` is how the DataFrame's columns differ from
    `contract`, by whose rules the rows were judged. Like every DataFrame, both are computed again by each action.
    """

    df: DataFrame
    dq: DataFrame
    contract: Contract
    drift: Drift
    _lanes: DataFrame = field(repr=False)

    def __iter__(self) -> Iterator[DataFrame]:
        """`df, dq = aligned`."""
        return iter((self.df, self.dq))

    def books(self) -> Books:
        """How many rows there are, and in which lane for which reasons. The rows are computed once for all of it, so
        `read = published + quarantined` always. Raises EngineError when that fails."""
        with fenced("counting rows"):
            found = collected(query(self._lanes.sparkSession, books_query(), {LANES: self._lanes}))
        return Books(*books(found, rules(self.contract)))


def align_to_schema(
    df: DataFrame, contract_or_struct: Contract | StructType, required: Collection[str] = ()
) -> Aligned:
    """`(df, dq)`: the rows that keep the contract, and those that do not, with every reason and their raw values.

    Values are read as `lakekit.domain.values` says; the columns `required` may not be without one. Nothing runs.
    Raises SourceError for columns that drifted in a way that the contract does not let pass, or that no value can be
    read of; ConfigError as `wanted` does, and EngineError as `query` does.
    """
    contract = wanted(contract_or_struct, required)
    with fenced("aligning rows"):
        columns = _columns(df.schema)
        drift = let_pass(contract, _WHERE, columns)
        contract = with_columns(contract, drift.new)
        lanes = _lanes(df, contract, called_as(contract, columns))
        return Aligned(_accepted(lanes, contract, columns), _rejected(lanes, contract), contract, drift, lanes)


def _columns(schema: StructType) -> tuple[TableColumn, ...]:
    """The columns, a column without a type as one of texts."""
    fields = schema.jsonValue()["fields"]
    names = [field["name"] for field in fields]
    for field_ in fields:
        name, type_ = field_["name"], field_["type"]
        if names.count(name) > 1:
            raise SourceError(
                "source.duplicate_columns", f"two columns are called {name!r}", where=_WHERE, next="rename one of them"
            )
        if type_ != "void" and not storable(type_):
            raise SourceError(
                "source.unsupported_type",
                f"no value can be read of column {name!r}",
                where=_WHERE,
                why=type_ if isinstance(type_, str) else "",
                next="cast it, to string for example",
            )
    return tuple(TableColumn(f["name"], "string" if f["type"] == "void" else ddl(f["type"])) for f in fields)


def _lanes(df: DataFrame, contract: Contract, columns: tuple[TableColumn, ...]) -> DataFrame:
    """Columns called by number, as those of landed files are; rows of a DataFrame stand at no place."""
    from pyspark.sql import functions as f

    numbered = df.toDF(*[f"c{i}" for i, _ in enumerate(columns)])
    typed = [f.col(f"c{i}").cast("string") if _is_void(df, i) else f.col(f"c{i}") for i, _ in enumerate(columns)]
    rows = numbered.select(*typed, f.lit(-1).cast("long").alias(PLACE))
    group = Group(_LANDED, columns, {"": ("", None)})
    return query(df.sparkSession, lanes_query(contract, None, [group], _NO_BATCH), {_LANDED: rows})


def _is_void(df: DataFrame, number: int) -> bool:
    return bool(df.schema[number].dataType.jsonValue() == "void")


def _accepted(lanes: DataFrame, contract: Contract, columns: tuple[TableColumn, ...]) -> DataFrame:
    from pyspark.sql import functions as f

    names = [c.name for c in contract.columns]
    more = ["_extra"] if {c.name for c in called_as(contract, columns)} - set(names) else []
    return lanes.where(f.col(LANE) == ACCEPTED).select(*map(_named, [*names, *more]))


def _rejected(lanes: DataFrame, contract: Contract) -> DataFrame:
    from pyspark.sql import functions as f

    rejected = lanes.where(f.col(LANE) == REJECTED)
    tree = quarantine_query(contract, None, _NO_BATCH, rejected=True, malformed={})
    rows = query(lanes.sparkSession, tree, {REJECTED: rejected})
    told = [
        f.lit(None).cast(c.type).alias(c.name) if c.name.startswith("_") else _named(c.name) for c in QUARANTINE_COLUMNS
    ]
    return rows.select(*told)


def _named(name: str) -> Column:
    """The column of that name, whatever is in it."""
    from pyspark.sql import functions as f

    return f.col("`{}`".format(name.replace("`", "``")))
