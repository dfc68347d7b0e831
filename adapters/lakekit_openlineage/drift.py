"""How a source differs from its contract, as a facet of lakekit's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openlineage.client.facet_v2 import RunFacet

SCHEMA = "urn:lakekit:facet:drift:1"


def drift_facet(lines: Sequence[str], producer: str) -> RunFacet:
    """`differences`: a line for each column, `+` new, `-` missing, `~` of another type or name."""
    import attr
    from openlineage.client.facet_v2 import RunFacet

    @attr.define
    class DriftRunFacet(RunFacet):
        differences: list[str] = attr.field(factory=list)

        @staticmethod
        def _get_schema() -> str:
            return SCHEMA

    return DriftRunFacet(differences=list(lines), producer=producer)
