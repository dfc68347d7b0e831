"""Columns of datasets that a query holds equal, by which rows of one belong to rows of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.sql.query.parsed import Query, definition, table_name

Column = tuple[str, str]
"""A dataset and one of its columns."""


def joined(query: Query, inputs: Mapping[str, Sequence[TableColumn]]) -> tuple[tuple[Column, Column], ...]:
    """Pairs of columns, each once, in the order of the text: of `a = b` and of USING, traced through subqueries and
    WITH where they only hand a column on. What cannot be traced is left out."""
    found = (pair for select in query.tree.find_all(exp.Select) for pair in _pairs(select, inputs))
    return tuple(dict.fromkeys(pair for pair in found if pair[0] != pair[1]))


def _pairs(select: exp.Select, inputs: Mapping[str, Sequence[TableColumn]]) -> Iterator[tuple[Column, Column]]:
    sources = _sources(select)
    for node in select.find_all(exp.EQ, exp.NullSafeEQ):
        sides = (node.this, node.expression)
        if node.find_ancestor(exp.Select) is select and all(isinstance(side, exp.Column) for side in sides):
            one, other = (_traced(side, sources, inputs) for side in sides)
            if one and other:
                yield one, other
    for join in select.args.get("joins") or ():
        for used in join.args.get("using") or ():
            columns = [_in_source(source, used.name, inputs) for source in sources.values()]
            known = [c for c in columns if c]
            yield from pairwise(known)


def _sources(select: exp.Select) -> dict[str, exp.Expr]:
    """What is read there, by the name that its columns have before them."""
    from_ = select.args.get("from_")
    read = [from_.this] if from_ else []
    read += [join.this for join in select.args.get("joins") or ()]
    return {told.alias_or_name.lower(): told for told in read}


def _traced(
    column: exp.Column, sources: Mapping[str, exp.Expr], inputs: Mapping[str, Sequence[TableColumn]]
) -> Column | None:
    if column.table:
        source = sources.get(column.table.lower())
        return _in_source(source, column.name, inputs) if source is not None else None
    found = [told for source in sources.values() if (told := _in_source(source, column.name, inputs))]
    return found[0] if len(found) == 1 else None


def _in_source(source: exp.Expr, name: str, inputs: Mapping[str, Sequence[TableColumn]]) -> Column | None:
    if isinstance(source, exp.Subquery):
        return _in_query(source.this, name, inputs)
    if not isinstance(source, exp.Table):
        return None
    if (cte := definition(source)) is not None:
        # One that is made of itself, or gives its columns other names, is not traced.
        plain = source.find_ancestor(exp.CTE) is not cte and not cte.alias_column_names
        return _in_query(cte.this, name, inputs) if plain else None
    dataset = table_name(source).lower()
    columns = {c.name.lower(): c.name for c in inputs.get(dataset, ())}
    return (dataset, columns[name.lower()]) if name.lower() in columns else None


def _in_query(query: exp.Expr, name: str, inputs: Mapping[str, Sequence[TableColumn]]) -> Column | None:
    if not isinstance(query, exp.Select):
        return None
    sources = _sources(query)
    for item in query.expressions:
        bare = item.unalias()
        if item.alias_or_name.lower() == name.lower() and isinstance(bare, exp.Column):
            return _traced(bare, sources, inputs)
    starred = any(isinstance(item, exp.Star) for item in query.expressions)
    return _traced(exp.column(name), sources, inputs) if starred else None
