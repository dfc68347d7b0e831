"""What a query says, however it is laid out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

_LITERAL = {TokenType.IDENTIFIER, TokenType.HINT}
_LITERAL |= {kind for kind in TokenType if kind.name.endswith("STRING")}
_LAYOUT = {TokenType.L_PAREN, TokenType.R_PAREN, TokenType.SEMICOLON}


def fingerprint(tokens: Sequence[Token], tree: exp.Expr) -> str:
    """SHA-256 in hex of the words of a text and of the shape of its `tree`.

    The words alone do not tell which parentheses are needed, the tree alone has one node for words of two meanings
    (STRING and VARCHAR(3)).
    """
    digest = hashlib.sha256()
    for part in (*_words(tokens), *_shape(tree)):
        digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    return (_word(token) for token in tokens if token.token_type not in _LAYOUT)


def _word(token: Token) -> str:
    if token.token_type in _LITERAL:
        return f"{token.token_type.name} {token.text}"
    return token.text.lower()


def _shape(tree: exp.Expr) -> Iterator[str]:
    """Each node before its children: its kind, and the number of children by argument."""
    stack = [tree]
    while stack:
        node = _bare(stack.pop())
        yield type(node).__name__
        for key, value in sorted(node.args.items()):
            children = [c for c in (value if isinstance(value, list) else [value]) if isinstance(c, exp.Expr)]
            stack.extend(children)
            if children:
                yield f"{key}{len(children)}"


def _bare(node: exp.Expr) -> exp.Expr:
    while _needless(node):
        node = node.this
    return node


def _needless(node: exp.Expr) -> bool:
    """Parentheses that only group, which the tree's shape does as well."""
    if isinstance(node, exp.Paren):
        return True
    alone = isinstance(node, exp.Subquery) and not any(v for k, v in node.args.items() if k != "this")
    return alone and (isinstance(node.this, exp.Query) or not node.this.args.get("joins"))
