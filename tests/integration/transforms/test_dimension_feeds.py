"""A dimension is a function of the set of its events: random feeds, batch by batch, through real tables."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from lakekit.domain.dimension import Dimension
from lakekit.domain.report import Ending
from tests.conformance.engine.dimension import oracle
from tests.integration.transforms.feeds import NAMES, SCD2, Fed, Raw, begun, raw

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # to shrink a feed takes minutes
ROWS = st.tuples(
    st.sampled_from([1, 1, 2, 3, None]),
    st.sampled_from([1, 2, 3, 4, 5, 6, None]),
    st.sampled_from([0, 1, None]),
    st.sampled_from(["Bern", "Oslo", None]),
    st.sampled_from(["x", "y", None]),
    st.sampled_from(["u", "u", "u", "d", "t"]),
)
BATCHES = st.lists(st.lists(ROWS, min_size=1, max_size=5), min_size=2, max_size=4)


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, Any]:
    """Options of dimensions that are told by changes, or by snapshots with a sequence."""
    made: dict[str, Any] = {**SCD2, "materialization": draw(st.sampled_from(["scd1", "scd2", "scd2"]))}
    if draw(st.booleans()):
        made["incremental"] = ["bronze.e"]
    made["sequence_by"] = draw(st.sampled_from(["at", ["at", "n"]]))
    made["except"] = draw(st.sampled_from([["op"], ["op", "n"], ["op", "at"]]))
    if made["sequence_by"] == "at" and draw(st.booleans()):
        made["tie_break"] = ["n"]
    if draw(st.integers(0, 2)) == 0:
        made["snapshot"] = True
        if draw(st.booleans()):
            made["scope"] = ["city"]
        elif draw(st.booleans()):
            made["absent"] = "keep"
    else:
        made["ignore_null_updates"] = draw(st.booleans())
        made["delete_when"] = "op = 'd'"
        if draw(st.booleans()):
            made["truncate_when"] = "op = 't'"
    if made["materialization"] == "scd2":
        tracking = draw(st.sampled_from(["", "track", "track_except"]))
        if tracking:
            made[tracking] = draw(st.sampled_from([["city"], ["city", "name"]] + [[]] * (tracking == "track")))
    return made


def in_order(dimension: Dimension, batches: list[list[Raw]]) -> list[list[Raw]]:
    """With what the first row of a key and place says told by all that are there."""
    first: dict[tuple[Any, ...], Raw] = {}
    at = [NAMES.index(c) for c in (*dimension.keys, *dimension.order)]
    return [[first.setdefault(tuple(row[i] for i in at), row) for row in batch] for batch in batches]


def check(options: dict[str, Any], batches: list[list[Raw]], *, tied: bool) -> None:
    note(str(options))
    with TemporaryDirectory() as folder:
        fed = begun(Path(folder), options)
        before = None
        for batch in batches if tied else in_order(fed.dimension, batches):
            note(str(batch))
            fed.feed(batch)
            reports = fed.build()
            note(str({name: (r.scope, r.instead, r.failure) for name, r in reports.items()}))
            assert reports["gold.dim_events"].ending is Ending.PUBLISHED
            if oracle.ties(fed.dimension, fed.said):
                assert reports["gold.dim"].failure is not None
                assert reports["gold.dim"].failure.code == "dimension.tie"
                assert version(fed) == before
                continue
            assert reports["gold.dim"].ending.well, reports["gold.dim"].failure
            assert fed.rows() == fed.expected()
            before = version(fed)
        assert {r.ending for r in fed.build().values()} <= {Ending.NOTHING_NEW, Ending.FAILED}


def version(fed: Fed) -> int | None:
    return fed.lake.table("gold.dim").version() if fed.lake.path("gold.dim").exists() else None


@settings(max_examples=8, phases=PHASES)
@given(shapes(), BATCHES)
def test_after_every_batch_a_dimension_is_what_all_events_make_it(
    options: dict[str, Any], batches: list[list[Raw]]
) -> None:
    check(options, batches, tied=False)


@settings(max_examples=4, phases=PHASES)
@given(shapes(), BATCHES)
def test_events_that_are_in_no_order_leave_a_dimension_as_it_was(
    options: dict[str, Any], batches: list[list[Raw]]
) -> None:
    check(options, batches, tied=True)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=100, phases=PHASES)
@given(shapes(), BATCHES, st.booleans())
def test_feeds_of_all_kinds_make_of_a_dimension_what_their_events_say(
    options: dict[str, Any], batches: list[list[Raw]], tied: bool
) -> None:
    check(options, batches, tied=tied)


MOMENT = {"materialization": "scd2", "keys": ["k"], "snapshot": True, "except": ["op", "n", "at"]}
SNAPSHOTS = st.lists(
    st.dictionaries(
        st.sampled_from([1, 2, 3, None]),
        st.tuples(st.sampled_from(["Bern", "Oslo", None]), st.sampled_from(["x", "y"])),
        min_size=1,
    ).filter(lambda seen: seen.keys() != {None}),  # of no key at all: refused, as every key would end
    min_size=2,
    max_size=5,
)
Seen = dict[int | None, tuple[str | None, str]]


def versions_of(snapshots: list[Seen], *, keep: bool, scoped: bool) -> Counter[tuple[Any, ...]]:
    """Key, values, and the numbers of the snapshots since which, and until which, they were so."""
    open_: dict[int | None, tuple[tuple[str | None, str], int]] = {}
    made: list[tuple[Any, ...]] = []
    for number, seen in enumerate(snapshots):
        scope = {name for _, name in seen.values()}
        told = {k: v for k, v in seen.items() if k is not None}
        gone = [k for k, (v, _) in open_.items() if k not in told and not keep and (not scoped or v[1] in scope)]
        changed = [k for k in told if k in open_ and open_[k][0] != told[k]]
        for key in (*gone, *changed):
            value, since = open_.pop(key)
            made.append((key, *value, since, number))
        open_ = {**{k: (v, number) for k, v in told.items()}, **open_}
    return Counter([*made, *((k, *value, since, None) for k, (value, since) in open_.items())])


@settings(max_examples=6, phases=PHASES)
@given(st.sampled_from([{}, {"absent": "keep"}, {"scope": ["name"]}]), SNAPSHOTS)
def test_snapshots_of_the_moment_make_versions_of_what_differed_between_them(
    options: dict[str, Any], snapshots: list[Seen]
) -> None:
    with TemporaryDirectory() as folder:
        fed = begun(Path(folder), {**MOMENT, **options})
        until: list[datetime] = []
        quarantined = set()
        for seen in snapshots:
            note(str(seen))
            fed.replace([raw(k, None, city, name=name) for k, (city, name) in seen.items()])
            report = fed.build()["gold.dim_events"]
            assert report.published_at is not None, report.failure
            until.append(datetime.fromisoformat(report.published_at))
            quarantined |= {seen[None]} if None in seen else set()
        frame = pl.read_delta(str(fed.lake.path("gold.dim")))
        number = lambda at: at and bisect_left(until, at)  # noqa: E731
        found = [
            (r["k"], r["city"], r["name"], number(r["valid_from"]), number(r["valid_to"]))
            for r in frame.iter_rows(named=True)
        ]
        expected = versions_of(snapshots, keep="absent" in options, scoped="scope" in options)
        assert Counter(found) == expected
        events = pl.read_delta(str(fed.lake.path("gold.dim_events")))
        assert len(events.filter(pl.col("_reason") == "null_key")) == len(quarantined)
