"""Audit: the dataset's suite over the staged rows, before anybody can see them."""

from __future__ import annotations

from lakekit.app.constraints import check_constraints
from lakekit.app.tools import Job, Tools
from lakekit.app.validate import Lanes
from lakekit.domain.suite import Check, CheckKind, Verdict, judge
from lakekit.ports.engine import Input
from lakekit.sql.audit import ACCEPTED_ROWS, observed_query


def audit(tools: Tools, job: Job, lanes: Lanes) -> Verdict:
    """The verdict on a batch. Without accepted rows every check of them observes 0; one in which all rows had been read
    before has nothing that a check could be about. Raises GateError when a row breaks a constraint that the table
    still has."""
    if lanes.counts.read and lanes.counts.duplicates == lanes.counts.read:
        return Verdict()
    check_constraints(tools, job, lanes)
    about_rows = [c for c in job.checks if c.kind is not CheckKind.REJECTED_SHARE]
    observed = dict(zip(about_rows, _observed(tools, about_rows, lanes), strict=True))
    counts = lanes.counts
    share = counts.quarantined / counts.read if counts.read else 0.0
    return Verdict(tuple(judge(check, observed.get(check, share)) for check in job.checks))


def _observed(tools: Tools, checks: list[Check], lanes: Lanes) -> list[float]:
    files = tuple(str(w.path) for w in lanes.accepted)
    if not checks or not files:
        return [0.0] * len(checks)
    (row,) = tools.engine.rows(observed_query(checks), {ACCEPTED_ROWS: Input(files)})
    return [float(str(value)) for value in row]
