"""The gate of a build: its rows against the contract and the suite, before anybody can see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lakekit.app.transform.columns import agreed
from lakekit.app.transform.job import TransformJob, Workshop
from lakekit.app.transform.made import Made
from lakekit.domain.contract import Contract
from lakekit.domain.errors import ConfigError, GateError
from lakekit.domain.evolution import NewColumn
from lakekit.domain.schema import TableColumn
from lakekit.domain.suite import Verdict, judge
from lakekit.domain.table_options import PARTITION_KINDS
from lakekit.domain.types import Kind, flat_type, parse_type
from lakekit.sql.audit import ACCEPTED_ROWS, observed_query
from lakekit.sql.keeping import broken_rules_query, judged_rules
from lakekit.sql.tree import literal

_ORDERED = {"timestamp", "timestamp_ntz", "date", "byte", "short", "int", "integer", "long", "bigint", "decimal"}
"""Types whose values say which of two events is the later."""
_ENDS = {Kind.TIMESTAMP: "9999-12-31T00:00:00Z", Kind.DATE: "9999-12-31"}
_TIMES = {"timestamp", "timestamp_ntz", "date"}
_SPLITTING = {*(kind.value for kind in PARTITION_KINDS), "byte", "short", "integer"}


def check_columns(job: TransformJob, columns: Sequence[TableColumn]) -> None:
    """Raises ConfigError where the columns are not those of the transform's contract, in any order, do not have what
    its options name, or cannot split a table that is to be split by them. There may be more than the contract names
    where its evolution adds new columns."""
    contract = agreed(job, columns)
    made = {column.name: column.type for column in columns}
    _check_dimension(job, made)
    for key in (*job.transform.keys, *job.transform.affected_by, *(job.transform.options.partition_by or ())):
        if key not in made:
            raise _misfit(job, f"makes no column {key}, which its options name", made)
    for name in job.transform.options.partition_by or ():
        if why := _unsplittable(job, name, made[name]):
            raise _bad_partition(job, name, why)
    if contract and job.transform.dimension:
        named = {c.name for c in contract.columns}
        made = {n: t for n, t in made.items() if n in named or n not in job.transform.dimension.names.all}
    wanted = {c.name: str(c.type) for c in contract.columns} if contract else made
    may_grow = contract is not None and contract.evolution.new_column is NewColumn.ADD
    for name in (*wanted, *made):
        if made.get(name) != wanted.get(name) and not (may_grow and name not in wanted):
            has, wants = made.get(name, "no such column"), wanted.get(name, "no such column")
            raise _misfit(job, f"makes {name} as {has}; the contract has {wants}", made)


def _check_dimension(job: TransformJob, made: Mapping[str, str]) -> None:
    """Raises ConfigError where events cannot be put in order by their columns, or an open end is no value of them."""
    dimension = job.transform.dimension
    if dimension is None or not job.transform.keeps_events:
        return
    for option in ("keys", "tie_break", "scope"):
        for column in getattr(dimension, option):
            if flat_type(made[column]) is None:
                raise _bad_type(job, option, column, made[column], "a text, a number, a date or a timestamp")
    for column in dimension.sequence_by:
        if made[column].partition("(")[0] not in _ORDERED:
            wanted = "a timestamp, a date, a decimal or a whole number"
            raise _bad_type(job, "sequence_by", column, made[column], wanted)
        if dimension.keep_events is not None and made[column].partition("(")[0] not in _TIMES:
            raise _bad_type(job, "sequence_by", column, made[column], "a timestamp or a date, for `keep_events`")
    if dimension.open_end is not None:
        _check_end(job, dimension.open_end, made[dimension.sequence[0]])


def _check_end(job: TransformJob, end: str, ddl: str) -> None:
    type_ = parse_type(ddl)
    try:
        literal(end, type_)
    except ValueError:
        raise ConfigError(
            "config.bad_value",
            f"'open_end' cannot be {end!r}",
            where=job.transform.where("open_end", end),
            why=f"`valid_to` is a {type_}, as what the versions begin with",
            next=f"write it like {_ENDS.get(type_.kind, '999999')}, or leave it out: then it is NULL",
        ) from None


def _bad_type(job: TransformJob, option: str, column: str, ddl: str, wanted: str) -> ConfigError:
    return ConfigError(
        "dimension.bad_type",
        f"`{option}` names {column}, a {ddl}",
        where=job.transform.where(option, column),
        why=f"it has to be {wanted}: others are not compared alike everywhere",
        next="cast it in the query, or name another column",
    )


def _unsplittable(job: TransformJob, name: str, type_: str) -> str:
    """Why a table cannot be partitioned by this column; "" where it can."""
    if type_ not in _SPLITTING:
        return f"it is a {type_}; a table is partitioned by {', '.join(sorted(_SPLITTING))}"
    if name in job.transform.personal:
        return "it is personal, and partitions are told in paths and in the log"
    return ""


def gate(workshop: Workshop, job: TransformJob, made: Made) -> Verdict:
    """The verdict on the rows. Raises GateError when a row breaks a rule of the contract."""
    if contract := agreed(job, made.columns):
        _keep(workshop, job, contract, made)
    checks = job.transform.checks
    if not checks:
        return Verdict()
    (row,) = workshop.tools.engine.rows(observed_query(checks), {ACCEPTED_ROWS: made.rows})
    return Verdict(tuple(judge(check, float(str(told))) for check, told in zip(checks, row, strict=True)))


def _keep(workshop: Workshop, job: TransformJob, contract: Contract, made: Made) -> None:
    judged = judged_rules(contract)
    if not judged or not made.files:
        return
    (counts,) = workshop.tools.engine.rows(broken_rules_query(contract), {ACCEPTED_ROWS: made.rows})
    broken = [(rule, int(str(count))) for rule, count in zip(judged, counts, strict=True) if count]
    if not broken:
        return
    told = ", ".join(f"{rule.code} in {rule.column} ({count} rows)" for rule, count in broken)
    raise GateError(
        "gate.contract",
        f"rows of {job.transform.name} break its contract {contract.name}",
        where=job.transform.place,
        why=told,
        next="correct the transform, or the contract; nothing was published",
    )


def _bad_partition(job: TransformJob, name: str, why: str) -> ConfigError:
    return ConfigError(
        "table.bad_partition",
        f"the table of {job.transform.name} cannot be partitioned by {name}",
        where=job.transform.place,
        why=why,
        next="choose another column, or cast it",
    )


def _misfit(job: TransformJob, told: str, made: object) -> ConfigError:
    return ConfigError(
        "transform.bad_columns",
        f"{job.transform.name} {told}",
        where=job.transform.place,
        why=f"it makes {', '.join(made) if isinstance(made, dict) else made}",
        next="correct the query, its options, or the contract",
    )
