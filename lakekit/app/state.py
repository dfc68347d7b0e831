"""The ledger as a person handles it: looked at, moved to another watermark, copied out and put back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from lakekit.app.codec import decode, encode
from lakekit.app.drift import as_the_table
from lakekit.app.generation import begin_generation
from lakekit.app.leases import lease
from lakekit.app.ledger import Ledger
from lakekit.app.standing import standing
from lakekit.app.tools import Job, Tools
from lakekit.domain.batch import Batch
from lakekit.domain.errors import ConfigError, StateError, TableError
from lakekit.domain.names import parse_dataset
from lakekit.domain.report import StreamState
from lakekit.domain.stream import StreamHead
from lakekit.domain.types import parse_type
from lakekit.domain.values import format_value, parse_value
from lakekit.domain.watermark import Watermark, example, later
from lakekit.domain.widening import widened

_KINDS: Mapping[str, type[StreamHead | Batch]] = {"batch": Batch, "stream": StreamHead}

Records = Mapping[str, Any]
"""Records of the ledger by their keys, as JSON has them."""


def streams(tools: Tools) -> tuple[StreamState, ...]:
    """Every stream of the ledger, also of datasets that the settings do not name any more."""
    keys = (key.split("/") for key in tools.state.keys("stream/"))
    return tuple(s for _, dataset, stream in keys if (s := stream_state(tools, dataset, stream)) is not None)


def stream_state(tools: Tools, dataset: str, stream: str) -> StreamState | None:
    """One stream; None when the ledger does not know it."""
    ledger = Ledger(tools.state, dataset, stream)
    head = ledger.head()
    if head is None:
        return None
    known = ledger.known(head)
    return StreamState(
        dataset=dataset,
        stream=stream,
        generation=head.generation,
        batch=known.last.number if known.last else None,
        batch_status=known.last.status.value if known.last else None,
        watermark=known.watermark,
        files_read=len({mark for batch in ledger.published(head) for mark in batch.bounds.files}),
    )


def move(tools: Tools, job: Job, value: str, *, skip: bool) -> tuple[Watermark | None, Watermark]:
    """Set the dataset's watermark: what it was, and what it is now.

    A new generation of the stream begins at `value`, marked by a commit of the table, so that progress and data stay
    together: a lost ledger finds it again, and a table that is restored takes it back. Moving back reads rows again, of
    which those that the table has count as duplicates. Moving ahead leaves rows out for ever, and needs `skip`.
    Raises, before anything is changed: ConfigError for a dataset without a watermark column, for what is no value of
    it, and for one that lies ahead; TableError where there is no table, StateError while a batch is under way, and
    LeaseError.
    """
    job = as_the_table(tools, job)
    wanted = _wanted(job, value)
    with lease(tools, job.lease), lease(tools, f"publish/{job.dataset}"):
        ledger = Ledger(tools.state, str(job.dataset), job.stream)
        stands = standing(tools, job, ledger)
        known, bronze = stands.known, stands.bronze
        if bronze is None:
            raise TableError(
                "table.missing", f"{job.dataset} has no table yet", next=f"lakekit ingest {job.dataset.name}"
            )
        if known.pending:
            raise _under_way(job, known.pending)
        _check_ahead(job, known.watermark, wanted, skip=skip)
        head, done = known.head, known.published
        begun = StreamHead(
            dataset=head.dataset,
            stream=head.stream,
            generation=head.generation + 1,
            watermark=wanted,
            table_id=bronze.table_id,
            base_version=bronze.version,
            inherited=(*head.inherited, *([(done.generation, done.number)] if done else [])),
        )
        ledger.write_head(begun)
        begin_generation(tools, job, begun)
        tools.log.event("watermark.moved", dataset=str(job.dataset), generation=begun.generation)
        return known.watermark, wanted


def exported(tools: Tools) -> Records:
    """All records of the ledger. Leases are of this moment, and the key behind hashes is nobody's: both stay."""
    found = {key: tools.state.read(key) for kind in _KINDS for key in tools.state.keys(f"{kind}/")}
    return {key: _plain(key, entry.text) for key, entry in found.items() if entry}


def imported(tools: Tools, records: Records) -> tuple[StreamState, ...]:
    """Put records back into a ledger that lacks them, and tell the streams. What a run needs beyond them it finds in
    the tables. Doing it twice does nothing.

    Raises, before anything is written: StateError for what is no such record, for a stream of which the ledger has
    other records, and for one whose table here is another; LeaseError while a run is at work.
    """
    values = {key: _value(key, told) for key, told in records.items()}
    named = sorted({(value.dataset, value.stream) for value in values.values()})
    with ExitStack() as held:
        for dataset, stream in named:
            held.enter_context(lease(tools, f"{dataset}/{stream}"))
            of_it = [v for v in values.values() if (v.dataset, v.stream) == (dataset, stream)]
            _check_table(tools, dataset, of_it)
            _check_unknown(tools, dataset, stream, values)
        # Heads come last: until then a ledger that was half written knows no stream.
        for key in sorted(values):
            if tools.state.read(key) is None:
                tools.state.write(key, encode(values[key]), None)
        return tuple(s for dataset, stream in named if (s := stream_state(tools, dataset, stream)) is not None)


def _wanted(job: Job, value: str) -> Watermark:
    if job.cursor is None:
        raise ConfigError(
            "state.no_watermark",
            f"{job.dataset} is not read along a watermark",
            next="lakekit ingest --full-refresh reads it anew; lakekit table restore takes batches back",
        )
    type_ = job.contract.column(job.cursor).type
    parsed = parse_value(value, type_)
    if parsed is None:
        raise ConfigError(
            "state.bad_watermark",
            f"it is no {type_}",
            where=f"watermark column {job.cursor} of {job.dataset}",
            next=f"write it like {example(type_)}",
        )
    return Watermark(str(type_), format_value(parsed), job.cursor)


def _check_ahead(job: Job, before: Watermark | None, wanted: Watermark, *, skip: bool) -> None:
    before = before and widened(before, parse_type(wanted.type))
    if before is not None and (before.column, before.type) != (wanted.column, wanted.type):
        return  # of another column: the two have no order, and the run had refused to go on
    if not skip and (before is None or (later(before, wanted) == wanted and before != wanted)):
        raise ConfigError(
            "state.skips_rows",
            f"{job.dataset} has been read up to {before.value if before else 'nothing'}, which lies before that",
            why="rows between the two would never be read",
            next="add --skip where that is meant",
        )


def _under_way(job: Job, pending: Batch) -> StateError:
    return StateError(
        "state.batch_waits",
        f"batch {pending.number} of {job.dataset} is under way",
        why=f"it is {pending.status.value}, and was to go on from the watermark of now",
        next=f"lakekit ingest {job.dataset.name}",
    )


def _plain(key: str, text: str) -> Any:
    decode(text, _KINDS[key.partition("/")[0]])
    return json.loads(text)


def _value(key: str, told: Any) -> StreamHead | Batch:
    kind = _KINDS.get(key.partition("/")[0])
    if kind is None:
        raise _no_record(key)
    value = decode(json.dumps(told), kind)
    if key != _key(value):
        raise _no_record(key)
    return value


def _key(value: StreamHead | Batch) -> str:
    of = f"{value.dataset}/{value.stream}"
    return f"stream/{of}" if isinstance(value, StreamHead) else f"batch/{of}/{value.generation:06d}/{value.number:09d}"


def _no_record(key: str) -> StateError:
    return StateError(
        "state.bad_export",
        f"{key[:80]!r} is no record of a ledger",
        next="import a file that lakekit state export wrote, as it is",
    )


def _check_table(tools: Tools, dataset: str, values: list[StreamHead | Batch]) -> None:
    """A ledger of another table would have all its rows read and published a second time."""
    snapshot = tools.tables.snapshot(parse_dataset(dataset).table)
    known = {value.table_id for value in values} - {None}
    if snapshot is not None and known and snapshot.table_id not in known:
        raise StateError(
            "state.other_table",
            f"the records of {dataset} are of another table than the one here",
            why="they were exported from another lake, or the table was made anew since",
            next="leave the state as it is: it is found again in the tables",
        )


def _check_unknown(tools: Tools, dataset: str, stream: str, values: Mapping[str, StreamHead | Batch]) -> None:
    for key in (f"stream/{dataset}/{stream}", *tools.state.keys(f"batch/{dataset}/{stream}/")):
        entry = tools.state.read(key)
        if entry and (key not in values or entry.text != encode(values[key])):
            raise StateError(
                "state.has_records",
                f"the ledger has other records of {dataset}",
                where=key,
                why="an import puts back what is lost, and changes nothing that is there",
                next="to go back by a backup, move _lakekit/state.sqlite away first; runbooks/state-disagrees.md",
            )
