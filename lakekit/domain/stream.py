"""Streams: sequences of batches of one dataset, each under an application id of its own."""

from __future__ import annotations

from attrs import frozen

from lakekit.domain.batch import Batch, Status, app_id
from lakekit.domain.watermark import Watermark


@frozen
class StreamHead:
    """Where one generation of a stream began.

    A new generation begins when the table was dropped, recreated or put back to an older version: its numbers start
    again at 1, from the progress `watermark`. `inherited` names the batches of earlier generations whose rows the table
    still held then, as (generation, highest number); so it also says which files count as read. `table_id` and
    `base_version` are the table's when the generation began (None and -1 while there is no table).
    """

    dataset: str
    stream: str
    generation: int = 1
    watermark: Watermark | None = None
    table_id: str | None = None
    base_version: int = -1
    inherited: tuple[tuple[int, int], ...] = ()

    @property
    def app_id(self) -> str:
        """The application id of this generation."""
        return app_id(self.dataset, self.stream, self.generation)


@frozen
class Ledgered:
    """What the ledger knows of a stream: its head, the newest batch of the generation, and the newest published one."""

    head: StreamHead
    last: Batch | None = None
    published: Batch | None = None

    @property
    def watermark(self) -> Watermark | None:
        """The progress after the newest published batch."""
        seal = self.published.seal if self.published else None
        return seal.watermark if seal else self.head.watermark

    @property
    def pending(self) -> Batch | None:
        """The batch that a run began and none has finished."""
        ended = (Status.PUBLISHED, Status.EMPTY)
        return self.last if self.last and self.last.status not in ended else None

    @property
    def next_number(self) -> int:
        """The number of the next batch: an empty batch leaves its number to the next."""
        return (self.published.number if self.published else 0) + 1
