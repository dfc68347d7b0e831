"""What a query may not do: read what is no dataset, or write."""

from __future__ import annotations

from sqlglot import exp

from lakekit.sql.query.functions import FORMATS, TABLE_FUNCTIONS


def refusal(tree: exp.Query) -> tuple[exp.Expr, str] | None:
    """What in the query is not allowed, and why; None where all is."""
    for node in tree.walk():
        if why := _why(node):
            return node, why
    return None


def function_name(node: exp.Expr) -> str:
    """Lower case, as Spark has it or sqlglot; empty for what is no function."""
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    return node.sql_name().lower() if isinstance(node, exp.Func) else ""


def _why(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous) and node.name.lower() == "identifier":
        return f"{node.name} names a table that cannot be told from the text"
    if isinstance(node, exp.Into):
        return "SELECT INTO writes a table"
    if isinstance(node, exp.DML | exp.DDL | exp.Command) and not isinstance(node, exp.Query):
        return "it does more than read"
    if isinstance(node, exp.Table):
        return _table(node)
    return ""


def _table(table: exp.Table) -> str:
    if isinstance(table.this, exp.Func):
        name = function_name(table.this)
        return "" if name in TABLE_FUNCTIONS else f"{name} is no table: only datasets are read"
    if table.db.lower() in FORMATS and not table.catalog:
        return f"{table.db} before a path reads files: only datasets are read"
    if table.args.get("version"):
        return "every input is read at the version that the build is given"
    return ""
