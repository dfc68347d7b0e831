"""Which columns show personal values, from what the contracts of sources say to the last transform."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from lakekit.app.transform.analysis import Analysis
from lakekit.app.transform.compiling import graph_of
from lakekit.app.transform.job import EVERY, TransformJob
from lakekit.domain.contract import Contract
from lakekit.domain.graph import ordered
from lakekit.domain.lineage import ColumnSource
from lakekit.sql.query.columns import OutputColumn
from lakekit.sql.query.flow import CONDITIONAL


def personal_columns(
    jobs: Sequence[TransformJob], analysis: Analysis, contracts: Mapping[str, Contract]
) -> Mapping[str, frozenset[str]]:
    """By dataset. Of a transform of which nobody knows what it does with them, EVERY is one: that is a function without
    a contract of its own, or a query whose columns cannot be told."""
    found = {name: contract.personal for name, contract in contracts.items()}
    by_name = {job.transform.name: job for job in jobs}
    for name in ordered(graph_of(jobs)):
        job = by_name[name]
        inputs = {(i, column) for i in job.transform.input_names for column in found.get(i, ())}
        derived = shown(analysis.outputs[name], inputs) if name in analysis.outputs else _of_function(job, inputs)
        found[name] = job.transform.personal | derived
    return found


def shown(outputs: Sequence[OutputColumn], personal: Collection[tuple[str, str]]) -> frozenset[str]:
    """The columns that show values of the columns `personal`, or of which that cannot be told."""
    return frozenset(o.name for o in outputs if o.sources is None or _shows(o.sources, personal))


def _shows(sources: Sequence[ColumnSource], personal: Collection[tuple[str, str]]) -> bool:
    """Whether a value can be told from one that is made of these columns. Which rows there are, it does not show."""
    return any(
        (s.dataset, s.column) in personal or (s.dataset, EVERY) in personal
        for s in sources
        if s.direct or s.how == CONDITIONAL
    )


def _of_function(job: TransformJob, personal: Collection[tuple[str, str]]) -> frozenset[str]:
    told = job.transform.contract is not None or all(column == "_extra" for _, column in personal)
    return frozenset() if told else frozenset({EVERY})
