"""The constraints of a table, which its commits do not check: the rows are."""

from __future__ import annotations

from collections.abc import Mapping

from lakekit.app.tools import Job, Tools
from lakekit.app.validate import Lanes
from lakekit.domain.errors import GateError
from lakekit.ports.engine import Input
from lakekit.sql.audit import ACCEPTED_ROWS
from lakekit.sql.constraints import broken_query, constraints


def check_constraints(tools: Tools, job: Job, lanes: Lanes) -> None:
    """Raises GateError when an accepted row breaks a constraint of the table. Those that the contract states were kept
    by all rows when they were accepted; what is left is of a contract that has changed since."""
    snapshot = tools.tables.snapshot(job.dataset.table)
    stated = constraints(job.contract, job.cursor)
    told = snapshot.definition.constraints if snapshot else {}
    others = {name: text for name, text in told.items() if stated.get(name) != text}
    if not others or not lanes.accepted:
        return
    broken = count_broken(tools, others, Input(tuple(str(w.path) for w in lanes.accepted)))
    if broken:
        name, rows = next(iter(broken.items()))
        raise GateError(
            "gate.constraint",
            f"{rows} rows keep the contract {job.contract.name} and break the constraint {name} of the table",
            where=str(job.dataset),
            why="the contract was loosened after the table was given its rules",
            next=f"lakekit table options {job.dataset.name} --apply",
        )


def count_broken(tools: Tools, texts: Mapping[str, str], rows: Input) -> dict[str, int]:
    """How many rows break each constraint, of those that one breaks."""
    (counts,) = tools.engine.rows(broken_query(texts), {ACCEPTED_ROWS: rows})
    told = {name: int(str(count)) for name, count in zip(texts, counts, strict=True)}
    return {name: count for name, count in told.items() if count}
