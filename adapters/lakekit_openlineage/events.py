"""A batch event as an OpenLineage run event.

The run is the batch, its parent the invocation. There is no nominal time: lakekit knows no schedule. Checks
judge the rows that were read, so their outcomes stand with the input, where the specification puts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from lakekit import __version__
from lakekit.domain.events import BatchEvent, EventKind
from lakekit.domain.names import parse_dataset
from lakekit.domain.suite import Outcome, Severity
from lakekit_openlineage.names import table_name

if TYPE_CHECKING:
    from openlineage.client.event_v2 import OutputDataset, RunEvent
    from openlineage.client.facet_v2 import (
        DatasetFacet,
        InputDatasetFacet,
        OutputDatasetFacet,
        RunFacet,
        data_quality_assertions_dataset,
    )

PRODUCER = f"urn:lakekit:{__version__}"
_JOB = "ingest"
_SEVERITIES = {Severity.CRITICAL: "error", Severity.WARNING: "warn"}


def run_event(event: BatchEvent, namespace: str, lake: str) -> RunEvent:
    """The event in the words of the specification; all that is added is the version of lakekit.

    Raises ValueError when an id or the time is not of the form that BatchEvent promises.
    """
    from openlineage.client.event_v2 import InputDataset, Job, Run, RunEvent, RunState
    from openlineage.client.facet_v2 import job_type_job

    job_type = job_type_job.JobTypeJobFacet("BATCH", "LAKEKIT", "INGEST", producer=PRODUCER)
    return RunEvent(
        eventType=RunState[event.kind.value],
        eventTime=event.at,
        run=Run(_uuid(event.run_id), _run_facets(event, namespace)),
        job=Job(namespace, f"{_JOB}.{event.dataset}", {"jobType": job_type}),
        inputs=[InputDataset(namespace, event.source, inputFacets=_input_facets(event))],
        outputs=_outputs(event, lake),
        producer=PRODUCER,
    )


def _uuid(digits: str) -> str:
    return str(UUID(hex=digits))


def _run_facets(event: BatchEvent, namespace: str) -> dict[str, RunFacet]:
    from openlineage.client.facet_v2 import error_message_run, parent_run, processing_engine_run

    engine = processing_engine_run.ProcessingEngineRunFacet(__version__, "lakekit", producer=PRODUCER)
    parent = parent_run.ParentRunFacet(
        run=parent_run.Run(_uuid(event.parent_run_id)), job=parent_run.Job(namespace, _JOB), producer=PRODUCER
    )
    facets: dict[str, RunFacet] = {"parent": parent, "processing_engine": engine}
    if event.error:
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(event.error, "Python", producer=PRODUCER)
    return facets


def _input_facets(event: BatchEvent) -> dict[str, InputDatasetFacet]:
    from openlineage.client.facet_v2 import data_quality_assertions_dataset, input_statistics_input_dataset

    facets: dict[str, InputDatasetFacet] = {}
    if event.counts:
        facets["inputStatistics"] = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
            rowCount=event.counts.read, producer=PRODUCER
        )
    if event.verdict:
        facets["dataQualityAssertions"] = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
            [_assertion(outcome) for outcome in event.verdict.outcomes], producer=PRODUCER
        )
    return facets


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
    table.outputFacets = _rows(event.counts.published)
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


def _rows(count: int) -> dict[str, OutputDatasetFacet]:
    from openlineage.client.facet_v2 import output_statistics_output_dataset

    facet = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet
    return {"outputStatistics": facet(rowCount=count, producer=PRODUCER)}
