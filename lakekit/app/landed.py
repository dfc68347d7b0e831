"""Landed parts as the engine's inputs and a query's groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import frozen

from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch
from lakekit.domain.landing import Manifest, Part
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit.sql.drift import called_as
from lakekit.sql.landing import Group


@frozen
class Landed:
    """A batch's parts: the parsed ones in groups of equal columns, the malformed ones as file -> source."""

    groups: tuple[Group, ...]
    inputs: Mapping[str, Input]
    malformed: Mapping[str, str]


def landed(tools: Tools, job: Job, batch: Batch, manifest: Manifest) -> Landed:
    """The parts of a batch whose landing is sealed."""
    return grouped(tools, job, manifest, lambda part: tools.landing.part(job.dataset, batch.uid, part))


def grouped(tools: Tools, job: Job, manifest: Manifest, file_of: Callable[[Part], Path]) -> Landed:
    """Group the parts by their physical columns: one query then reads files that differ. Parts without rows, and those
    that came again, are left out."""
    shapes: dict[tuple[TableColumn, ...], dict[str, tuple[str, str | None]]] = {}
    for part in _with_rows(manifest, malformed=False):
        file = str(file_of(part))
        shapes.setdefault(tools.engine.columns(file), {})[file] = (
            part.source,
            part.position_column,
        )
    groups = tuple(
        Group(f"landed{i}", called_as(job.contract, columns), parts)
        for i, (columns, parts) in enumerate(shapes.items())
    )
    return Landed(
        groups=groups,
        inputs={g.name: Input(tuple(g.parts), positions=True) for g in groups},
        malformed={str(file_of(part)): part.source for part in _with_rows(manifest, malformed=True)},
    )


def _with_rows(manifest: Manifest, *, malformed: bool) -> list[Part]:
    return [part for part in manifest.parts if part.rows and not part.again and part.malformed is malformed]
