"""Window functions that Sail takes for one.

Sail 0.7.2 tells those of one SELECT apart by a text without casts, but for what they are ordered by: where both
`min(x) OVER w` and `min(CAST(x AS int)) OVER w` are asked for it computes the first, and gives it for both.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, TypeVar

from sqlglot import exp

from lakekit.sql.query.parsed import Query
from lakekit_spark.runtime.mending.messages import fields, named

T = TypeVar("T")

_CASTS = (exp.Cast, exp.TryCast, exp.Date, exp.TsOrDsToDate)


def alike_in_query(query: Query) -> str:
    """`line:column` of a window function that would be taken for one before it; empty where there is none."""
    found = _first_alike(_windows(query))
    return query.place_of(found) if found else ""


def alike_in_plan(plan: Any) -> bool:
    """Of a plan as Spark Connect sends it."""
    return any(_first_alike(_own_windows(relation)) for relation in named(plan, "Relation"))


def _first_alike(told: Iterable[tuple[Hashable, Hashable, T]]) -> T | None:
    """The first that is told as one before it where casts are left out, and otherwise with them."""
    seen: dict[Hashable, Hashable] = {}
    return next((window for bare, words, window in told if seen.setdefault(bare, words) != words), None)


def _windows(query: Query) -> Iterator[tuple[Hashable, Hashable, exp.Window]]:
    for window in query.tree.find_all(exp.Window, bfs=False):
        select = window.parent_select
        if select is not None and window.arg_key != "windows":
            several = bool(select.args.get("joins"))
            bare, words = (_words(window, cast=cast, several=several) for cast in (False, True))
            yield (id(select), bare), words, window


def _own_windows(relation: Any) -> Iterator[tuple[Hashable, Hashable, Any]]:
    for window in named(relation, "Window", outside="Relation"):
        yield _plain(window, cast=False), _plain(window, cast=True), window


def _words(node: object, *, cast: bool, several: bool) -> Hashable:
    """What tells it apart, with its casts or without; of `several` tables their names, too."""
    while not cast and isinstance(node, _CASTS):
        node = node.this
    if not isinstance(node, exp.Expr):
        return repr(node)
    if isinstance(node, exp.Identifier) or (isinstance(node, exp.Column) and not several):
        return node.name.lower()
    cast = cast or isinstance(node, exp.Order)
    parts = ((key, value if isinstance(value, list) else [value]) for key, value in sorted(node.args.items()))
    return type(node).__name__, tuple((k, *(_words(v, cast=cast, several=several) for v in vs)) for k, vs in parts)


def _plain(message: Any, *, cast: bool) -> Hashable:
    """What tells it apart, with its casts or without."""
    if not hasattr(message, "ListFields"):
        return repr(message)
    if not cast and message.DESCRIPTOR.name == "Expression" and message.WhichOneof("expr_type") == "cast":
        return _plain(message.cast.expr, cast=cast)
    cast = cast or message.DESCRIPTOR.name == "SortOrder"
    return tuple(_told(message, cast))


def _told(message: Any, cast: bool) -> Iterator[Hashable]:
    for name, members in fields(message):
        if name not in {"common", "plan_id"}:
            yield name, tuple(_plain(member, cast=cast) for member in members)
