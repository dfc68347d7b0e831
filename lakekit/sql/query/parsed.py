"""A user's query in Spark SQL, read: its text, its tree, and the tables that it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen
from sqlglot import Dialect, exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token

from lakekit.domain.errors import EngineError
from lakekit.sql.query.allowed import refusal
from lakekit.sql.query.canonical import fingerprint
from lakekit.sql.query.places import start_of, start_of_item
from lakekit.sql.query.quotes import with_quotes
from lakekit.sql.query.spliced import Spliced, offset_of, position

_PLACE = re.compile(r"\d+:\d+")
_HINT = "correct the query; it is one SELECT in Spark SQL"


@frozen
class Reference:
    """A table as a query names it, its parts joined by dots, and `line:column` of where it first does."""

    name: str
    place: str


@frozen
class Query:
    """`text` is what is run, `tokens` its words, `tree` what it means, for finding places in it. `spliced` says how the
    text was made of what the user wrote, where that is not the same: places are told as they are there."""

    text: str
    tokens: Sequence[Token]
    tree: exp.Query
    spliced: Spliced | None = None

    @property
    def inputs(self) -> tuple[Reference, ...]:
        """Each table once, in the order of the text. Names that differ in case alone are one table to Spark."""
        first: dict[str, Reference] = {}
        for table, name in self.tables():
            first.setdefault(name.lower(), Reference(name, self.place_of(table)))
        return tuple(first.values())

    @property
    def fingerprint(self) -> str:
        """Equal for texts that differ in layout, comments, case of keywords and names, and needless parentheses."""
        return fingerprint(self.tokens, self.tree)

    def tables(self) -> list[tuple[exp.Table, str]]:
        """Each mention of a table, in the order of the text; what the query itself defines by WITH is none."""
        found = ((t, table_name(t)) for t in self.tree.find_all(exp.Table) if is_named(t) and not defined(t))
        return sorted(found, key=lambda mention: start_of(mention[0]))

    def position(self, offset: int) -> str:
        """`line:column` of a character, both from 1."""
        if self.spliced is None:
            return position(self.text, offset)
        return position(self.spliced.original, self.spliced.origin(offset))

    def written(self, place: str) -> str:
        """`line:column` of what stands at `place` in the text; what is no such place stays as it is."""
        return self.position(offset_of(self.text, place)) if _PLACE.fullmatch(place) else place

    def place_of(self, node: exp.Expr) -> str:
        """`line:column` of the first name, number or text in `node`; empty where it has none."""
        start = start_of(node)
        return self.position(start) if start >= 0 else ""

    def place_of_item(self, item: exp.Expr) -> str:
        """As `place_of`, of an item of the list that the query selects: its very first character."""
        start = start_of_item(self.tokens, item)
        return self.position(start) if start >= 0 else ""


def read_query(text: str) -> Query:
    """The query that a text is.

    Raises EngineError `runtime.syntax`, with line and column where they are known, for a text that is not exactly one
    query, and for one whose tables cannot all be told from the text.
    """
    query = Query(text, *_read(text))
    if found := refusal(query.tree):
        node, why = found
        raise syntax_error(query.place_of(node), why)
    return query


def syntax_error(place: str, why: str) -> EngineError:
    return EngineError("runtime.syntax", "the query cannot be read", where=place, why=why, next=_HINT)


def table_name(table: exp.Table) -> str:
    return ".".join(part.name for part in table.parts)


def is_named(table: exp.Table) -> bool:
    """Whether it is called by a name that reads it: not made by a function, and not in a hint."""
    return isinstance(table.this, exp.Identifier | exp.Dot) and not isinstance(table.parent, exp.JoinHint)


def defined(table: exp.Table) -> bool:
    """Whether the name is one of a WITH clause that is visible there."""
    return definition(table) is not None


def definition(table: exp.Table) -> exp.CTE | None:
    """Where the query defines what the name stands for; None where it is a table. Within a WITH what stands before."""
    if len(table.parts) > 1:
        return None
    return next((cte for cte in _visible(table) if cte.alias.lower() == table.name.lower()), None)


def _visible(node: exp.Expr) -> Iterator[exp.CTE]:
    """What is defined by WITH around `node`, the nearest first."""
    below, above = node, node.parent
    while above is not None:
        if isinstance(above, exp.With):
            before = above.expressions.index(below) + (1 if above.recursive else 0)
            yield from reversed(above.expressions[:before])
        elif (with_ := above.args.get("with_")) is not None and with_ is not below:
            yield from reversed(with_.expressions)
        below, above = above, above.parent


def _read(text: str) -> tuple[Sequence[Token], exp.Query]:
    spark = Dialect.get_or_raise("spark")
    try:
        text = with_quotes(text)
        tokens = spark.tokenize(text)
        trees = [tree for tree in spark.parser().parse(tokens, text) if _says_something(tree)]
    except ParseError as error:
        told = error.errors[0]
        place = f"{told['line']}:{told['col']}"
        raise syntax_error(place, f"near {told['highlight']!r}" if told["highlight"] else "") from None
    except TokenError:
        raise syntax_error("", "a text, a name or a comment has no end") from None
    except RecursionError:
        raise syntax_error("", "it is nested too deeply") from None
    if len(trees) == 1 and isinstance(trees[0], exp.Values):
        return tokens, exp.Select(expressions=[exp.Star()], from_=exp.From(this=trees[0]))
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise syntax_error("", "it is not exactly one query")
    return tokens, trees[0]


def _says_something(tree: exp.Expr | None) -> bool:
    """What is between two semicolons, or behind the last, may be nothing, or a comment."""
    return tree is not None and not isinstance(tree, exp.Semicolon)
