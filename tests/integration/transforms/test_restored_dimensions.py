"""A dimension, or its table of events, that is put back: neither loses a row without a word, and after the next run the
one is again what the other makes it. What events make is told by plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from lakekit.domain.build import Scope
from lakekit.domain.planning import Cause
from lakekit.domain.report import Ending
from lakekit.domain.versions import OnwardBuild, Restoring
from tests.conformance.engine.dimension import oracle
from tests.integration.transforms.adopted import COLUMNS as CUSTOMERS
from tests.integration.transforms.adopted import EVENTS as CUSTOMER_EVENTS
from tests.integration.transforms.adopted import Kept, day
from tests.integration.transforms.feeds import CHANGES, NAMES, QUERY, SCD2, Fed, Versions, begun, by_name, raw
from tests.integration.transforms.lakes import Lake
from tests.integration.transforms.test_dimension_feeds import ROWS, in_order, shapes

EVENTS, MADE = "gold.dim_events", "gold.dim"
FEED = [
    [raw(1, 1, "Bern"), raw(2, 5, "Oslo"), raw(3, 1, "Rome")],
    [raw(2, 6, "Graz"), raw(3, 7, op="d"), raw(1, 0, "Graz")],
    [raw(None, 4, op="t"), raw(1, 5, None, name="y"), raw(4, 5, "Oslo")],
]


def grown(root: Path, **more: Any) -> Fed:
    """A dimension of three builds."""
    fed = begun(root, {**CHANGES, "incremental": ["bronze.e"], **more})
    for batch in FEED:
        fed.feed(batch)
        assert all(report.ending is Ending.PUBLISHED for report in fed.build().values())
    return fed


def copied(fed: Fed, folder: Path) -> Fed:
    return Fed(fed.lake.copied(folder), fed.dimension, list(fed.said))


def onward(told: Restoring) -> OnwardBuild:
    assert isinstance(told.onward, OnwardBuild)
    return told.onward


def of_events(fed: Fed) -> Counter[tuple[Any, ...]]:
    """What the events make that the table has now."""
    kept = pl.read_delta(str(fed.lake.path(EVENTS)))
    told = [{n: v.astimezone(UTC) if hasattr(v, "tzinfo") else v for n, v in r.items()} for r in kept.rows(named=True)]
    columns = fed.dimension.kept(NAMES)
    stored = fed.dimension.stored(columns)
    if not fed.dimension.history:
        return by_name(stored, oracle.current(fed.dimension, told, stored))
    return by_name((*stored, *fed.dimension.names.all), oracle.versions(fed.dimension, told, columns))


def places(fed: Fed) -> Iterator[tuple[str, int]]:
    """All versions of both tables, but the newest."""
    for name in (EVENTS, MADE):
        yield from ((name, version) for version in range(fed.lake.table(name).version()))


@pytest.mark.parametrize("kind", ["scd2", "scd1"])
def test_put_back_to_any_version_events_are_told_again_and_the_dimension_is_what_they_make(
    kind: str, tmp_path: Path
) -> None:
    start = grown(tmp_path / "start", materialization=kind)
    start.feed([raw(5, 1, "Kyiv")])
    for name, version in places(start):
        fed = copied(start, tmp_path / f"{name}-{version}")
        fed.lake.restore(name, version)
        assert all(report.ending is Ending.PUBLISHED for report in fed.build().values())
        assert fed.rows() == fed.expected() == of_events(fed), (name, version)
        assert fed.lake.table(EVENTS).count() == len(fed.said), (name, version)
        assert {report.ending for report in fed.build().values()} == {Ending.NOTHING_NEW}


def version_of(fed: Fed, name: str, number: int) -> int:
    """The version that the build made, in a table that one commit made and each build one more."""
    assert fed.lake.table(name).version() == len(FEED)
    return number


def test_a_dimension_alone_comes_to_what_it_was_and_that_is_told(tmp_path: Path) -> None:
    fed = grown(tmp_path)
    told = fed.lake.restore(MADE, version_of(fed, MADE, 1))
    assert (told.now.build, told.then.build, onward(told).events, onward(told).forgets) == (3, 1, EVENTS, False)
    assert (onward(told).plan.scope, [r.about for r in onward(told).plan.reasons]) == (Scope.KEYS, [EVENTS])
    assert Versions(fed.lake).told("city") == ["1 Bern [1, None)", "2 Oslo [5, None)", "3 Rome [1, None)"]
    reports = fed.build()
    assert (reports[EVENTS].ending, reports[MADE].ending) == (Ending.NOTHING_NEW, Ending.PUBLISHED)
    assert fed.rows() == fed.expected()


def test_events_that_go_back_are_read_again_and_the_dimension_follows_them(tmp_path: Path) -> None:
    fed = grown(tmp_path)
    told = fed.lake.restore(EVENTS, version_of(fed, EVENTS, 1))
    assert (onward(told).readers, onward(told).events) == ((MADE,), "")
    assert (onward(told).plan.scope, onward(told).forgets) == (Scope.NEW_ROWS, True)
    assert fed.lake.plan()[MADE].reasons[-1].cause is Cause.UPSTREAM
    reports = fed.build()
    assert (reports[EVENTS].scope, reports[EVENTS].books.added) == (Scope.NEW_ROWS, 6)
    assert fed.rows() == fed.expected()


def test_events_that_were_told_wrongly_are_gone_when_mended_code_tells_them_again(tmp_path: Path) -> None:
    """New code alone would leave what it no longer tells: events under a key that is wrong."""
    fed = begun(tmp_path, {**CHANGES, "incremental": ["bronze.e"]})
    fed.feed([raw(1, 1, "Bern")])
    fed.build()
    fed.lake.transform(MADE, QUERY.replace("k,", "k + 100 AS k,"), **CHANGES, incremental=["bronze.e"])
    fed.feed([raw(2, 2, "Oslo")])
    fed.build()
    assert "101 Bern [1, None)" in Versions(fed.lake).told("city")
    fed.lake.transform(MADE, QUERY, **CHANGES, incremental=["bronze.e"])
    told = fed.lake.restore(EVENTS, 1)
    assert [reason.cause for reason in onward(told).plan.reasons] == [Cause.INPUT]
    fed.build()
    assert Versions(fed.lake).told("city") == ["1 Bern [1, None)", "2 Oslo [2, None)"]


def test_snapshots_that_nobody_can_read_again_are_told_of_before(tmp_path: Path) -> None:
    options = {key: value for key, value in SCD2.items() if key != "sequence_by"}
    fed = begun(tmp_path, {**options, "snapshot": True})
    for city in ("Bern", "Oslo", "Rome"):
        fed.replace([raw(1, 1, city)])
        fed.build()
    told = fed.lake.restore(EVENTS, 1, dry_run=True)
    assert (onward(told).plan.scope, onward(told).forgets) == (Scope.FULL, True)
    fed.lake.restore(EVENTS, 1)
    fed.build()
    assert [line.split()[1] for line in Versions(fed.lake).told("city")] == ["Bern", "Rome"]
    assert fed.rows() == of_events(fed)


def test_events_that_were_adopted_are_told_before_they_go_and_can_be_adopted_again(tmp_path: Path) -> None:
    kept = Kept(Lake(tmp_path, {"customers": CUSTOMERS})).begin(incremental=["bronze.customers"])
    kept.tells((1, "Ada", "Oslo", 5))
    kept.lake.build()
    source = kept.old([{"id": 1, "name": "Ada", "city": "Rome", "begins": day(2), "ends": day(5)}])
    before = kept.lake.table(CUSTOMER_EVENTS).version()
    assert kept.adopt(source).build.ending is Ending.PUBLISHED
    after = kept.lake.table(CUSTOMER_EVENTS).version()
    kept.tells((1, "Ada", "Graz", 7))
    kept.lake.build()
    with_all = kept.lake.rows("gold.dim_customer")
    assert onward(kept.lake.restore(CUSTOMER_EVENTS, after, dry_run=True)).adopted == 0
    told = kept.lake.restore(CUSTOMER_EVENTS, before)
    assert (onward(told).adopted, onward(told).plan.scope) == (2, Scope.NEW_ROWS)
    kept.lake.build()
    assert kept.lake.rows("gold.dim_customer") != with_all
    assert kept.adopt(source).build.ending is Ending.PUBLISHED
    kept.lake.build()
    assert kept.lake.rows("gold.dim_customer") == with_all


STEPS = st.lists(
    st.one_of(
        st.lists(ROWS, min_size=1, max_size=4),
        st.tuples(st.sampled_from([EVENTS, MADE]), st.integers(0, 30)),
    ),
    min_size=4,
    max_size=7,
)


# A history that fails is read as it is: to shrink one takes minutes.
@settings(max_examples=3, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(shapes(), st.lists(ROWS, min_size=1, max_size=4), STEPS)
def test_whatever_goes_back_between_feeds_a_dimension_is_what_its_events_make(
    options: dict[str, Any], first: list[Any], steps: list[Any]
) -> None:
    note(str(options))
    with TemporaryDirectory() as folder:
        fed = begun(Path(folder), {**options, "incremental": ["bronze.e"]})
        batches = in_order(fed.dimension, [first, *(step for step in steps if isinstance(step, list))])
        fed.feed(batches.pop(0))
        fed.build()
        for step in steps:
            note(str(step))
            if isinstance(step, list):
                fed.feed(batches.pop(0))
            else:
                name, version = step[0], step[1] % (fed.lake.table(step[0]).version() + 1)
                note(f"{name} to {version}: {onward(fed.lake.restore(name, version)).plan}")
                continue  # several may go back before the next run
            note(str({name: (r.scope, r.instead, r.failure) for name, r in fed.build().items()}))
        assert all(report.ending.well for report in fed.build().values())
        assert fed.rows() == fed.expected() == of_events(fed)
