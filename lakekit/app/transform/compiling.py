"""Transforms as they can be planned: inputs and code read from their queries, and what cannot be found before anything
runs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

from attrs import evolve

from lakekit.app.transform.job import TransformJob
from lakekit.domain.dimension import Dimension
from lakekit.domain.errors import ConfigError, EngineError
from lakekit.domain.graph import cycle
from lakekit.domain.nearest import did_you_mean, nearest
from lakekit.domain.transform import Language, Mention, Transform
from lakekit.ports.runtime import Body
from lakekit.sql.query.conditions import filtered
from lakekit.sql.query.macros import expanded
from lakekit.sql.query.parsed import Query, read_query

_SEMANTIC = ("materialization", "keys", "incremental", "affected_by", "affected_through", "delete_when")
"""The options that say which rows a table holds: where one of them changes, the code has."""

_OF_EVENTS = ("keys", "sequence_by", "tie_break", "delete_when", "truncate_when", "drop", "snapshots")
"""Of the options of a dimension, those that say which events there are."""


def compiled(drafts: Sequence[tuple[Transform, Body]], sources: Collection[str]) -> tuple[TransformJob, ...]:
    """The transforms, ready to plan. `sources` are the datasets that others make.

    Raises ConfigError, at the place, for a query that cannot be read, for a macro that stands for nothing, for an input
    that nothing makes, and for transforms that are made from each other.
    """
    dimensions = {transform.name: made_of for transform, _ in drafts if (made_of := transform.made_of_events)}
    jobs = tuple(_job(transform, body, dimensions) for transform, body in drafts)
    known = {*sources, *(job.transform.name for job in jobs)}
    for job in jobs:
        _check_inputs(job.transform, known)
    graph = {job.transform.name: job.transform.input_names for job in jobs}
    if found := cycle(graph):
        places = {job.transform.name: job.transform.place for job in jobs}
        raise ConfigError(
            "transform.cycle",
            f"transforms are made from each other: {' -> '.join(found)}",
            where=places[found[0]],
            why="which of them comes first cannot be told",
            next="take one of these inputs out of its query",
        )
    return jobs


def _job(transform: Transform, body: Body, dimensions: Mapping[str, Dimension]) -> TransformJob:
    is_query = transform.language is Language.SQL
    query = _read(transform, body, dimensions) if isinstance(body, str) and is_query else None
    if query:
        body = query.text
        transform = evolve(transform, inputs=_mentions(transform, query), code=query.fingerprint)
    for option, condition in conditions(transform).items():
        _condition(transform, option, condition)
    return TransformJob(evolve(transform, code=_code(transform)), body, query)


def conditions(transform: Transform) -> Mapping[str, str]:
    """The conditions in Spark SQL among its options, by option."""
    dimension = transform.dimension
    told = {
        "delete_when": dimension.delete_when if dimension else transform.delete_when,
        "truncate_when": dimension.truncate_when if dimension else None,
    }
    return {option: condition for option, condition in told.items() if condition is not None}


def _code(transform: Transform) -> str:
    told = [transform.code, *(str(getattr(transform, name)) for name in _SEMANTIC)]
    told.append(str(transform.options.partition_by))
    if dimension := transform.dimension:
        told.append(str([getattr(dimension, name) for name in _OF_EVENTS] if transform.keeps_events else dimension))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _read(transform: Transform, text: str, dimensions: Mapping[str, Dimension]) -> Query:
    try:
        return expanded(read_query(text), dimensions)
    except (EngineError, ConfigError) as error:
        code = "transform.syntax" if isinstance(error, EngineError) else error.code
        where = f"{transform.place}:{error.where}" if error.where else transform.place
        raise ConfigError(code, error.what, where=where, why=error.why, next=error.next) from None


def _condition(transform: Transform, option: str, text: str) -> None:
    try:
        filtered("made", text)
    except EngineError as error:
        raise ConfigError(
            "transform.syntax",
            f"`{option}` cannot be read",
            where=transform.where(option, text),
            why=error.why,
            next="write a condition on the columns of a row, such as status = 'deleted'",
        ) from None


def _mentions(transform: Transform, query: Query) -> tuple[Mention, ...]:
    return tuple(Mention(found.name.lower(), f"{transform.place}:{found.place}") for found in query.inputs)


def _check_inputs(transform: Transform, known: Collection[str]) -> None:
    for mention in transform.inputs:
        if mention.dataset not in known:
            raise ConfigError(
                "transform.unknown_input",
                f"there is no dataset {mention.dataset}",
                where=mention.place,
                why=f"no source and no transform of this project makes it; there are {', '.join(sorted(known))}",
                next=did_you_mean(nearest(mention.dataset, known))
                or "name one of these, or add its source to the settings",
            )
    named = [("incremental", name) for name in transform.incremental]
    named += [("affected_through", through.dataset) for through in transform.affected_through]
    for option, name in named:
        if name not in transform.input_names:
            raise ConfigError(
                "transform.unknown_input",
                f"`{option}` names {name}, which {transform.name} does not read",
                where=transform.where(option, name),
                why=f"it reads {', '.join(transform.input_names)}",
                next="name one of its inputs",
            )


def graph_of(jobs: Sequence[TransformJob]) -> Mapping[str, Collection[str]]:
    """What each transform reads."""
    return {job.transform.name: job.transform.input_names for job in jobs}
