"""The least that can be asked of an engine."""

from __future__ import annotations

from sqlglot import exp


def probe_query() -> exp.Query:
    """One row, from no table."""
    return exp.select(exp.alias_(exp.Literal.number(1), "one", quoted=True))
