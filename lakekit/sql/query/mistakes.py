"""What is wrong with a query, told before anything runs."""

from __future__ import annotations

from collections.abc import Iterable

from lakekit.domain.errors import ConfigError
from lakekit.domain.nearest import aside, nearest


def unknown_column(where: str, name: str, near: str) -> ConfigError:
    return ConfigError(
        "transform.unknown_column",
        f"there is no column {name!r}{aside(near)}",
        where=where,
        next="correct its name, or read a table that has it",
    )


def ambiguous_column(where: str, name: str) -> ConfigError:
    return ConfigError(
        "transform.ambiguous_column",
        f"{name!r} is a column of more than one table",
        where=where,
        next="write the table's name or alias before it",
    )


def duplicate_column(where: str, name: str) -> ConfigError:
    return ConfigError(
        "transform.duplicate_column",
        f"two columns of the output are called {name!r}",
        where=where,
        why="names that differ in case alone are one name",
        next="rename one with AS, or leave it out",
    )


def unnamed_column(where: str) -> ConfigError:
    return ConfigError(
        "transform.unnamed_column",
        "a column of the output has no name",
        where=where,
        next="give it a name with AS",
    )


def different_widths(where: str, left: int, right: int) -> ConfigError:
    return ConfigError(
        "transform.different_widths",
        f"queries of {left} and of {right} columns are put together",
        where=where,
        why="UNION, INTERSECT and EXCEPT take the columns of both by their places",
        next="select as many columns in both",
    )


def unknown_input(where: str, name: str, known: Iterable[str]) -> ConfigError:
    return ConfigError(
        "transform.unknown_input",
        f"there is no dataset {name!r}{aside(nearest(name, known))}",
        where=where,
        next="correct its name, or add it to the project",
    )


def bad_arguments(where: str, what: str, next_: str, why: str = "") -> ConfigError:
    return ConfigError("transform.bad_arguments", what, where=where, why=why, next=next_)


def unknown_alias(where: str, name: str, known: Iterable[str], near: str) -> ConfigError:
    return ConfigError(
        "transform.unknown_alias",
        f"as_of is asked for {name}, which this SELECT does not read{aside(near)}",
        where=where,
        why=f"its FROM clause has {', '.join(known) or 'nothing'}",
        next="name a dimension there, by its alias where it has one",
    )


def no_versions(where: str, name: str, why: str, near: str) -> ConfigError:
    return ConfigError(
        "transform.no_versions",
        f"{name} is no dimension of type 2{aside(near)}",
        where=where,
        why=why,
        next="join a dataset with materialization: scd2 itself, and name it in as_of",
    )
