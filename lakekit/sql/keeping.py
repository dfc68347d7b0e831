"""Whether typed rows keep a contract: how many break each of its rules."""

from __future__ import annotations

from sqlglot import exp

from lakekit.domain.contract import Contract, Rule, rules
from lakekit.sql.audit import ACCEPTED_ROWS
from lakekit.sql.rules import Cell, Raw, failures
from lakekit.sql.tree import column, how_many, named, table

_OF_TYPES = "cast_failed"
"""What a column of the contract's type cannot fail."""


def judged_rules(contract: Contract) -> tuple[Rule, ...]:
    """The rules that rows of the contract's columns can break, in order."""
    return tuple(rule for rule in rules(contract) if rule.code != _OF_TYPES)


def broken_rules_query(contract: Contract) -> exp.Query:
    """One row over the table `accepted`: the number of rows that break each of the judged rules."""
    cells = {c.name: Cell(c, Raw(column(c.name), str(c.type)), column(c.name)) for c in contract.columns}
    told = [
        named(how_many(broken), f"n{i}")
        for i, (rule, broken) in enumerate(failures(contract, None, cells))
        if rule.code != _OF_TYPES
    ]
    return exp.Select(expressions=told).from_(table(ACCEPTED_ROWS), copy=False)
