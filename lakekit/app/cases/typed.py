"""The rows of a case as values of their columns, or the mistake in it, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from lakekit.app.cases.catalogue import Catalogue
from lakekit.app.transform.job import TransformJob
from lakekit.domain.alike import canonical
from lakekit.domain.errors import ConfigError
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.domain.schema import TableColumn
from lakekit.domain.transform_case import CaseRow, TransformCase
from lakekit.domain.types import ColumnType, Kind, flat_type
from lakekit.domain.values import DATE, INTEGER, TIMESTAMP, Value, format_value, parse_value

Texts = tuple[str | None, ...]

_GUESSES = ((INTEGER, Kind.LONG), (DATE, Kind.DATE), (TIMESTAMP, Kind.TIMESTAMP), ("true|false", Kind.BOOLEAN))


@frozen
class Prepared:
    """A case whose rows fit the inputs of `job`: the columns of each, and the rows of each delivery as canonical texts
    in their order. `then` are transforms that are built after it: the last makes what is expected. `notes` tells what
    was assumed."""

    case: TransformCase
    job: TransformJob
    columns: Mapping[str, tuple[TableColumn, ...]]
    deliveries: tuple[Mapping[str, tuple[Texts, ...]], ...]
    notes: tuple[str, ...] = field(default=())
    then: tuple[TransformJob, ...] = ()

    @property
    def steps(self) -> tuple[TransformJob, ...]:
        """What is built, in order."""
        return (self.job, *self.then)


def given(case: TransformCase, job: TransformJob, catalogue: Catalogue) -> Prepared:
    """The case with its rows typed. Raises ConfigError, at the place, for a dataset that the transform does not read,
    a column that an input does not have, and a text that is no value of its column."""
    for name in (name for delivery in case.deliveries for name in delivery):
        if name not in job.transform.input_names:
            raise _not_read(case, job, name)
    columns, notes = {}, []
    for name in job.transform.input_names:
        rows = [row for delivery in case.deliveries for row in delivery.get(name, ())]
        known = catalogue.columns(name)
        more = _more(name, known, rows, may_grow=catalogue.grows(name))
        columns[name] = (*known, *more)
        notes += [f"{name}.{c.name} is in no contract; it is taken for {c.type}" for c in more]
    told = tuple(
        {name: tuple(_texts(row, columns[name], name) for row in rows) for name, rows in delivery.items()}
        for delivery in case.deliveries
    )
    return Prepared(case, job, columns, told, tuple(notes))


def expected(case: TransformCase, columns: Sequence[TableColumn]) -> tuple[tuple[TableColumn, ...], list[Texts]]:
    """The columns that are compared, and the rows that are expected in them. Raises ConfigError as `given` does."""
    by_name = {c.name.lower(): c for c in columns}
    named: dict[str, TableColumn] = {}
    for row in case.expected:
        for name in row.cells:
            if name.lower() not in by_name:
                raise _unknown(row.places[name], name, [c.name for c in columns], case.transform)
            named[name.lower()] = by_name[name.lower()]
    every = case.exact or not case.expected
    compared = tuple(columns) if every else tuple(c for c in columns if c.name.lower() in named)
    return compared, [_texts(row, compared, case.transform, nested=True) for row in case.expected]


def _texts(row: CaseRow, columns: Sequence[TableColumn], dataset: str, *, nested: bool = False) -> Texts:
    cells = {name.lower(): (name, told) for name, told in row.cells.items()}
    made: list[str | None] = []
    for column in columns:
        name, told = cells.get(column.name.lower(), (column.name, None))
        if told is None:
            made.append(None)
            continue
        text = canonical(told, column.type) if nested or flat_type(column.type) else None
        if text is None or (not nested and text in ("NaN", "Infinity", "-Infinity")):
            raise _no_value(row.places[name], name, column, dataset, nested=nested)
        made.append(text)
    return tuple(made)


def _more(
    dataset: str, known: Sequence[TableColumn], rows: Sequence[CaseRow], *, may_grow: bool
) -> tuple[TableColumn, ...]:
    """Columns that rows name and the contract does not, where the table may have such. One that is nearly called as
    another is a slip."""
    names = {c.name.lower(): c.name for c in known}
    more: dict[str, list[tuple[str, bool]]] = {}
    for row in rows:
        for name, told in row.cells.items():
            if name.lower() in names:
                continue
            if not may_grow or nearest(name, names, like=0.8):
                raise _unknown(row.places[name], name, list(names.values()), dataset)
            values = more.setdefault(name, [])
            if told is not None:
                values.append((told, name in row.typed))
    return tuple(TableColumn(name, _guessed(values)) for name, values in more.items())


def _guessed(values: Iterable[tuple[str, bool]]) -> str:
    told = list(values)
    if told and all(plain for _, plain in told):
        for pattern, kind in _GUESSES:
            if all(re.fullmatch(pattern, text) for text, _ in told):
                return kind.value
        if all(parse_value(text, ColumnType(Kind.DOUBLE)) is not None for text, _ in told):
            return Kind.DOUBLE.value
    return Kind.STRING.value


def _not_read(case: TransformCase, job: TransformJob, name: str) -> ConfigError:
    read = job.transform.input_names
    return ConfigError(
        "case.unknown_input",
        f"{case.transform} does not read {name}",
        where=case.places.get(name, case.place),
        why=f"it reads {', '.join(read)}",
        next=did_you_mean(nearest(name, read)) or "name one of its inputs",
    )


def _unknown(place: str, name: str, columns: Sequence[str], dataset: str) -> ConfigError:
    return ConfigError(
        "case.unknown_column",
        f"{dataset} has no column {name!r}",
        where=place,
        why=f"it has {', '.join(columns)}",
        next=did_you_mean(nearest(name, columns)) or "name one of these",
    )


def _no_value(place: str, name: str, column: TableColumn, dataset: str, *, nested: bool) -> ConfigError:
    flat = flat_type(column.type) or nested
    return ConfigError(
        "case.bad_value",
        f"the value of {name!r} is no {column.type}",
        where=place,
        why=f"{dataset} has that type" if flat else "values within values cannot be given to an input",
        next=f"write it like {_example(column.type)}" if flat else "leave the column out; it is NULL then",
    )


def _example(ddl: str) -> str:
    type_ = flat_type(ddl)
    if type_ is None:
        return "the JSON of it, in quotes, or as a list or keys with values"
    texts = {Kind.DATE: "2026-01-31", Kind.TIMESTAMP: "2026-01-31T12:30:00Z", Kind.BOOLEAN: "true"}
    value: Value | None = parse_value("0", type_)
    return texts.get(type_.kind) or (format_value(value) if value is not None else "a text")
