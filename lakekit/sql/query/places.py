"""Where in its text a node of a query's tree stands."""

from __future__ import annotations

from sqlglot import exp


def start_of(node: exp.Expr) -> int:
    """The first character of the first name, number or text in `node`, from 0; -1 where it has none."""
    return min((int(found.meta["start"]) for found in node.walk() if "start" in found.meta), default=-1)
