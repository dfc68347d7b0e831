"""Builds of transforms as OpenLineage's runs: tables in, a table out, and what its columns are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakekit.domain.events import BuildEvent, EventKind
from lakekit.domain.lineage import Edge
from lakekit.domain.names import parse_dataset
from lakekit_openlineage.facets import (
    PRODUCER,
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
    from openlineage.client.facet_v2 import DatasetFacet, OutputDatasetFacet, column_lineage_dataset


def build_event(event: BuildEvent, namespace: str, lake: str) -> RunEvent:
    """The event in the words of the specification. Raises ValueError as `run_event` does."""
    from openlineage.client.event_v2 import InputDataset, Job, Run, RunEvent, RunState

    inputs = [
        InputDataset(*table_name(lake, parse_dataset(pin.dataset).table), facets={"version": version(pin.version)})
        for pin in event.inputs
    ]
    facets = {"parent": parent(event.parent_run_id, event.command, namespace), **engine_and_error(event.error)}
    return RunEvent(
        eventType=RunState[event.kind.value],
        eventTime=event.at,
        run=Run(uuid(event.run_id), facets),
        job=Job(namespace, f"transform.{event.dataset}", {"jobType": job_type("TRANSFORM")}),
        inputs=inputs,
        outputs=[_output(event, lake)],
        producer=PRODUCER,
    )


def _output(event: BuildEvent, lake: str) -> OutputDataset:
    """Counts are told once the rows are public. Checks judge the rows that were made."""
    from openlineage.client.event_v2 import OutputDataset
    from openlineage.client.facet_v2 import data_quality_assertions_dataset

    facets: dict[str, DatasetFacet] = {}
    if event.columns:
        facets["schema"] = schema(event.columns)
    if event.edges:
        facets["columnLineage"] = _column_lineage(event.edges, lake)
    if event.table_version is not None:
        facets["version"] = version(event.table_version)
    if event.verdict and event.verdict.outcomes:
        assertions = [assertion(outcome) for outcome in event.verdict.outcomes]
        told = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(assertions, producer=PRODUCER)
        facets["dataQualityAssertions"] = told  # type: ignore[assignment]  # may stand with any dataset
    counted: dict[str, OutputDatasetFacet] = {}
    if event.books and event.kind is EventKind.COMPLETE:
        counted = rows(event.books.added)
    table = table_name(lake, parse_dataset(event.dataset).table)
    return OutputDataset(*table, facets=facets, outputFacets=counted)


def _column_lineage(edges: Sequence[Edge], lake: str) -> column_lineage_dataset.ColumnLineageDatasetFacet:
    """Each column with the fields that it is made of, or that steer it."""
    from openlineage.client.facet_v2 import column_lineage_dataset as facet

    fields: dict[str, dict[tuple[str, str], list[Edge]]] = {}
    for edge in edges:
        fields.setdefault(edge.target[1], {}).setdefault(edge.source, []).append(edge)
    told = {
        column: facet.Fields([_field(source, found, lake) for source, found in sources.items()])
        for column, sources in fields.items()
    }
    return facet.ColumnLineageDatasetFacet(told, producer=PRODUCER)


def _field(source: tuple[str, str], edges: Sequence[Edge], lake: str) -> column_lineage_dataset.InputField:
    from openlineage.client.facet_v2 import column_lineage_dataset as facet

    dataset, column = source
    kinds = [facet.Transformation("DIRECT" if edge.direct else "INDIRECT", edge.how) for edge in edges]
    return facet.InputField(*table_name(lake, parse_dataset(dataset).table), column, kinds)
