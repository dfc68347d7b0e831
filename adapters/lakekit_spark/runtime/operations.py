"""Where a query adds, subtracts, multiplies or sums up whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from attrs import frozen
from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.errors import SqlglotError
from sqlglot.parsers.spark import SparkParser
from sqlglot.tokenizer_core import Token

from lakekit.sql.query.functions import OF_EACH_ROW

Types: TypeAlias = Mapping[str, Mapping[str, str]]
"""The columns of each table, types in Spark DDL."""
Span: TypeAlias = tuple[int, int]
"""Where a text begins and ends: from 0, the end not within."""

_TWO_SIDED = (exp.Add, exp.Sub, exp.Mul)
_WHOLE = {exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT}
_SUMMED = {exp.DType.BIGINT}
"""Of narrower numbers it takes 2^32 rows to leave a bigint, their sum's type."""
_AS_WRITTEN = (
    *(exp.Limit, exp.Offset, exp.Fetch, exp.WindowSpec, exp.Interval, exp.TableSample, exp.Hint),  # constants alone
    *(exp.Group, exp.Order),  # what names a group is named so elsewhere
)


@frozen
class Operation:
    """`whole` is where it stands, `parts` where what it is done to does; the latter of a sum is its argument."""

    kind: type[exp.Expr]
    whole: Span
    parts: tuple[Span, ...]


def operations(text: str, types: Callable[[], Types]) -> tuple[Operation, ...]:
    """Those of a query that is known to be one, whose numbers are certain to be whole by the types of its columns. What
    cannot be told apart from other text is left out: what groups or orders rows, and what holds queries or chance."""
    tree = _Parser(dialect="spark").parse(Spark().tokenize(text), text)[0]
    found = {_span(node): node for node in tree.walk() if _is_operation(node)} if tree else {}
    if tree is None or not found:
        return ()
    whole = _whole(_typed(tree, types()))
    # Of those that are alike in one query one may stand for all in what has the types.
    alike = {(id(node.parent_select), node) for span, node in found.items() if whole.get(span)}
    sure = (node for span, node in found.items() if whole.get(span, (id(node.parent_select), node) in alike))
    return tuple(_operation(node) for node in sure if _free(node))


class _Parser(SparkParser):
    """Keeps where in the text each operand and call stands, in `meta`."""

    def expression(self, instance: Any, token: Token | None = None, comments: list[str] | None = None) -> Any:
        """As the base; an operation begins with its first operand, and ends with the last that was read."""
        made = super().expression(instance, token, comments)
        if isinstance(made, exp.Binary) and "first" in made.this.meta:
            _mark(made, made.this.meta["first"], self._prev)
        return made

    def _parse_factor(self, *args: Any, **options: Any) -> Any:
        first = self._curr
        return _mark(super()._parse_factor(*args, **options), first.start if first else None, self._prev)

    def _parse_unary(self) -> Any:
        first = self._curr
        return _mark(super()._parse_unary(), first.start if first else None, self._prev)


def _mark(node: Any, first: int | None, last: Token | None) -> Any:
    if isinstance(node, exp.Expr) and first is not None and last is not None:
        node.meta.update(first=first, last=last.end)
    return node


def _span(node: exp.Expr) -> Span:
    if "last" in node.meta:
        return node.meta["first"], node.meta["last"] + 1
    names = [part.meta for part in node.walk() if "end" in part.meta]
    return min(name["start"] for name in names), max(name["end"] for name in names) + 1


def _is_placed(node: exp.Expr) -> bool:
    """Whether `_span` is sure. What is an argument by itself is not read as an operand."""
    return "last" in node.meta or isinstance(node, exp.Column)


def _called(node: exp.Expr) -> exp.Sum | None:
    """The sum of a node that is one, with all that belongs to it."""
    while isinstance(node, exp.Window | exp.Filter):
        node = node.this
    return node if isinstance(node, exp.Sum) else None


def _is_operation(node: exp.Expr) -> bool:
    if "last" not in node.meta:
        return False
    return isinstance(node, _TWO_SIDED) or _called(node) is not None


def _operands(node: exp.Expr) -> tuple[exp.Expr, ...]:
    if isinstance(node, _TWO_SIDED):
        return node.this, node.expression
    of = (_called(node) or node).this
    return (of.expressions[0] if isinstance(of, exp.Distinct) else of,)


def _operation(node: exp.Expr) -> Operation:
    kind = exp.Sum if _called(node) else type(node)
    return Operation(kind, _span(node), tuple(_span(operand) for operand in _operands(node)))


def _typed(tree: exp.Expr, types: Types) -> exp.Expr:
    """The tree with types, as far as they are known."""
    # A query that only picks columns has no use for them.
    from sqlglot.optimizer.annotate_types import annotate_types
    from sqlglot.optimizer.qualify import qualify

    try:
        schema: dict[str, object] = {table: dict(columns) for table, columns in types.items()}
        options: dict[str, Any] = {"validate_qualify_columns": False, "quote_identifiers": False, "identify": False}
        told = qualify(tree.copy(), dialect="spark", schema=schema, **options)
        return annotate_types(told, schema=schema, dialect="spark")
    except SqlglotError:
        return tree


def _whole(typed: exp.Expr) -> dict[Span, bool]:
    """Whether what stands there is done to whole numbers, each time that it is there."""
    told: dict[Span, bool] = {}
    for node in filter(_is_operation, typed.walk()):
        kinds = _SUMMED if _called(node) else _WHOLE
        whole = all(operand.type is not None and operand.type.this in kinds for operand in _operands(node))
        told[_span(node)] = whole and told.get(_span(node), True)
    return told


def _free(node: exp.Expr) -> bool:
    """Whether it may be written in another way, and its operands more than once."""
    above = list(_above(node))
    if any(isinstance(each, exp.Pivot) for each in above) or not all(map(_is_placed, _operands(node))):
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
    parts = list(node.walk())
    calls = {
        (p.name if isinstance(p, exp.Anonymous) else p.sql_name()).lower() for p in parts if isinstance(p, exp.Func)
    }
    return bool(calls & OF_EACH_ROW) or any(isinstance(p, exp.Query) for p in parts)
