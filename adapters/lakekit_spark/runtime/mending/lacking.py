"""Clauses of Spark SQL that Sail 0.7.2 does not know. What it says of them is about other words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from lakekit.sql.query.parsed import Query


def lacking_in_query(query: Query) -> Iterator[tuple[str, str]]:
    """`line:column` of each, and what it is called."""
    for token, name in _words(query.tokens):
        yield query.position(token.start), name
    for node in query.tree.walk():
        if name := _name(node):
            yield query.place_of(node), name


def _words(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Those that are told by their words: what they say is in other parts of the tree."""
    if tokens and tokens[0].token_type == TokenType.FROM:
        yield tokens[0], "FROM before SELECT"
    for token, following in pairwise(tokens):
        if token.token_type == TokenType.PIPE_GT:
            yield token, "|>"
        if token.token_type == TokenType.GROUP_BY and following.token_type == TokenType.ALL:
            yield token, "GROUP BY ALL"
        if token.token_type == TokenType.WITH and following.token_type == TokenType.RECURSIVE:
            yield token, "WITH RECURSIVE"


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Star) and node.args.get("except_"):
        return "* EXCEPT"
    if isinstance(node, exp.Pivot) and not node.args.get("unpivot"):
        return "PIVOT"
    if isinstance(node, exp.SetOperation) and node.args.get("by_name"):
        return "BY NAME"
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return "parameters"
    return "QUALIFY" if isinstance(node, exp.Qualify) else ""
