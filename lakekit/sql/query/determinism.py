"""What in a query may give another result for the same inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from lakekit.sql.query.allowed import function_name
from lakekit.sql.query.functions import AGGREGATES, GENERATORS, OF_MORE, OF_ONE_ROW, TABLE_FUNCTIONS, WINDOWED
from lakekit.sql.query.parsed import Query
from lakekit.sql.query.places import start_of

_BARE = frozenset(name for name in OF_MORE if name.startswith(("current_", "localtimestamp", "session_user")))
"""They need no parentheses."""
_NOW = ("now", "today", "yesterday", "tomorrow")
"""Texts that are times of now to DATE and TIMESTAMP."""
_KNOWN = AGGREGATES | GENERATORS | OF_MORE | OF_ONE_ROW | TABLE_FUNCTIONS | WINDOWED


def nondeterministic(query: Query) -> str:
    """`line:column name` of the first function that may give another value for the same rows; empty for none.

    Those of many rows, and row_number and its kin, give one of the results that rows without an order allow: they are
    none of these.
    """
    found = min((*_called(query.tokens), *_within(query.tree)), default=None)
    if found is None:
        return ""
    start, name = found
    return f"{query.position(max(start, 0))} {name}"


def unknown_function(query: Query) -> exp.Anonymous | None:
    """The first function that is none of Spark's, as far as it is known."""
    calls = query.tree.find_all(exp.Anonymous)
    return next((call for call in calls if function_name(call) not in _KNOWN), None)


def _called(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    for i, token in enumerate(tokens):
        name = token.text.lower()
        if name in OF_MORE and (_opens(tokens, i + 1) or (name in _BARE and not _after_dot(tokens, i))):
            yield token.start, name
        if name == "unix_timestamp" and _opens(tokens, i + 1) and _closes(tokens, i + 2):
            yield token.start, name


def _within(tree: exp.Expr) -> Iterator[tuple[int, str]]:
    for node in tree.walk():
        if isinstance(node, exp.TableSample):
            yield start_of(node), "TABLESAMPLE"
        if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) and _is_now(node):
            yield start_of(node), node.this.name


def _is_now(cast: exp.Cast) -> bool:
    return bool(cast.this.is_string) and cast.this.name.strip().lower().startswith(_NOW)


def _opens(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].token_type == TokenType.L_PAREN


def _closes(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].token_type == TokenType.R_PAREN


def _after_dot(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].token_type == TokenType.DOT
