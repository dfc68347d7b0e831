"""A query at a moment that is given, in place of the one at which it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from lakekit.domain.values import format_value
from lakekit.sql.tree import cast, text

_BARE = ("current_date", "current_timestamp", "localtimestamp")
"""Functions that Spark calls by their name alone, where no column has it."""

_CALLED = (*_BARE, "curdate", "now", "unix_timestamp")
_NAMES = (TokenType.IDENTIFIER, TokenType.STRING)


def reads_the_clock(query: str) -> bool:
    """Whether the query asks what time it is."""
    return next(_calls(query), None) is not None


def at(query: str, moment: datetime) -> str:
    """The query with each function that tells the time replaced by what it tells at `moment`."""
    made, end = "", 0
    for function, start, behind in _calls(query):
        made += query[end:start] + _told(moment)[function]().sql("spark")
        end = behind
    return made + query[end:]


def _told(moment: datetime) -> Mapping[str, Callable[[], exp.Expr]]:
    def stamp() -> exp.Expr:
        return cast(text(format_value(moment)), "timestamp")

    def local() -> exp.Expr:
        return exp.Cast(this=text(format_value(moment).rstrip("Z")), to=exp.DataType.build("TIMESTAMPNTZ"))

    def day() -> exp.Expr:
        return cast(text(format_value(moment)[:10]), "date")

    def seconds() -> exp.Expr:
        return cast(text(str(int(moment.timestamp()))), "long")

    return {
        "current_date": day,
        "curdate": day,
        "current_timestamp": stamp,
        "now": stamp,
        "localtimestamp": local,
        "unix_timestamp": seconds,
    }


def _calls(query: str) -> Iterator[tuple[str, int, int]]:
    """Each call: the function, and where it begins and ends. What the query says stays as it is otherwise, as a tree
    written anew would not."""
    tokens = _tokens(query)
    kinds = [token.token_type for token in tokens]
    for i, token in enumerate(tokens):
        name = token.text.lower()
        if token.token_type in _NAMES or name not in _CALLED or _is_a_name(kinds, i):
            continue
        if kinds[i + 1 : i + 3] == [TokenType.L_PAREN, TokenType.R_PAREN]:
            yield name, token.start, tokens[i + 2].end + 1
        elif name in _BARE and kinds[i + 1 : i + 2] != [TokenType.L_PAREN]:
            yield name, token.start, token.end + 1


def _is_a_name(kinds: Sequence[Any], i: int) -> bool:
    """Whether it is a part of a longer name, or one that is given."""
    before, behind = kinds[i - 1] if i else None, kinds[i + 1] if i + 1 < len(kinds) else None
    return before in (TokenType.DOT, TokenType.ALIAS) or behind is TokenType.DOT


def _tokens(query: str) -> list[Token]:
    try:
        return list(Spark.Tokenizer().tokenize(query))
    except TokenError:  # told when the query is read
        return []
