"""Events that are in no order: which of them holds cannot be told, so nothing is made of them."""

from __future__ import annotations

from collections.abc import Sequence

from lakekit.app.transform.job import TransformJob, Workshop
from lakekit.app.transform.keys_shown import keys_shown
from lakekit.domain.dimension import Dimension
from lakekit.domain.errors import TableError
from lakekit.domain.schema import TableColumn
from lakekit.ports.engine import Input
from lakekit.sql.dimension.checks import ties_query
from lakekit.sql.dimension.events import EVENTS

_SHOWN = 3


def check_ties(
    workshop: Workshop,
    job: TransformJob,
    dimension: Dimension,
    rows: Input,
    columns: Sequence[TableColumn],
    what: str,
    mend: str,
    *,
    generations: bool = False,
) -> None:
    """Raises TableError `dimension.tie` where events of a key, of these `rows` of a table of events, say different
    things and are in no order. Personal keys are told as hashes. `what` has these events."""
    found = workshop.tools.engine.rows(ties_query(dimension, columns, generations=generations), {EVENTS: rows})
    if not found:
        return
    keys = keys_shown(workshop, job, dimension.keys, found)
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    raise TableError(
        "dimension.tie",
        f"events of {len(keys)} keys in {what} have one {', '.join(dimension.order)} and differ",
        where=job.transform.place,
        why=f"which of them holds cannot be told; {', '.join(dimension.keys)}: {', '.join(keys[:_SHOWN])}{more}",
        next=mend,
    )
