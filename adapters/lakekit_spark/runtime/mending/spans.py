"""Which characters of a query a part of its tree was read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

from sqlglot import exp, parse_one
from sqlglot.dialects.spark import Spark
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

Span: TypeAlias = tuple[int, int]
"""Where a text begins and ends: from 0, the end not within."""

_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.CASE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.END}
_FURTHER = 6
"""How many words more than its names, numbers and texts may be part of it on either side."""


class Spans:
    """Those of one query's text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = Spark().tokenize(text)
        self._starts = {token.start: number for number, token in enumerate(self._tokens)}
        self._ends = {token.end: number for number, token in enumerate(self._tokens)}

    def of(self, node: exp.Expr) -> Span | None:
        """Where it stands: around what of it has a place, with what is needed on either side for the text to mean just
        this. None where that cannot be told."""
        names = [part.meta for part in node.walk() if "end" in part.meta]
        first = min((self._starts.get(name["start"], -1) for name in names), default=-1)
        last = max((self._ends.get(name["end"], -1) for name in names), default=-1)
        if min(first, last) < 0:
            return None
        return next((span for span in self._around(first, last) if self._means(span, node)), None)

    def _around(self, first: int, last: int) -> Iterator[Span]:
        """The text between two words and more of it, the shorter before the longer."""
        seen = set()
        steps = sorted(product(range(_FURTHER), repeat=2), key=sum)
        for left, right in steps:
            whole = _balanced(self._tokens, first - left, last + right)
            if whole is not None and whole not in seen and not self._opens_a_window(whole[1]):
                seen.add(whole)
                yield self._tokens[whole[0]].start, self._tokens[whole[1]].end + 1

    def _opens_a_window(self, last: int) -> bool:
        """`sum(x) OVER` is that of `OVER ()` to sqlglot, without the parentheses."""
        return self._tokens[last].text.upper() == "OVER"

    def _means(self, span: Span, node: exp.Expr) -> bool:
        try:
            return bool(parse_one(f"SELECT {self._text[span[0] : span[1]]}", read="spark").expressions == [node])
        except SqlglotError:
            return False


def _balanced(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int] | None:
    """The words from `first` to `last`, and those up to where what they open is closed, and what they close opened."""
    while first >= 0 and last < len(tokens):
        depth = lowest = 0
        for token in tokens[first : last + 1]:
            depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
            lowest = min(lowest, depth)
        if lowest == depth == 0:
            return first, last
        first, last = (first - 1, last) if lowest < 0 else (first, last + 1)
    return None
