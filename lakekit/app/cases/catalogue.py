"""What is known of the datasets that transforms read, without their tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lakekit.app.transform.analysis import outputs_of
from lakekit.app.transform.job import TransformJob, evaluating
from lakekit.app.transform.personal import shown
from lakekit.domain.contract import Contract
from lakekit.domain.errors import LakekitError
from lakekit.domain.evolution import NewColumn
from lakekit.domain.schema import TableColumn, bronze_columns
from lakekit.ports.engine import Input
from lakekit.ports.runtime import SparkRuntime
from lakekit.sql.dimension.events import event_columns
from lakekit.sql.dimension.versions import dimension_columns


class Catalogue:
    """`sources` are the contracts of the datasets that no transform makes. What a transform makes is asked of the
    runtime, which runs nothing for it."""

    def __init__(
        self, jobs: Sequence[TransformJob], sources: Mapping[str, Contract], runtime: Callable[[], SparkRuntime]
    ) -> None:
        self.jobs = {job.transform.name: job for job in jobs}
        self._sources, self._runtime = sources, runtime
        self._columns: dict[str, tuple[TableColumn, ...]] = {}
        self._personal: dict[str, frozenset[str]] = {}
        self._outputs: dict[object, tuple[TableColumn, ...] | None] = {}

    def columns(self, dataset: str) -> tuple[TableColumn, ...]:
        """Its columns, with their types. Raises what is wrong with the transforms that make it."""
        if dataset not in self._columns:
            self._columns[dataset] = self._found(dataset)
        return self._columns[dataset]

    def grows(self, dataset: str) -> bool:
        """Whether its table may have columns that its contract does not name."""
        contract = self._sources.get(dataset)
        return contract is not None and contract.evolution.new_column is NewColumn.ADD

    def personal(self, dataset: str) -> frozenset[str]:
        """The columns whose values may be shown nowhere: those that a contract says, and what is made of them. Of a
        function nobody knows what it does with them: without a contract of its own, all that it makes counts."""
        if dataset not in self._personal:
            contract = self._sources.get(dataset)
            self._personal[dataset] = contract.personal if contract else self._derived(self.jobs[dataset])
        return self._personal[dataset]

    def steps(self, name: str) -> tuple[TransformJob, ...]:
        """What is built for the dataset of a transform from inputs that users know: of a dimension its events too."""
        job = self.jobs[name]
        kept = job.transform.input_names if job.transform.made_of_events else ()
        return (*(self.jobs[events] for events in kept), job)

    def inputs(self, job: TransformJob) -> dict[str, tuple[TableColumn, ...]]:
        """The columns of each dataset that it reads."""
        return {name: self.columns(name) for name in job.transform.input_names}

    def output(
        self, steps: Sequence[TransformJob], inputs: Mapping[str, tuple[TableColumn, ...]]
    ) -> tuple[TableColumn, ...] | None:
        """The columns that the last of these steps makes, where the first is given inputs with these; None where its
        body cannot run, which its build tells."""
        asked = (steps[-1].transform.name, tuple(inputs.items()))
        if asked not in self._outputs:
            try:
                columns: tuple[TableColumn, ...] = ()
                for job in steps:
                    columns = self._analysed(job, inputs)
                    inputs = {job.transform.name: columns}
                self._outputs[asked] = columns
            except LakekitError:
                self._outputs[asked] = None
        return self._outputs[asked]

    def _found(self, dataset: str) -> tuple[TableColumn, ...]:
        if contract := self._sources.get(dataset):
            return bronze_columns(contract)
        job = self.jobs[dataset]
        if job.transform.contract and not job.transform.dimension:
            return tuple(TableColumn(c.name, str(c.type)) for c in job.transform.contract.columns)
        return self._analysed(job, self.inputs(job))

    def _analysed(self, job: TransformJob, inputs: Mapping[str, tuple[TableColumn, ...]]) -> tuple[TableColumn, ...]:
        if made_of := job.transform.made_of_events:
            (events,) = inputs.values()
            return dimension_columns(made_of, events)
        empty = {name: Input((), columns=columns) for name, columns in inputs.items()}
        with evaluating(job):
            made = self._runtime().analyse(job.body, empty)
        return event_columns(job.transform.dimension, made) if job.transform.dimension else made

    def _derived(self, job: TransformJob) -> frozenset[str]:
        personal = {(name, column) for name in job.transform.input_names for column in self.personal(name)}
        told = job.transform.personal
        if isinstance(job.body, str):
            return told | shown(outputs_of(job, self.inputs(job)), personal)
        if job.transform.contract or not any(column != "_extra" for _, column in personal):
            return told
        return told | {column.name for column in self.columns(job.transform.name)}
