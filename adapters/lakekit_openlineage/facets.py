"""Facets that the events of batches, builds and runs share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from lakekit import __version__
from lakekit.domain.schema import TableColumn
from lakekit.domain.suite import Outcome, Severity

if TYPE_CHECKING:
    from openlineage.client.facet_v2 import (
        DatasetFacet,
        JobFacet,
        OutputDatasetFacet,
        RunFacet,
        data_quality_assertions_dataset,
    )

PRODUCER = f"urn:lakekit:{__version__}"
SEVERITIES = {Severity.CRITICAL: "error", Severity.WARNING: "warn"}


def uuid(digits: str) -> str:
    """The form that the specification asks of an id of 32 hex digits."""
    return str(UUID(hex=digits))


def job_type(kind: str) -> JobFacet:
    from openlineage.client.facet_v2 import job_type_job

    return job_type_job.JobTypeJobFacet("BATCH", "LAKEKIT", kind, producer=PRODUCER)


def parent(run_id: str, command: str, namespace: str) -> RunFacet:
    """The invocation."""
    from openlineage.client.facet_v2 import parent_run

    return parent_run.ParentRunFacet(
        run=parent_run.Run(uuid(run_id)), job=parent_run.Job(namespace, command), producer=PRODUCER
    )


def engine_and_error(error: str | None) -> dict[str, RunFacet]:
    from openlineage.client.facet_v2 import error_message_run, processing_engine_run

    engine = processing_engine_run.ProcessingEngineRunFacet(__version__, "lakekit", producer=PRODUCER)
    facets: dict[str, RunFacet] = {"processing_engine": engine}
    if error:
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(error, "Python", producer=PRODUCER)
    return facets


def assertion(outcome: Outcome) -> data_quality_assertions_dataset.Assertion:
    from openlineage.client.facet_v2 import data_quality_assertions_dataset

    severity = SEVERITIES[outcome.severity]
    return data_quality_assertions_dataset.Assertion(outcome.check, outcome.passed, severity=severity)


def schema(columns: Sequence[TableColumn]) -> DatasetFacet:
    from openlineage.client.facet_v2 import schema_dataset

    fields = [schema_dataset.SchemaDatasetFacetFields(name=c.name, type=c.type) for c in columns]
    return schema_dataset.SchemaDatasetFacet(fields=fields, producer=PRODUCER)


def version(number: int) -> DatasetFacet:
    from openlineage.client.facet_v2 import dataset_version_dataset

    return dataset_version_dataset.DatasetVersionDatasetFacet(str(number), producer=PRODUCER)


def rows(count: int, size: int | None = None, files: int | None = None) -> dict[str, OutputDatasetFacet]:
    from openlineage.client.facet_v2 import output_statistics_output_dataset

    facet = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet
    return {"outputStatistics": facet(rowCount=count, size=size, fileCount=files, producer=PRODUCER)}
