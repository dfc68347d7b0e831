"""What lakekit knows as functions, and engines do not: each call is replaced by what it stands for.

    as_of(c, moment)         a condition: the version of the dimension `c` that holds at that moment
    unknown_member()         the version key of facts whose member is not known
    not_applicable_member()  that of facts that have none

What the user wrote stays as it is otherwise. A call is replaced on one line, and followed by as many line breaks as it
had, so that what stands behind it is in the line in which it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, frozen
from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from lakekit.domain.dimension import NOT_APPLICABLE_MEMBER, UNKNOWN_MEMBER, Dimension, Names
from lakekit.domain.errors import EngineError
from lakekit.sql.query.allowed import function_name
from lakekit.sql.query.functions import OF_EACH_ROW
from lakekit.sql.query.mistakes import bad_arguments
from lakekit.sql.query.parsed import Query, read_query
from lakekit.sql.query.spliced import Piece, Spliced
from lakekit.sql.query.versions import names_of
from lakekit.sql.tree import name, text

AS_OF = "as_of"
_MEMBERS = {"unknown_member": UNKNOWN_MEMBER, "not_applicable_member": NOT_APPLICABLE_MEMBER}
_NO_VALUE = (exp.Kwarg, exp.PropertyEQ, exp.Star, exp.Distinct)


def expanded(query: Query, dimensions: Mapping[str, Dimension]) -> Query:
    """The query without macros. `dimensions` are those of the project, by their datasets.

    Raises ConfigError with line and column: `transform.bad_arguments`, `transform.unknown_alias`,
    `transform.no_versions`; and EngineError `runtime.syntax` where a condition, or a text, cannot stand.
    """
    found = [node for node in query.tree.find_all(exp.Anonymous) if _is_macro(node)]
    if not found:
        return query
    calls = {call.start: call for call in (_call(node, query.tokens) for node in found)}
    told = _Expansion(query, dimensions, query.tokens, [calls[start] for start in sorted(calls)])
    made = Spliced(query.text, tuple(told.pieces(0, len(query.text))))
    try:
        return evolve(read_query(made.text), spliced=made)
    except EngineError as error:
        error.where = evolve(query, text=made.text, spliced=made).written(error.where)
        raise


@frozen
class _Call:
    """From `start` to `end`; `first` is its first argument, and `rest` what stands behind the comma after it."""

    node: exp.Anonymous
    start: int
    end: int
    first: tuple[int, int] = (0, 0)
    rest: tuple[int, int] = (0, 0)


def _is_macro(node: exp.Anonymous) -> bool:
    called = isinstance(node.this, str) and node.name.lower() in {AS_OF, *_MEMBERS}
    return called and "start" in node.meta and not isinstance(node.parent, exp.Dot)


def _call(node: exp.Anonymous, tokens: Sequence[Token]) -> _Call:
    start = int(node.meta["start"])
    opening = next(i for i, token in enumerate(tokens) if token.start == start) + 1
    depth, at, comma = 1, opening, 0
    while depth:
        at += 1
        kind = tokens[at].token_type
        depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
        if depth == 1 and not comma and kind is TokenType.COMMA:
            comma = at
    if not comma:
        return _Call(node, start, tokens[at].end + 1)
    first, rest = tokens[opening + 1 : comma], tokens[comma + 1 : at]
    return _Call(node, start, tokens[at].end + 1, _span(first), _span(rest))


def _span(tokens: Sequence[Token]) -> tuple[int, int]:
    return (tokens[0].start, tokens[-1].end + 1) if tokens else (0, 0)


@frozen
class _Expansion:
    query: Query
    dimensions: Mapping[str, Dimension]
    tokens: Sequence[Token]
    calls: Sequence[_Call]

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """What stands in place of a part of the text."""
        for call in self.calls:
            if start <= call.start < end:
                yield self._copied(start, call.start)
                yield from self._told(call)
                lines = self.query.text.count("\n", call.start, call.end)
                yield Piece("\n" * lines, call.end, copied=False)
                start = call.end
        yield self._copied(start, end)

    def _copied(self, start: int, end: int) -> Piece:
        return Piece(self.query.text[start:end], start)

    def _told(self, call: _Call) -> Iterator[Piece]:
        called = call.node.name.lower()
        if called == AS_OF:
            yield from self._as_of(call)
            return
        if call.node.expressions:
            raise bad_arguments(self._place(call), f"{called} takes no argument", f"write {called}()")
        yield Piece(text(_MEMBERS[called]).sql("spark"), call.start, copied=False)

    def _as_of(self, call: _Call) -> Iterator[Piece]:
        """`valid_from <= moment < valid_to`, where NULL in place of the latter is no end."""
        names = self._names(call)
        alias = tuple(self._on_one_line(self._copied(*call.first)))
        moment = tuple(self._moment(call))
        for part in (
            *("(", moment, " >= ", alias, f".{_quoted(names.valid_from)} AND ("),
            *(alias, f".{_quoted(names.valid_to)} IS NULL OR ", moment, " < ", alias, f".{_quoted(names.valid_to)}))"),
        ):
            yield from [Piece(part, call.start, copied=False)] if isinstance(part, str) else part

    def _names(self, call: _Call) -> Names:
        """What the columns of the dimension are called."""
        arguments = call.node.expressions
        if len(arguments) != 2 or any(isinstance(each, _NO_VALUE) for each in arguments):
            why = f"it has {len(arguments)}" if len(arguments) != 2 else ""
            raise bad_arguments(self._place(call), "as_of takes a dimension and a moment", _AS_OF_TOLD, why)
        if inner := next((n for n in arguments[1].walk() if function_name(n) in OF_EACH_ROW), None):
            why = f"{function_name(inner)} gives another value each time it is asked, and the moment is asked for twice"
            raise bad_arguments(self._place(call), "the moment of as_of is not certain", _AS_OF_TOLD, why)
        return names_of(self.query, call.node, self.dimensions)

    def _moment(self, call: _Call) -> Iterator[Piece]:
        plain = isinstance(call.node.expressions[1], exp.Column)
        yield Piece("" if plain else "(", call.start, copied=False)
        for piece in self.pieces(*call.rest):
            yield from self._on_one_line(piece)
        yield Piece("" if plain else ")", call.start, copied=False)

    def _on_one_line(self, piece: Piece) -> Iterator[Piece]:
        """Without comments; blanks and line breaks are one blank."""
        if not piece.copied:
            yield evolve(piece, text=piece.text.replace("\n", " "))
            return
        at, end = piece.start, piece.start + len(piece.text)
        for token in self.tokens:
            if at <= token.start < end:
                yield Piece(" " if at < token.start else "", at, copied=False)
                yield self._copied(token.start, token.end + 1)
                at = token.end + 1
        yield Piece(" " if at < end else "", at, copied=False)

    def _place(self, call: _Call) -> str:
        return self.query.position(call.start)


_AS_OF_TOLD = "write as_of(c, o.ordered_at): the dimension by its name or alias, and a moment of the other rows"


def _quoted(column: str) -> str:
    return name(column).sql("spark")
