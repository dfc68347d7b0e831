"""Whether a query's result can follow its inputs without being computed anew.

Both answers are sound and not complete: where they say yes, the equation holds for every content, up to the order in
which floating-point numbers are added; they say no where it is not certain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from attrs import evolve
from sqlglot import exp

from lakekit.domain.schema import TableColumn
from lakekit.sql.query.columns import input_relation
from lakekit.sql.query.determinism import nondeterministic, unknown_function
from lakekit.sql.query.functions import WITHOUT_PARENTHESES
from lakekit.sql.query.key_wise import KeyWise
from lakekit.sql.query.parsed import Query, syntax_error
from lakekit.sql.query.reading import Reading, Refused, refuse
from lakekit.sql.query.relations import Relations
from lakekit.sql.query.row_wise import RowWise
from lakekit.sql.query.scope import Relation, Scope
from lakekit.sql.query.ties import tie

__all__ = ["key_wise", "nondeterministic", "row_wise"]

_CHOICE = "it may choose among rows in one way or in another"


def row_wise(query: Query, inputs: Mapping[str, Sequence[TableColumn]], name: str) -> str:
    """Empty when, for every content, Q(A + dA, others) = Q(A, others) + Q(dA, others) as multisets, A being `name`.

    Else one sentence that says why not, with `line:column`. Raises what `analyse` raises.
    """

    def check() -> None:
        _analysed(query, {key: input_relation(key, columns) for key, columns in inputs.items()})
        _certain(query, inputs)
        if not RowWise(Reading({name.lower()})).rows(query.tree):
            refuse(query.tree, f"the query does not read {name}")
        if found := tie(query.tree):
            refuse(found, _CHOICE)

    return _refusal(query, check)


def key_wise(
    query: Query, inputs: Mapping[str, Sequence[TableColumn]], names: Collection[str], keys: Sequence[str]
) -> str:
    """Empty when, for every content and every set K of values of `keys`, NULL among them,
    filter_K(Q(A, others)) = filter_K(Q(filter_K(A), others)), A being all of `names`.

    Else one sentence that says why not, with `line:column`. `keys` are columns of each of `names` and of the output.
    Where rows have no order, or the same, a query has more than one right result: this then is of those of one key.
    Raises what `analyse` raises.
    """
    wanted, of = frozenset(map(str.lower, keys)), frozenset(map(str.lower, names))
    known = {key: _keyed(input_relation(key, columns), wanted, key.lower() in of) for key, columns in inputs.items()}

    def check() -> None:
        relations, rows = _analysed(query, known)
        _certain(query, inputs)
        _comparable(query, {key.lower(): relation for key, relation in known.items()}, of, wanted)
        wise = KeyWise(Reading(of), wanted, relations)
        if not wise.rows(query.tree):
            refuse(query.tree, "the query reads none of the inputs")
        if lost := sorted(wanted - {f.key for f in rows.fields if f.key == f.name.lower()}):
            refuse(query.tree, f"the output has no column {lost[0]} as it is in the inputs")
        if found := tie(query.tree, wise.free_of_ties):
            refuse(found, _CHOICE)

    return _refusal(query, check)


def _refusal(query: Query, check: Callable[[], None]) -> str:
    """What `check` raised Refused for, with its place; empty where it passed."""
    try:
        check()
    except Refused as refused:
        return refused.told(query)
    except RecursionError:
        raise syntax_error("", "it is nested too deeply") from None
    return ""


def _analysed(query: Query, inputs: Mapping[str, Relation]) -> tuple[Relations, Relation]:
    relations = Relations(query, {name.lower(): rows for name, rows in inputs.items()}, tuple(inputs))
    return relations, relations.relation(query.tree, Scope())


def _certain(query: Query, inputs: Mapping[str, Sequence[TableColumn]]) -> None:
    """Raises Refused for a function whose result is not that of its arguments alone, as far as it is known."""
    if told := nondeterministic(query):
        place, _, name = told.partition(" ")
        raise Refused(query.tree, f"{name} may give another value for the same rows", place)
    if (call := unknown_function(query)) is not None:
        refuse(call, f"{call.name} is no function that is known to depend on its arguments alone")
    columns = {column.name.lower() for listed in inputs.values() for column in listed}
    for found in query.tree.find_all(exp.Column):
        if not found.table and found.name.lower() in WITHOUT_PARENTHESES - columns - {"grouping__id"}:
            refuse(found, f"{found.name} may give another value for the same rows")


def _keyed(rows: Relation, keys: frozenset[str], wanted: bool) -> Relation:
    fields = (evolve(f, key=f.name.lower()) if wanted and f.name.lower() in keys else f for f in rows.fields)
    return evolve(rows, fields=tuple(fields))


def _comparable(query: Query, inputs: Mapping[str, Relation], names: frozenset[str], keys: frozenset[str]) -> None:
    """Raises Refused where the inputs that are read do not all have the keys, of one type."""
    types: dict[str, exp.DataType | None] = {}
    for table, name in query.tables():
        if name.lower() not in names:
            continue
        found = {f.key: f.type for f in inputs[name.lower()].fields if f.key}
        if lost := sorted(keys - set(found)) or ["key"] * (not keys):
            refuse(table, f"{name} has no column {lost[0]}")
        for key, kind in found.items():
            if kind is None or types.setdefault(key, kind) != kind:
                refuse(table, f"{key} is not of one type in all the inputs")
