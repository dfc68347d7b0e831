"""Conditions that users write beside their queries, in Spark SQL."""

from __future__ import annotations

from sqlglot import exp, parse_one
from sqlglot.errors import ParseError, TokenError

from lakekit.domain.dimension import DELETE, OPERATION, TRUNCATE, UPSERT
from lakekit.domain.errors import EngineError
from lakekit.sql.query.parsed import syntax_error
from lakekit.sql.query.quotes import with_quotes


def filtered(table: str, condition: str) -> str:
    """The query for the rows of a table for which the condition is true. Raises EngineError `runtime.syntax` for a text
    that is no condition on the columns of one table."""
    query = exp.select("*").from_(exp.to_table(table), copy=False)
    return query.where(_condition(condition), copy=False).sql("spark")


def with_operations(table: str, delete_when: str | None, truncate_when: str | None) -> str:
    """The query for the rows of a table and what each says of its key, as the events of a dimension have it: a truncate
    where one condition is true, else a delete where the other is. Raises EngineError as `filtered` does."""
    told = ((truncate_when, TRUNCATE), (delete_when, DELETE))
    case = exp.Case(default=exp.Literal.string(UPSERT))
    for condition, operation in told:
        if condition is not None:
            case = case.when(exp.paren(_condition(condition)), exp.Literal.string(operation))
    query = exp.select("*").from_(exp.to_table(table), copy=False)
    return query.select(exp.alias_(case, OPERATION, quoted=True), copy=False).sql("spark")


def _condition(text: str) -> exp.Expr:
    try:
        found = parse_one(with_quotes(text), read="spark")
    except ParseError as error:
        near = error.errors[0]["highlight"] if error.errors else None
        raise syntax_error("", f"near {near!r}" if near else "") from None
    except (TokenError, RecursionError):
        raise _no_condition() from None
    if not isinstance(found, exp.Condition) or found.find(exp.Query, exp.Window, exp.AggFunc):
        raise _no_condition()
    return found


def _no_condition() -> EngineError:
    return syntax_error("", "it is no condition on the columns of one row")
