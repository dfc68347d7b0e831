"""Tables of type 2 as others keep them, and what plain Python makes of their rows by the rules of docs/adopt.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from attrs import astuple, evolve, frozen

from lakekit.domain.adoption import Fault, Intervals
from lakekit.domain.dimension import Dimension
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Engine, Input
from lakekit.sql.dimension.adopting import counts_query, told_events_query
from lakekit.sql.dimension.events import EVENTS, OWN_COLUMNS
from lakekit.sql.dimension.judging import JUDGED, judged_query
from lakekit.sql.dimension.taking import OLD, READ, Taking, reading_query
from lakekit.sql.dimension.versions import dimension_query

Version = tuple[int, str | None, int, int | None]
"""A key, its name, and from when until when."""

NOW = "2026-01-01T00:00:00+00:00"


@frozen
class Row:
    """One row of such a table. `since` and `until` are NULL where they are None."""

    id: int | None
    name: str | None
    since: int | None
    until: int | None = None
    gone: bool = False
    current: bool | None = None

    @property
    def end(self) -> float:
        return float("inf") if self.until is None else self.until


def taking(dimension: Dimension | None = None, start: str = "long", **told: Any) -> Taking:
    """How such rows become events of a dimension."""
    columns = (TableColumn("id", "long"), TableColumn("name", "string"), TableColumn("at", start), *OWN_COLUMNS)
    intervals = evolve(Intervals("since", "until", is_deleted="gone"), **told)
    types = {"id": "long", "name": "string", "since": start, "until": start, "gone": "boolean", "current": "boolean"}
    return Taking(dimension or Dimension(("id",), ("at",)), columns, ("id", "name", "since"), intervals, types)


def rows_of(rows: Sequence[Row]) -> str:
    """The rows as a query for DuckDB."""

    def sql(value: object) -> str:
        return "NULL" if value is None else repr(value)

    told = ", ".join(f"({', '.join(map(sql, astuple(row)))})" for row in rows)
    return (
        "SELECT id::bigint AS id, name::varchar AS name, since::bigint AS since, until::bigint AS until, "
        f"gone::boolean AS gone, current::boolean AS current FROM (VALUES {told}) "
        "AS t(id, name, since, until, gone, current)"
    )


@frozen
class Judged:
    """What the queries say of rows."""

    versions: Counter[Version]
    faults: dict[Fault, int]
    events: int
    rows: int
    deletes: int


def judge(engine: Engine, land: Callable[[str], str], folders: object, rows: Sequence[Row], taken: Taking) -> Judged:
    """Adopt the rows, and make the dimension of the events."""
    fresh = lambda: next(folders)  # type: ignore[call-overload]  # noqa: E731
    files = lambda written: Input(tuple(str(w.path) for w in written), columns=None)  # noqa: E731
    read = engine.write(reading_query(taken), {OLD: Input((land(rows_of(rows)),))}, fresh())
    judged = files(engine.write(judged_query(taken, NOW), {READ: files(read)}, fresh()))
    (counts,) = engine.rows(counts_query(), {JUDGED: judged})
    total, gone, ends, _, *found = (int(str(n)) for n in counts)
    events = engine.write(told_events_query(taken), {JUDGED: judged}, fresh())
    told = Input(tuple(str(w.path) for w in events), columns=taken.columns)
    versions = engine.rows(dimension_query(taken.dimension, taken.columns), {EVENTS: told}) if events else ()
    made: Counter[Version] = Counter()
    for id_, name, _, since, until, *_ in versions:
        made[(int(str(id_)), name and str(name), int(str(since)), None if until is None else int(str(until)))] += 1
    faults = {f: n for f, n in zip(Fault, found, strict=True) if n}
    return Judged(made, faults, sum(w.rows for w in events), total, gone + ends)


def expected(rows: Sequence[Row]) -> Counter[Version]:
    """The versions that the rows are taken for."""
    told: Counter[Version] = Counter()
    for versions in lives(rows).values():
        last: Version | None = None
        for row, following in zip(versions, [*versions[1:], None], strict=True):
            assert row.since is not None
            end = min(row.end, following.since) if following and following.since is not None else row.end
            if row.gone:
                last = None
                continue
            made = (row.id or 0, row.name, row.since, None if end == float("inf") else int(end))
            if last and last[1] == row.name and last[3] == row.since:
                told[last] -= 1
                made = (last[0], last[1], last[2], made[3])
            told[made] += 1
            last = made
    return +told


def lives(rows: Sequence[Row]) -> dict[int, list[Row]]:
    """The rows that count, by key, in the order in which they begin, one for each moment: a version before a deletion,
    of versions that which ends last."""
    seen = {(r.id, r.name, r.since, r.until, r.gone): r for r in rows if r.id is not None and r.since is not None}
    counted = [r for r in seen.values() if r.gone or r.end > (r.since or 0)]
    made: dict[int, list[Row]] = {}
    for (id_, _), group in groupby(sorted(counted, key=_place), key=lambda r: (r.id, r.since)):
        made.setdefault(id_ or 0, []).append(min(group, key=lambda r: (r.gone, -r.end)))
    return made


def _place(row: Row) -> tuple[int, int]:
    return row.id or 0, row.since or 0
