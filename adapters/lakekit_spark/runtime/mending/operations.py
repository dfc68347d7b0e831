"""Where a query adds, subtracts, multiplies or sums up whole numbers."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen
from sqlglot import exp

from lakekit.sql.query.allowed import function_name
from lakekit.sql.query.functions import OF_EACH_ROW
from lakekit_spark.runtime.mending.spans import Span, Spans
from lakekit_spark.runtime.mending.typed import Tree, number_of

SUM = "sum"
_SIGNS: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_WHOLE = {exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT}
_SUMMED = {exp.DType.BIGINT}
"""Of narrower numbers it takes 2^32 rows to leave a bigint, their sum's type."""
_AS_WRITTEN = (
    # Constants alone.
    *(exp.Limit, exp.Offset, exp.Fetch, exp.WindowSpec, exp.Interval, exp.Table, exp.TableSample, exp.Hint),
    *(exp.Group, exp.Order),  # what names a group is named so elsewhere
)


@frozen
class Operation:
    """`sign` is +, -, * or SUM. `whole` is where it stands, `parts` where what it is done to does; the latter of a sum
    is its argument."""

    sign: str
    whole: Span
    parts: tuple[Span, ...]


def operations(tree: Tree) -> tuple[Operation, ...]:
    """Those of a query whose numbers are certain to be whole by the types of its columns. What groups or orders rows is
    left out, and what holds queries or chance, or stands where the text does not tell."""
    found = [node for node in tree.plain.walk() if _is_operation(node)]
    if not found:
        return ()
    whole = _whole(tree.typed)
    # Of those that are alike in one query one may stand for all in what has the types.
    alike = {(id(node.parent_select), node) for node in found if whole.get(number_of(node))}
    sure = (node for node in found if whole.get(number_of(node), (id(node.parent_select), node) in alike))
    spans = Spans(tree.text)
    return tuple(told for node in sure if _free(node) and (told := _operation(node, spans)))


def _called(node: exp.Expr) -> exp.Sum | None:
    """The sum of a node that is one, with all that belongs to it."""
    while isinstance(node, exp.Window | exp.Filter):
        node = node.this
    return node if isinstance(node, exp.Sum) else None


def _is_operation(node: exp.Expr) -> bool:
    """A sum is one with its filter and its window."""
    if isinstance(node.parent, exp.Window | exp.Filter) and node.arg_key == "this":
        return False
    return type(node) in _SIGNS or _called(node) is not None


def _operands(node: exp.Expr) -> tuple[exp.Expr, ...]:
    if type(node) in _SIGNS:
        return node.this, node.expression
    of = (_called(node) or node).this
    return (of.expressions[0] if isinstance(of, exp.Distinct) else of,)


def _operation(node: exp.Expr, spans: Spans) -> Operation | None:
    whole, *parts = (spans.of(part) for part in (node, *_operands(node)))
    told = tuple(part for part in parts if part)
    if whole is None or len(told) < len(parts):
        return None
    return Operation(_SIGNS.get(type(node), SUM), whole, told)


def _whole(typed: exp.Expr) -> dict[int | None, bool]:
    """Whether an operation is done to whole numbers, each time that it is there; by its number."""
    told: dict[int | None, bool] = {}
    for node in typed.walk():
        number = number_of(node)
        if number is not None and _is_operation(node):
            kinds = _SUMMED if _called(node) else _WHOLE
            whole = all(operand.type is not None and operand.type.this in kinds for operand in _operands(node))
            told[number] = whole and told.get(number, True)
    return told


def _free(node: exp.Expr) -> bool:
    """Whether it may be written in another way, and its operands more than once."""
    above = list(_above(node))
    if any(isinstance(each, exp.Pivot) for each in above):
        return False
    if _called(node):
        return True
    return not (any(isinstance(each, _AS_WRITTEN) for each in above) or _names_a_group(node) or _only_once(node))


def _above(node: exp.Expr) -> Iterator[exp.Expr]:
    """What it stands in, up to the query that it is part of."""
    here = node.parent
    while here is not None and not isinstance(here, exp.Query):
        yield here
        here = here.parent


def _names_a_group(node: exp.Expr) -> bool:
    select = node.find_ancestor(exp.Select)
    group = select.args.get("group") if select else None
    if select is None or group is None:
        return False
    items = {str(number): item for number, item in enumerate(select.expressions, 1)}
    items |= {item.alias.lower(): item for item in select.expressions if item.alias}
    keys = [items.get(key.name.lower(), key).unalias() for key in group.expressions]
    return any(each in keys for each in (node, *_above(node)))


def _only_once(node: exp.Expr) -> bool:
    """What another look may find different, and queries."""
    return any(isinstance(part, exp.Query) or function_name(part) in OF_EACH_ROW for part in node.walk())
