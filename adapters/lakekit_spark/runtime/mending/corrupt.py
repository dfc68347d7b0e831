"""Whether a plan says what becomes of a text that is no JSON or CSV: Sail ignores that, and gives NULL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from lakekit.sql.query.allowed import function_name
from lakekit.sql.query.parsed import Query
from lakekit_spark.runtime.mending.messages import named
from lakekit_spark.runtime.query import place_of

_PARSERS = {"from_json", "from_csv"}
_WORDS = ("mode", "columnnameofcorruptrecord", "_corrupt_record")


def query_asks_for_corrupt_records(query: Query) -> str:
    """`line:column` of the function that does; empty where none does."""
    for call in query.tree.find_all(exp.Func):
        name = function_name(call)
        texts = (literal.name for literal in call.find_all(exp.Literal) if literal.is_string)
        if name in {*_PARSERS, "jsonextract"} and any(map(_asks, texts)):
            return place_of(query, name) or "1:1"
    return ""


def asks_for_corrupt_records(plan: Any) -> bool:
    """Of a plan as Spark Connect sends it."""
    return any(
        call.function_name.lower() in _PARSERS and any(map(_asks, _texts(call)))
        for call in named(plan, "UnresolvedFunction")
    )


def _asks(text: str) -> bool:
    return text.lower() == _WORDS[0] or any(word in text.lower() for word in _WORDS[1:])


def _texts(message: Any) -> Iterator[str]:
    return (part.string for part in named(message, "Literal") if part.HasField("string"))
