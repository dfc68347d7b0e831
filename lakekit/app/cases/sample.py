"""A few rows of the lake, those that belong together, with fakes in place of personal values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from lakekit.app.cases.catalogue import Catalogue
from lakekit.app.cases.typed import Texts
from lakekit.app.tools import Tools
from lakekit.app.transform.inputs import Reading, read_input
from lakekit.app.transform.job import TransformJob
from lakekit.domain.alike import canonical
from lakekit.domain.errors import ConfigError
from lakekit.domain.fakes import Fakes
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import Kind, flat_type
from lakekit.sql.query.columns import analyse
from lakekit.sql.query.joined import Column, joined
from lakekit.sql.query.parsed import read_query
from lakekit.sql.sample import ROWS, told_query

_TELLING = 6
"""A number of so many digits that is a personal one is no other's by chance."""


@frozen
class Wish:
    """At most `rows` of an input, those that have the values of `keys` where an input has such columns."""

    rows: int = 5
    keys: Mapping[str, str] = field(factory=dict)


@frozen
class Sampled:
    """The columns and rows of an input, as canonical texts."""

    columns: tuple[TableColumn, ...]
    rows: tuple[Texts, ...]


@frozen
class _Source:
    """An input: its columns that a case can have, and that the transform looks at."""

    reading: Reading
    columns: tuple[TableColumn, ...]


def sample(
    tools: Tools, catalogue: Catalogue, job: TransformJob, wish: Wish, key: bytes
) -> tuple[Mapping[str, Sampled], frozenset[str]]:
    """Rows of each input, and the names of columns whose values within values had to be left out. `key` is the secret
    of the fakes. Raises ConfigError for an input without a table, and for keys that no input has."""
    every = {m.dataset: read_input(tools.tables, m, None, None) for m in job.transform.inputs}
    used = _used(job, every)
    sources = {name: _Source(reading, _columns(catalogue, reading, used)) for name, reading in every.items()}
    left = {
        f"{name}.{c.name}"
        for name, reading in every.items()
        for c in reading.content.snapshot.columns
        if flat_type(c.type) is None and c.name != "_extra" and (used is None or (name, c.name) in used)
    }
    pairs = _pairs(job, sources)
    picked = _pick(tools, sources, pairs, wish)
    return _faked(picked, sources, _personal(catalogue, sources, pairs), key), frozenset(left)


def _used(job: TransformJob, inputs: Mapping[str, Reading]) -> frozenset[Column] | None:
    """The columns that decide what comes out; None where that cannot be told."""
    if not isinstance(job.body, str):
        return None
    told = {name: reading.content.snapshot.columns for name, reading in inputs.items()}
    outputs = analyse(read_query(job.body), told)
    if any(output.sources is None for output in outputs):
        return None
    return frozenset((s.dataset, s.column) for output in outputs for s in output.sources or ())


def _columns(catalogue: Catalogue, reading: Reading, used: frozenset[Column] | None) -> tuple[TableColumn, ...]:
    known = {c.name for c in catalogue.columns(reading.name)}
    return tuple(
        c
        for c in reading.content.snapshot.columns
        if flat_type(c.type) is not None
        and (c.name in known or catalogue.grows(reading.name))
        and (used is None or (reading.name, c.name) in used)
    )


def _pairs(job: TransformJob, sources: Mapping[str, _Source]) -> tuple[tuple[Column, Column], ...]:
    """Columns by which rows belong together: those that the query holds equal. Of a function it is not known, and
    columns of one name are taken for such."""
    columns = {name: source.columns for name, source in sources.items()}
    if isinstance(job.body, str):
        return joined(read_query(job.body), columns)
    names = [(d, c.name) for d, told in columns.items() for c in told if not c.name.startswith("_")]
    return tuple((a, b) for a in names for b in names if a[0] < b[0] and a[1].lower() == b[1].lower())


def _personal(
    catalogue: Catalogue, sources: Mapping[str, _Source], pairs: Sequence[tuple[Column, Column]]
) -> frozenset[Column]:
    """What contracts call personal, and what is held equal to such a column."""
    found = {(d, c.name) for d, source in sources.items() for c in source.columns if c.name in catalogue.personal(d)}
    while more := {column for pair in pairs if set(pair) & found for column in pair} - found:
        found |= more
    return frozenset(found)


def _pick(
    tools: Tools, sources: Mapping[str, _Source], pairs: Sequence[tuple[Column, Column]], wish: Wish
) -> dict[str, tuple[Texts, ...]]:
    keyed = _keyed(sources, wish.keys)
    picked: dict[str, tuple[Texts, ...]] = {}
    for name in [*keyed, *(n for n in sources if n not in keyed)]:
        if name not in picked:
            picked[name] = _rows(tools, sources[name], wish.rows, keyed.get(name, {}))
            _follow(tools, sources, pairs, picked, wish, keyed)
    if keyed and not any(picked[name] for name in keyed):
        raise _no_rows(keyed)
    return picked


def _follow(
    tools: Tools,
    sources: Mapping[str, _Source],
    pairs: Sequence[tuple[Column, Column]],
    picked: dict[str, tuple[Texts, ...]],
    wish: Wish,
    keyed: Mapping[str, Mapping[str, list[str]]],
) -> None:
    """Pick what belongs to picked rows, until nothing else does."""
    both = [*pairs, *((b, a) for a, b in pairs)]
    while (near := next((to for of, to in both if of[0] in picked and to[0] not in picked), None)) is not None:
        name = near[0]
        ties = {to[1]: _values(sources, picked, of) for of, to in both if of[0] in picked and to[0] == name}
        asked = {**ties, **keyed.get(name, {})}
        rows = _rows(tools, sources[name], wish.rows, asked)
        first = {near[1]: ties[near[1]], **keyed.get(name, {})}
        picked[name] = rows or _rows(tools, sources[name], wish.rows, first)


def _values(sources: Mapping[str, _Source], picked: Mapping[str, Sequence[Texts]], of: Column) -> list[str]:
    at = [c.name for c in sources[of[0]].columns].index(of[1])
    return sorted({cell for row in picked[of[0]] if (cell := row[at]) is not None})


def _rows(tools: Tools, source: _Source, limit: int, among: Mapping[str, list[str]]) -> tuple[Texts, ...]:
    if not source.reading.content.files or not source.columns or any(not values for values in among.values()):
        return ()
    query = told_query(source.columns, limit=limit, among=among)
    found = tools.engine.rows(query, {ROWS: source.reading.everything})
    return tuple(tuple(None if cell is None else str(cell) for cell in row) for row in found)


def _keyed(sources: Mapping[str, _Source], keys: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """The values that rows of each input shall have. A value is never told: it may be personal."""
    made: dict[str, dict[str, list[str]]] = {}
    for key, told in keys.items():
        found = [(n, c) for n, source in sources.items() for c in source.columns if c.name.lower() == key.lower()]
        if not found:
            names = sorted({c.name for source in sources.values() for c in source.columns})
            raise ConfigError(
                "case.unknown_column",
                f"no input has a column {key!r} that the transform looks at",
                where="--key",
                why=f"there are {', '.join(names)}",
                next=did_you_mean(nearest(key, names)) or "name one of these",
            )
        for name, column in found:
            value = canonical(told, column.type)
            if value is None:
                raise ConfigError(
                    "case.bad_value",
                    f"the value of {key!r} is no {column.type}",
                    where="--key",
                    why=f"{name}.{column.name} has that type",
                    next="write a value of that type",
                )
            made.setdefault(name, {})[column.name] = [value]
    return made


def _no_rows(keyed: Iterable[str]) -> ConfigError:
    return ConfigError(
        "case.no_rows",
        f"no row of {' or '.join(sorted(keyed))} has these values",
        where="--key",
        why="a case without rows would show nothing",
        next="ask for values that are there",
    )


def _faked(
    picked: Mapping[str, Sequence[Texts]], sources: Mapping[str, _Source], personal: frozenset[Column], key: bytes
) -> Mapping[str, Sampled]:
    named = {name: [(name, c.name) in personal for c in source.columns] for name, source in sources.items()}
    real = {
        cell
        for name, rows in picked.items()
        for row in rows
        for cell, is_personal in zip(row, named[name], strict=True)
        if is_personal and cell
    }
    fakes = Fakes(key, real)
    made = {}
    for name, source in sources.items():
        columns = list(zip(source.columns, named[name], strict=True))
        rows = tuple(
            tuple(_cell(fakes, real, c, cell, fake=fake) for (c, fake), cell in zip(columns, row, strict=True))
            for row in picked[name]
        )
        made[name] = Sampled(source.columns, rows)
    return made


def _cell(fakes: Fakes, real: set[str], column: TableColumn, cell: str | None, *, fake: bool) -> str | None:
    """Also in a column that is not personal a personal value may stand."""
    type_ = flat_type(column.type)
    if cell is None or type_ is None:
        return None
    told = canonical(cell, column.type) or cell
    if fake:
        return fakes.of(told, column.type)
    if type_.kind is Kind.STRING:
        return fakes.within(told)
    return fakes.of(told, column.type) if told in real and sum(map(str.isdigit, told)) >= _TELLING else told
