"""Events as OpenLineage's.

The run is the batch, its parent the invocation, which has events of its own. There is no nominal time: lakekit knows
no schedule. Checks, and rules of the contract that rows broke, judge the rows that were read, so they stand with the
input, where the specification puts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from lakekit import __version__
from lakekit.domain.batch import ReasonCount
from lakekit.domain.events import BatchEvent, Event, EventKind, InvocationEvent
from lakekit.domain.names import parse_dataset
from lakekit.domain.suite import Outcome, Severity
from lakekit_openlineage.drift import drift_facet
from lakekit_openlineage.names import table_name

if TYPE_CHECKING:
    from openlineage.client.event_v2 import OutputDataset, RunEvent
    from openlineage.client.facet_v2 import (
        DatasetFacet,
        InputDatasetFacet,
        JobFacet,
        OutputDatasetFacet,
        RunFacet,
        data_quality_assertions_dataset,
    )

PRODUCER = f"urn:lakekit:{__version__}"
_JOB = "ingest"
_SEVERITIES = {Severity.CRITICAL: "error", Severity.WARNING: "warn"}


def run_event(event: Event, namespace: str, lake: str) -> RunEvent:
    """The event in the words of the specification; what is added is the version of lakekit, and the facet
    `lakekit_drift` (docs/telemetry.md).

    Raises ValueError when an id or the time is not of the form that the event promises.
    """
    if isinstance(event, InvocationEvent):
        return _invocation(event, namespace)
    return _batch(event, namespace, lake)


def _invocation(event: InvocationEvent, namespace: str) -> RunEvent:
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState

    return RunEvent(
        eventType=RunState[event.kind.value],
        eventTime=event.at,
        run=Run(_uuid(event.run_id), _engine_and_error(event.error)),
        job=Job(namespace, _JOB, {"jobType": _job_type("RUN")}),
        producer=PRODUCER,
    )


def _batch(event: BatchEvent, namespace: str, lake: str) -> RunEvent:
    from openlineage.client.event_v2 import InputDataset, Job, Run, RunEvent, RunState

    return RunEvent(
        eventType=RunState[event.kind.value],
        eventTime=event.at,
        run=Run(_uuid(event.run_id), _run_facets(event, namespace)),
        job=Job(namespace, f"{_JOB}.{event.dataset}", {"jobType": _job_type("INGEST")}),
        inputs=[InputDataset(namespace, event.source, inputFacets=_input_facets(event))],
        outputs=_outputs(event, lake),
        producer=PRODUCER,
    )


def _job_type(kind: str) -> JobFacet:
    from openlineage.client.facet_v2 import job_type_job

    return job_type_job.JobTypeJobFacet("BATCH", "LAKEKIT", kind, producer=PRODUCER)


def _uuid(digits: str) -> str:
    return str(UUID(hex=digits))


def _run_facets(event: BatchEvent, namespace: str) -> dict[str, RunFacet]:
    from openlineage.client.facet_v2 import parent_run

    parent = parent_run.ParentRunFacet(
        run=parent_run.Run(_uuid(event.parent_run_id)), job=parent_run.Job(namespace, _JOB), producer=PRODUCER
    )
    drifted: dict[str, RunFacet] = {"lakekit_drift": drift_facet(event.drift, PRODUCER)} if event.drift else {}
    return {"parent": parent, **_engine_and_error(event.error), **drifted}


def _engine_and_error(error: str | None) -> dict[str, RunFacet]:
    from openlineage.client.facet_v2 import error_message_run, processing_engine_run

    engine = processing_engine_run.ProcessingEngineRunFacet(__version__, "lakekit", producer=PRODUCER)
    facets: dict[str, RunFacet] = {"processing_engine": engine}
    if error:
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(error, "Python", producer=PRODUCER)
    return facets


def _input_facets(event: BatchEvent) -> dict[str, InputDatasetFacet]:
    from openlineage.client.facet_v2 import data_quality_assertions_dataset, input_statistics_input_dataset

    facets: dict[str, InputDatasetFacet] = {}
    if event.counts:
        facets["inputStatistics"] = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
            rowCount=event.counts.read, producer=PRODUCER
        )
    assertions = [_assertion(outcome) for outcome in event.verdict.outcomes] if event.verdict else []
    assertions += [_broken(reason) for reason in event.reasons]
    if assertions:
        facets["dataQualityAssertions"] = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
            assertions, producer=PRODUCER
        )
    return facets


def _broken(reason: ReasonCount) -> data_quality_assertions_dataset.Assertion:
    """A rule of the contract that rows broke: these are in the quarantine, so it holds no batch back."""
    from openlineage.client.facet_v2 import data_quality_assertions_dataset

    return data_quality_assertions_dataset.Assertion(
        reason.code, False, column=reason.column or None, severity=_SEVERITIES[Severity.WARNING]
    )


def _assertion(outcome: Outcome) -> data_quality_assertions_dataset.Assertion:
    from openlineage.client.facet_v2 import data_quality_assertions_dataset

    severity = _SEVERITIES[outcome.severity]
    return data_quality_assertions_dataset.Assertion(outcome.check, outcome.passed, severity=severity)


def _outputs(event: BatchEvent, lake: str) -> list[OutputDataset]:
    """The bronze table, and the quarantine when rows went there. Counts are told once the rows are public."""
    from openlineage.client.event_v2 import OutputDataset

    dataset = parse_dataset(event.dataset)
    table = OutputDataset(*table_name(lake, dataset.table), facets=_table_facets(event))
    if event.counts is None or event.kind is not EventKind.COMPLETE:
        return [table]
    table.outputFacets = _rows(event.counts.published, event.size, event.files)
    if not event.counts.quarantined:
        return [table]
    quarantine = table_name(lake, dataset.quarantine)
    return [table, OutputDataset(*quarantine, outputFacets=_rows(event.counts.quarantined))]


def _table_facets(event: BatchEvent) -> dict[str, DatasetFacet]:
    from openlineage.client.facet_v2 import dataset_version_dataset, schema_dataset

    facets: dict[str, DatasetFacet] = {}
    if event.columns:
        fields = [schema_dataset.SchemaDatasetFacetFields(name=c.name, type=c.type) for c in event.columns]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields, producer=PRODUCER)
    if event.table_version is not None:
        version = str(event.table_version)
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(version, producer=PRODUCER)
    return facets


def _rows(count: int, size: int | None = None, files: int | None = None) -> dict[str, OutputDatasetFacet]:
    from openlineage.client.facet_v2 import output_statistics_output_dataset

    facet = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet
    return {"outputStatistics": facet(rowCount=count, size=size, fileCount=files, producer=PRODUCER)}
