"""Events as OpenLineage's.

The run is the batch, its parent the invocation, which has events of its own. There is no nominal time: lakekit knows
no schedule. Checks, and rules of the contract that rows broke, judge the rows that were read, so they stand with the
input, where the specification puts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit.domain.batch import ReasonCount
from lakekit.domain.events import INGEST, BatchEvent, BuildEvent, Event, EventKind, InvocationEvent
from lakekit.domain.names import parse_dataset
from lakekit.domain.suite import Severity
from lakekit_openlineage.builds import build_event
from lakekit_openlineage.drift import drift_facet
from lakekit_openlineage.facets import (
    PRODUCER,
    SEVERITIES,
    assertion,
    engine_and_error,
    job_type,
    parent,
    rows,
    schema,
    uuid,
    version,
)
from lakekit_openlineage.names import table_name

if TYPE_CHECKING:
    from openlineage.client.event_v2 import OutputDataset, RunEvent
    from openlineage.client.facet_v2 import (
        DatasetFacet,
        InputDatasetFacet,
        RunFacet,
        data_quality_assertions_dataset,
    )


def run_event(event: Event, namespace: str, lake: str) -> RunEvent:
    """The event in the words of the specification; what is added is the version of lakekit, and the facet
    `lakekit_drift` (docs/telemetry.md).

    Raises ValueError when an id or the time is not of the form that the event promises.
    """
    if isinstance(event, InvocationEvent):
        return _invocation(event, namespace)
    if isinstance(event, BuildEvent):
        return build_event(event, namespace, lake)
    return _batch(event, namespace, lake)


def _invocation(event: InvocationEvent, namespace: str) -> RunEvent:
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState

    return RunEvent(
        eventType=RunState[event.kind.value],
        eventTime=event.at,
        run=Run(uuid(event.run_id), engine_and_error(event.error)),
        job=Job(namespace, event.command, {"jobType": job_type("RUN")}),
        producer=PRODUCER,
    )


def _batch(event: BatchEvent, namespace: str, lake: str) -> RunEvent:
    from openlineage.client.event_v2 import InputDataset, Job, Run, RunEvent, RunState

    return RunEvent(
        eventType=RunState[event.kind.value],
        eventTime=event.at,
        run=Run(uuid(event.run_id), _run_facets(event, namespace)),
        job=Job(namespace, f"{INGEST}.{event.dataset}", {"jobType": job_type("INGEST")}),
        inputs=[InputDataset(namespace, event.source, inputFacets=_input_facets(event))],
        outputs=_outputs(event, lake),
        producer=PRODUCER,
    )


def _run_facets(event: BatchEvent, namespace: str) -> dict[str, RunFacet]:
    drifted: dict[str, RunFacet] = {"lakekit_drift": drift_facet(event.drift, PRODUCER)} if event.drift else {}
    told = {"parent": parent(event.parent_run_id, event.command, namespace), **engine_and_error(event.error)}
    return {**told, **drifted}


def _input_facets(event: BatchEvent) -> dict[str, InputDatasetFacet]:
    from openlineage.client.facet_v2 import data_quality_assertions_dataset, input_statistics_input_dataset

    facets: dict[str, InputDatasetFacet] = {}
    if event.counts:
        facets["inputStatistics"] = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
            rowCount=event.counts.read, producer=PRODUCER
        )
    assertions = [assertion(outcome) for outcome in event.verdict.outcomes] if event.verdict else []
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
        reason.code, False, column=reason.column or None, severity=SEVERITIES[Severity.WARNING]
    )


def _outputs(event: BatchEvent, lake: str) -> list[OutputDataset]:
    """The bronze table, and the quarantine when rows went there. Counts are told once the rows are public."""
    from openlineage.client.event_v2 import OutputDataset

    dataset = parse_dataset(event.dataset)
    table = OutputDataset(*table_name(lake, dataset.table), facets=_table_facets(event))
    if event.counts is None or event.kind is not EventKind.COMPLETE:
        return [table]
    table.outputFacets = rows(event.counts.published, event.size, event.files)
    if not event.counts.quarantined:
        return [table]
    quarantine = table_name(lake, dataset.quarantine)
    return [table, OutputDataset(*quarantine, outputFacets=rows(event.counts.quarantined))]


def _table_facets(event: BatchEvent) -> dict[str, DatasetFacet]:
    facets: dict[str, DatasetFacet] = {}
    if event.columns:
        facets["schema"] = schema(event.columns)
    if event.table_version is not None:
        facets["version"] = version(event.table_version)
    return facets
