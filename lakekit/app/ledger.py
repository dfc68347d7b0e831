"""The ledger: the record of batches, kept in the state store by compare-and-set."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from lakekit.app.codec import decode, encode
from lakekit.domain.batch import Batch, Status
from lakekit.domain.errors import LeaseError, StateError
from lakekit.domain.stream import Ledgered, StreamHead
from lakekit.ports.state_store import StateStore, WriteConflict


@frozen
class Entry:
    """A batch as the ledger holds it, and the version that the next write must name."""

    batch: Batch
    version: int


@frozen
class Ledger:
    """One stream's records. Every write that another process has overtaken raises LeaseError `lease.lost`: this is
    the fence that an expired holder meets."""

    state: StateStore
    dataset: str
    stream: str

    def head(self) -> StreamHead | None:
        """The stream's head, or None when the ledger does not know the stream."""
        entry = self.state.read(self._head_key)
        return decode(entry.text, StreamHead) if entry else None

    def write_head(self, head: StreamHead) -> None:
        """Begin the generation that `head` describes; the one before it must be the ledger's."""
        entry = self.state.read(self._head_key)
        if entry and decode(entry.text, StreamHead).generation >= head.generation:
            raise lost(self.dataset)
        self._write(self._head_key, encode(head), entry.version if entry else None)

    def known(self, head: StreamHead) -> Ledgered:
        """What the ledger knows of the head's generation."""
        last = published = None
        for key in reversed(self.state.keys(self._prefix(head.generation))):
            batch = self._read(key)
            last = last or batch
            if batch.status is Status.PUBLISHED:
                published = batch
                break
        return Ledgered(head, last, published)

    def entry(self, generation: int, number: int) -> Entry | None:
        """One batch, or None."""
        entry = self.state.read(self._key(generation, number))
        return Entry(decode(entry.text, Batch), entry.version) if entry else None

    def published(self, head: StreamHead) -> list[Batch]:
        """Every published batch whose rows the table holds, oldest first: the generation's own and the inherited."""
        spans = (*head.inherited, (head.generation, None))
        return [b for generation, upto in spans for b in self._generation(generation, upto)]

    def newest_first(self, head: StreamHead) -> Iterator[Batch]:
        """Every batch of the generation, and of those before it as far as it inherits them."""
        for generation, upto in reversed((*head.inherited, (head.generation, None))):
            for key in reversed(self.state.keys(self._prefix(generation))):
                batch = self._read(key)
                if upto is None or batch.number <= upto:
                    yield batch

    def open(self, batch: Batch) -> Entry:
        """Record a new batch, or a new life of one that was empty."""
        before = self.entry(batch.generation, batch.number)
        if before and before.batch.status is not Status.EMPTY:
            raise lost(self.dataset)
        return self._put(batch, before.version if before else None)

    def record(self, batch: Batch) -> Entry:
        """Write a batch that the tables know, whatever the ledger says of its number."""
        before = self.entry(batch.generation, batch.number)
        return self._put(batch, before.version if before else None)

    def advance(self, entry: Entry, batch: Batch) -> Entry:
        """Replace `entry` by the batch's next state."""
        return self._put(batch, entry.version)

    def take(self, entry: Entry, token: int, uid: str | None = None) -> Entry:
        """Make the batch this holder's: every write of the holder before it is refused from now on."""
        return self.advance(entry, evolve(entry.batch, token=token, uid=uid or entry.batch.uid))

    def _generation(self, generation: int, upto: int | None) -> list[Batch]:
        found = (self._read(key) for key in self.state.keys(self._prefix(generation)))
        return [b for b in found if b.status is Status.PUBLISHED and (upto is None or b.number <= upto)]

    def _put(self, batch: Batch, expected: int | None) -> Entry:
        key = self._key(batch.generation, batch.number)
        return Entry(batch, self._write(key, encode(batch), expected))

    def _read(self, key: str) -> Batch:
        entry = self.state.read(key)
        if entry is None:
            raise StateError("state.corrupt", f"the ledger's record {key} has vanished", next="run again")
        return decode(entry.text, Batch)

    def _write(self, key: str, text: str, expected: int | None) -> int:
        try:
            return self.state.write(key, text, expected)
        except WriteConflict as conflict:
            raise lost(self.dataset) from conflict

    @property
    def _head_key(self) -> str:
        return f"stream/{self.dataset}/{self.stream}"

    def _prefix(self, generation: int) -> str:
        return f"batch/{self.dataset}/{self.stream}/{generation:06d}/"

    def _key(self, generation: int, number: int) -> str:
        return f"{self._prefix(generation)}{number:09d}"


def lost(dataset: str) -> LeaseError:
    """The error of a run whose lease another holds by now."""
    return LeaseError(
        "lease.lost",
        f"another run has taken over {dataset}",
        why="this run's lease expired and its next step was refused",
        next="nothing is lost: the other run goes on with the batch; run again later",
    )
