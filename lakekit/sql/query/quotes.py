"""Quotes within texts: two are one to Spark 4. To sqlglot and Sail 0.7.2 the text ends there, and another follows."""

from __future__ import annotations

from itertools import pairwise

from sqlglot.dialects.spark import Spark
from sqlglot.tokenizer_core import TokenType


def with_quotes(text: str) -> str:
    """The same, as all of them read it; each character stays where it is. Raises TokenError."""
    if "''" not in text and '""' not in text:
        return text
    for one, other in pairwise(Spark().tokenize(text)):
        within = one.token_type == other.token_type == TokenType.STRING and one.end + 1 == other.start
        if within and text[one.end] == text[other.start]:
            text = f"{text[: one.end]}\\{text[one.end]}{text[other.start + 1 :]}"
    return text
