"""Whether a contract still fits the table that it feeds, asked before anything is read."""

from __future__ import annotations

from lakekit.app.tools import Job, Tools
from lakekit.domain.errors import ConfigError
from lakekit.domain.schema import bronze_columns


def check_shape(tools: Tools, job: Job) -> None:
    """New columns of the contract are added when a batch is published. Raises ConfigError for a column that the table
    has and the contract no longer names, and for one whose type is another: published files cannot be changed so."""
    snapshot = tools.tables.snapshot(job.dataset.table)
    wanted = {c.name: c.type for c in bronze_columns(job.contract)}
    for column in snapshot.columns if snapshot else ():
        if column.name not in wanted:
            raise _misfit(job, "contract.column_removed", f"has the column {column.name}, the contract does not")
        if wanted[column.name] != column.type:
            told = f"has {column.name} as {column.type}, the contract as {wanted[column.name]}"
            raise _misfit(job, "contract.type_changed", told)


def _misfit(job: Job, code: str, told: str) -> ConfigError:
    return ConfigError(
        code,
        f"the table {job.dataset} {told}",
        where=f"contract {job.contract.name}",
        why="the rows that are published already could not be read by it",
        next="put the column back, or load into a dataset of another name",
    )
