"""Which of the tables that a SELECT reads have versions of their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from lakekit.domain.dimension import Dimension, Names
from lakekit.domain.nearest import nearest
from lakekit.sql.query.mistakes import no_versions, unknown_alias
from lakekit.sql.query.parsed import Query, defined, is_named, table_name


def names_of(query: Query, call: exp.Anonymous, dimensions: Mapping[str, Dimension]) -> Names:
    """The columns of the dimension of type 2 that is the first argument of a call, by its name or alias in the SELECT
    around.

    Raises ConfigError `transform.unknown_alias` where the SELECT reads nothing of that name, `transform.no_versions`
    where that is no such dimension itself: a query hands on whichever columns it likes.
    """
    argument = call.expressions[0]
    place = query.place_of(argument) or query.place_of(call)
    parts = _parts(argument)
    items = tuple(_items(call.find_ancestor(exp.Select)))
    item = next((item for item in items if parts and _is_called(item, parts)), None)
    if item is None:
        told = [name for each in items if (name := each.alias_or_name)]
        near = nearest(".".join(parts), told)
        raise unknown_alias(place, argument.sql("spark", comments=False), told, near)
    dataset = _dataset(item)
    dimension = dimensions.get(dataset)
    if dimension is None or not dimension.history:
        raise no_versions(place, *_not_one(item, items, dimensions))
    return dimension.names


def _parts(argument: exp.Expr) -> list[str]:
    """Of a name, in lower case; none where it is something else."""
    if not isinstance(argument, exp.Column) or isinstance(argument.this, exp.Star):
        return []
    return [part.name.lower() for part in argument.parts]


def _items(node: exp.Expr | None) -> Iterator[exp.Expr]:
    """What the FROM clause of a SELECT reads, and what is joined to it."""
    if node is None:
        return
    from_ = node.args.get("from_")
    for item in [*([from_.this] if from_ else []), *(join.this for join in node.args.get("joins") or ())]:
        if isinstance(item, exp.Subquery) and not item.alias and not isinstance(item.this, exp.Query):
            yield from _joined(item.this)
            yield from _items(item)
        else:
            yield from _joined(item)


def _joined(item: exp.Expr) -> Iterator[exp.Expr]:
    yield item
    yield from _items(item)


def _is_called(item: exp.Expr, parts: Sequence[str]) -> bool:
    if item.alias or not isinstance(item, exp.Table):
        return [item.alias.lower()] == list(parts)
    return [part.name.lower() for part in item.parts][-len(parts) :] == list(parts)


def _dataset(item: exp.Expr) -> str:
    """In lower case; empty for what the query makes itself."""
    named = isinstance(item, exp.Table) and is_named(item) and not defined(item) and not item.args.get("pivots")
    return table_name(item).lower() if named and isinstance(item, exp.Table) else ""


def _not_one(item: exp.Expr, items: Sequence[exp.Expr], dimensions: Mapping[str, Dimension]) -> tuple[str, str, str]:
    """What it is called, why it has no versions, and what may be meant instead."""
    called, dataset = item.alias_or_name, _dataset(item)
    versioned = {name for name, dimension in dimensions.items() if dimension.history}
    read = [each.alias_or_name for each in items if _dataset(each) in versioned]
    near = nearest(dataset, versioned) if dataset not in dimensions else ""
    near = read[0] if len(read) == 1 else near
    if not dataset:
        why = f"{called} is a query; as_of looks at the columns of the dimension itself"
    elif dataset in dimensions:
        why = f"{dataset} is a dimension of type 1, which keeps what is true now alone"
    else:
        why = f"{dataset} is made by no transform with materialization: scd2"
    return called, why, near
