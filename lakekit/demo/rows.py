"""Made-up rows that know the truth of themselves: which rule they break, whether they are copies or late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random

from attrs import evolve, frozen

from lakekit.domain.contract import MALFORMED

DIRTY_SHARE = 0.03
COPY_SHARE = 0.006


@frozen
class Record:
    """One record of a delivery.

    `reason` is the rule that it breaks as (code, column), None for a clean one. `line` is the text of one
    that is no CSV record. A `copy` equals an earlier record; a `late` one changed before the newest of the
    delivery before.
    """

    values: Mapping[str, str]
    reason: tuple[str, str] | None = None
    line: str | None = None
    copy: bool = False
    late: bool = False


@frozen
class Delivery:
    """One file: its path below the project's data folder, its records in order. An empty text is no value."""

    dataset: str
    path: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]


@frozen
class Flaw:
    """A way to break a row: `column` takes one of `values`, which the contract's rule `code` rejects."""

    code: str
    column: str
    values: tuple[str, ...]


BROKEN_LINE = Flaw(MALFORMED, "", ())
"""A CSV record with a field too few or too many."""


def timestamp(at: datetime) -> str:
    """As the exports write it: to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def soiled(rng: Random, rows: Sequence[Mapping[str, str]], flaws: Sequence[Flaw]) -> list[Record]:
    """The rows as records, a few percent of them with one of the flaws."""
    return [_broken(rng, row, rng.choice(flaws)) if rng.random() < DIRTY_SHARE else Record(row) for row in rows]


def with_copies(rng: Random, records: Sequence[Record]) -> list[Record]:
    """The records, a few of the clean ones delivered a second time somewhat later."""
    made = list(records)
    for place in range(len(records) - 1, -1, -1):
        record = records[place]
        if record.reason is None and not record.copy and rng.random() < COPY_SHARE:
            made.insert(min(place + rng.randint(1, 40), len(made)), evolve(record, copy=True))
    return made


def _broken(rng: Random, row: Mapping[str, str], flaw: Flaw) -> Record:
    if flaw == BROKEN_LINE:
        fields = list(row.values())
        torn = fields[: rng.randint(2, len(fields) - 2)] if rng.random() < 0.5 else [*fields, "?"]
        return Record(row, (MALFORMED, ""), line=",".join(torn))
    return Record({**row, flaw.column: rng.choice(flaw.values)}, (flaw.code, flaw.column))
