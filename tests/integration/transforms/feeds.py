"""Feeds of events for dimensions: what their rows say, told by plain Python, and small lakes that take them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from attrs import field, frozen, mutable
from deltalake import write_deltalake

from lakekit.domain.dimension import (
    DELETE,
    GENERATION,
    OPERATION,
    REASON,
    SNAPSHOT,
    TRUNCATE,
    UPSERT,
    Dimension,
)
from lakekit.domain.report import BuildReport
from tests.conformance.engine.dimension import oracle
from tests.integration.transforms.lakes import TYPES, Lake

COLUMNS = {"k": "long", "at": "long", "n": "long", "city": "string", "name": "string", "op": "string"}
NAMES = tuple(COLUMNS)
QUERY = f"SELECT {', '.join(NAMES)} FROM bronze.e"
SCD2: Mapping[str, Any] = {"materialization": "scd2", "keys": ["k"], "sequence_by": "at", "except": ["op", "n"]}
CHANGES: Mapping[str, Any] = {**SCD2, "delete_when": "op = 'd'", "truncate_when": "op = 't'"}

Raw = tuple[Any, ...]
"""A row of the feed, in the columns `NAMES`."""


def raw(k: int | None, at: int | None, city: str | None = None, op: str = "u", name: str = "x", n: int = 0) -> Raw:
    """A row of the feed."""
    return (k, at, n, city, name, op)


@mutable
class Fed:
    """A lake with one dimension, `gold.dim`, that is fed by `bronze.e`, and all that it was ever told: `said` are the
    events that its rows are, by the plain words of its options."""

    lake: Lake
    dimension: Dimension
    said: list[dict[str, Any]] = field(factory=list)

    def feed(self, rows: Sequence[Raw]) -> None:
        """A commit of these rows."""
        self.lake.append("e", rows)
        self.said += events_of(self.dimension, [dict(zip(NAMES, row, strict=True)) for row in rows])

    def replace(self, rows: Sequence[Raw]) -> None:
        """What there is now, in place of what there was. What that says depends on when it is read."""
        schema = {c: TYPES[t] for c, t in COLUMNS.items()}
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        write_deltalake(self.lake.path("bronze.e"), frame, mode="overwrite")

    def build(self, **how: Any) -> dict[str, BuildReport]:
        """One run of all transforms."""
        return self.lake.build(**how)

    def expected(self) -> Counter[tuple[Any, ...]]:
        """The rows that the dimension shall have, columns in order of name."""
        columns = self.dimension.kept(NAMES)
        if self.dimension.history:
            made = oracle.versions(self.dimension, self.said, columns)
            names = [*self.dimension.stored(columns), *self.dimension.names.all]
        else:
            names = list(self.dimension.stored(columns))
            made = oracle.current(self.dimension, self.said, names)
        return by_name(names, made)

    def rows(self) -> Counter[tuple[Any, ...]]:
        """Those that it has."""
        return self.lake.rows("gold.dim")


def by_name(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Counter[tuple[Any, ...]]:
    """Rows as a multiset, columns in order of name."""
    order = [names.index(n) for n in sorted(names)]
    return Counter(tuple(row[i] for i in order) for row in rows)


def events_of(dimension: Dimension, rows: Sequence[Mapping[str, Any]], generation: int = 1) -> list[dict[str, Any]]:
    """What rows of the feed say: `op` is d for a delete, t for a truncate, where the options tell these."""
    snapshot = dimension.closes and dimension.sequence_by
    markers = {tuple(row[c] for c in _told_of_all(dimension)) for row in rows} if snapshot else set()
    wholes = [dict(zip(_told_of_all(dimension), told, strict=True)) for told in markers]
    known = [told for told in wholes if all(told[c] is not None for c in dimension.sequence_by)]
    return [
        *(_event(dimension, row, generation) for row in rows),
        *({**dict.fromkeys(dimension.kept(NAMES)), **told, **_own(SNAPSHOT, generation, None)} for told in known),
    ]


def _told_of_all(dimension: Dimension) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*dimension.sequence_by, *dimension.scope)))


def _event(dimension: Dimension, row: Mapping[str, Any], generation: int) -> dict[str, Any]:
    says = UPSERT
    if dimension.delete_when and row["op"] == "d":
        says = DELETE
    if dimension.truncate_when and row["op"] == "t":
        says = TRUNCATE
    reason = None
    if any(row[c] is None for c in dimension.sequence_by):
        reason = "null_sequence"
    if says != TRUNCATE and any(row[c] is None for c in dimension.keys):
        reason = "null_key"
    return {**{c: row[c] for c in dimension.kept(NAMES)}, **_own(says, generation, reason)}


def _own(says: str, generation: int, reason: str | None) -> dict[str, Any]:
    return {OPERATION: says, GENERATION: generation, REASON: reason}


def begun(root: Path, options: Mapping[str, Any], query: str = QUERY) -> Fed:
    """A lake with such a dimension, and no row yet."""
    lake = Lake(root, {"e": COLUMNS})
    lake.begin()
    lake.append("e", [])
    lake.transform("gold.dim", query, **options)
    with lake.transforms() as (transforms, _):
        (dimension,) = {job.transform.dimension for job in transforms.jobs()}
    assert dimension is not None
    return Fed(lake, dimension)


@frozen
class Versions:
    """The rows of a dimension as texts that a test can be read by: `1 Bern [1, 3)`."""

    lake: Lake
    dataset: str = "gold.dim"

    def told(self, *columns: str) -> list[str]:
        """In order: the key, these columns, and since when until when."""
        frame = pl.read_delta(str(self.lake.path(self.dataset)))
        rows = frame.sort("k", "valid_from").iter_rows(named=True)
        return [f"{' '.join(str(r[c]) for c in ('k', *columns))} [{r['valid_from']}, {r['valid_to']})" for r in rows]
