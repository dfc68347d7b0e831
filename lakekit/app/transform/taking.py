"""Which columns of a table that others kept become those of a dimension's events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from lakekit.app.transform.job import TransformJob
from lakekit.domain.adoption import Intervals
from lakekit.domain.dimension import Dimension
from lakekit.domain.errors import ConfigError
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import parse_type
from lakekit.sql.dimension.states import Frame
from lakekit.sql.dimension.taking import TIMED, Taking, turns_into
from lakekit.sql.tree import literal

_FLAGS = ("boolean", "string", "byte", "short", "int", "long")


def taking_of(
    job: TransformJob,
    dimension: Dimension,
    columns: tuple[TableColumn, ...],
    old: Sequence[TableColumn],
    intervals: Intervals,
) -> Taking:
    """The columns of events, found in a table by name, case aside where one alone is called so. Raises ConfigError for
    a column that is named and not there, for one that the events cannot do without, and for one of another type."""
    told = _found(job, intervals, old)
    frame = Frame(dimension, columns)
    sources = [told.valid_from if c.name == dimension.sequence[0] else _called(c.name, old) for c in frame.told]
    taking = Taking(dimension, columns, tuple(sources), told, {c.name: c.type for c in old})
    _check_needed(job, dimension, dict(zip((c.name for c in frame.told), sources, strict=True)), old)
    _check_types(job, taking)
    _check_ends(job, taking)
    return taking


def _called(name: str, old: Sequence[TableColumn]) -> str | None:
    alike = [c.name for c in old if c.name.lower() == name.lower()]
    return name if name in alike else alike[0] if len(alike) == 1 else None


def _found(job: TransformJob, told: Intervals, old: Sequence[TableColumn]) -> Intervals:
    def found(option: str, name: str) -> str:
        called = _called(name, old) if name else ""
        if called is None and name not in told.may_lack:
            raise _unknown(job, option, name, old)
        return called or ""

    return evolve(
        told,
        valid_from=found("valid_from", told.valid_from),
        valid_to=found("valid_to", told.valid_to),
        is_current=found("is_current", told.is_current),
        is_deleted=found("is_deleted", told.is_deleted),
    )


def _check_needed(
    job: TransformJob, dimension: Dimension, sources: Mapping[str, str | None], old: Sequence[TableColumn]
) -> None:
    for name in (*dimension.keys, *dimension.sequence, *dimension.scope):
        if sources[name] is None:
            order = name in dimension.sequence
            raise ConfigError(
                "adopt.missing_column",
                f"the table has no column {name}, which orders events" if order else f"the table has no column {name}",
                where=job.transform.place,
                why="`valid_from` tells the first column of `sequence_by` alone"
                if order
                else "events of the dimension belong together by it",
                next=f"copy the table with such a column; it has {', '.join(c.name for c in old)}",
            )


def _check_types(job: TransformJob, taking: Taking) -> None:
    told = taking.intervals
    pairs = [(s, c.type) for s, c in zip(taking.sources, taking.frame.told, strict=True) if s]
    for source, type_ in (*pairs, (told.valid_to, taking.start_type)):
        if not turns_into(taking.old[source], type_):
            raise _misfit(job, source, taking.old[source], f"events have it as {type_}")
    for flag in (told.is_current, told.is_deleted):
        if flag and taking.old[flag] not in _FLAGS:
            raise _misfit(job, flag, taking.old[flag], f"a flag is one of {', '.join(_FLAGS)}")
    end = taking.old[told.valid_to]
    if told.inclusive and end not in ("date", *TIMED):
        raise _misfit(job, told.valid_to, end, "the last moment before the next is told of dates and timestamps alone")


def _check_ends(job: TransformJob, taking: Taking) -> None:
    told = taking.intervals
    if told.open_end is None:
        return
    type_ = taking.old[told.valid_to]
    try:
        literal(told.open_end, parse_type("timestamp" if type_ in TIMED else type_))
    except ValueError:
        raise ConfigError(
            "adopt.bad_open_end",
            f"{told.open_end!r} is no value of {told.valid_to}",
            where=job.transform.place,
            why=f"the column is a {type_}",
            next="write it like 9999-12-31, or 9999-12-31T23:59:59Z",
        ) from None


def _misfit(job: TransformJob, column: str, type_: str, why: str) -> ConfigError:
    return ConfigError(
        "adopt.column_type",
        f"the column {column} of the table is a {type_}",
        where=job.transform.place,
        why=why,
        next="copy the table with the column cast, and adopt the copy",
    )


def _unknown(job: TransformJob, option: str, name: str, old: Sequence[TableColumn]) -> ConfigError:
    names = [c.name for c in old]
    return ConfigError(
        "adopt.unknown_column",
        f"the table has no column {name}",
        where=job.transform.place,
        why=f"it is to be its `{option}`; it has {', '.join(names)}",
        next=did_you_mean(nearest(name, names)) or f"name it with --{option.replace('_', '-')}",
    )
