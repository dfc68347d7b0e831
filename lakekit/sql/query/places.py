"""Where in its text a node of a query's tree stands."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

_OPENING, _CLOSING = {TokenType.L_PAREN, TokenType.L_BRACKET}, {TokenType.R_PAREN, TokenType.R_BRACKET}
_BEFORE = {TokenType.DISTINCT, TokenType.ALL, TokenType.HINT}


def start_of(node: exp.Expr) -> int:
    """The first character of the first name, number or text in `node`, from 0; -1 where it has none."""
    return min((int(found.meta["start"]) for found in node.walk() if "start" in found.meta), default=-1)


def start_of_item(tokens: Sequence[Token], item: exp.Expr) -> int:
    """The first character of an item of the list that a query with these words selects, from 0; -1 where it cannot be
    told."""
    start = start_of(item)
    if not isinstance(item.parent, exp.Select) or item.arg_key != "expressions" or item.index is None:
        return start
    begin = _beginnings(tokens).get(item.index, start)
    return begin if start < 0 or begin < start else start


def _beginnings(tokens: Sequence[Token]) -> dict[int, int]:
    """Where the items begin that the outermost SELECT lists."""
    depth, placed = 0, []
    for token in tokens:
        depth -= token.token_type in _CLOSING
        placed.append((token, depth))
        depth += token.token_type in _OPENING
    outermost = min((at for token, at in placed if token.token_type == TokenType.SELECT), default=0)
    begins: dict[int, int] = {}
    item = -1
    for token, at in placed:
        if at == outermost and token.token_type == TokenType.SELECT and item < 0:
            item = 0
        elif at == outermost and token.token_type == TokenType.COMMA and item >= 0:
            item += 1
        elif item >= 0 and token.token_type not in _BEFORE:
            begins.setdefault(item, token.start)
    return begins
