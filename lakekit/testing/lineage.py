"""What every implementation of the `Lineage` port promises."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from lakekit.domain.batch import Counts, ReasonCount
from lakekit.domain.build import Books, Pin
from lakekit.domain.events import BatchEvent, BuildEvent, Event, EventKind, InvocationEvent
from lakekit.domain.lineage import Edge
from lakekit.domain.schema import TableColumn
from lakekit.domain.suite import Outcome, Severity, Verdict
from lakekit.plugin.provider import Port
from lakekit.ports.telemetry import Lineage, Waiting
from lakekit.testing.suite import Suite

MINIMAL = BatchEvent(
    kind=EventKind.START,
    at="2024-05-01T06:00:00+00:00",
    run_id="018f3a5c0000700080000000000000a1",
    parent_run_id="018f3a5c0000700080000000000000a0",
    dataset="bronze.orders",
    source="orders",
    batch=7,
)
COMPLETE = BatchEvent(
    kind=EventKind.COMPLETE,
    at="2024-05-01T06:00:09.250000+00:00",
    run_id=MINIMAL.run_id,
    parent_run_id=MINIMAL.parent_run_id,
    dataset="bronze.orders",
    source="orders",
    batch=7,
    columns=(TableColumn("order_id", "long"), TableColumn("_extra", "map<string,string>")),
    counts=Counts(read=10, published=7, quarantined=2, duplicates=1),
    reasons=(ReasonCount("cast_failed", "order_id", 2),),
    verdict=Verdict((Outcome("rows", Severity.CRITICAL, True, 7), Outcome("unique(id)", Severity.WARNING, False, 1))),
    table_version=12,
)
FAIL = BatchEvent(
    kind=EventKind.FAIL,
    at="2024-05-01T06:00:10+00:00",
    run_id="018f3a5c0000700080000000000000a2",
    parent_run_id=MINIMAL.parent_run_id,
    dataset="bronze.customers",
    source="customers",
    batch=1,
    error="source.unreadable",
)
INVOKED = InvocationEvent(EventKind.START, "2024-05-01T05:59:59+00:00", MINIMAL.parent_run_id)
FINISHED = InvocationEvent(EventKind.FAIL, "2024-05-01T06:00:11+00:00", MINIMAL.parent_run_id, "source.unreadable")
BUILT = BuildEvent(
    kind=EventKind.COMPLETE,
    at="2024-05-01T06:00:12+00:00",
    run_id="018f3a5c0000700080000000000000a3",
    parent_run_id=MINIMAL.parent_run_id,
    command="run",
    dataset="silver.totals",
    inputs=(Pin("bronze.orders", "f3a5c000-0070-4080-8000-0000000000a4", 12),),
    columns=(TableColumn("customer", "string"), TableColumn("total", "decimal(20,2)")),
    edges=(
        Edge(("bronze.orders", "customer"), ("silver.totals", "customer"), True, "IDENTITY"),
        Edge(("bronze.orders", "amount"), ("silver.totals", "total"), True, "AGGREGATION"),
        Edge(("bronze.orders", "customer"), ("silver.totals", "total"), False, "GROUP_BY"),
    ),
    books=Books(made=4, added=4, removed=3),
    verdict=Verdict((Outcome("rows", Severity.CRITICAL, True, 4),)),
    table_version=3,
)
NOT_BUILT = BuildEvent(
    EventKind.FAIL, BUILT.at, BUILT.run_id, BUILT.parent_run_id, "run", "silver.bad", (), error="runtime.failed"
)
EVENTS = (INVOKED, MINIMAL, COMPLETE, FAIL, BUILT, NOT_BUILT, FINISHED)


class LineageSuite(Suite):
    """Subclass it as `Test...`; say how to make the adapter, and how to see what reached its destination."""

    port = Port.LINEAGE

    def make(self, folder: Path) -> Lineage:
        """An adapter whose destination belongs to `folder`: the same one for the same folder."""
        raise NotImplementedError

    def out_of_reach(self, folder: Path) -> Lineage:
        """An adapter whose destination cannot be reached or written."""
        raise NotImplementedError

    def received(self, folder: Path) -> Sequence[tuple[str, str]]:
        """Kind and run id (32 hex digits) of each event that the destination has, oldest first."""
        raise NotImplementedError

    def test_events_arrive_in_the_order_in_which_they_happened(self, tmp_path: Path) -> None:
        lineage = self.make(tmp_path)
        for event in EVENTS:
            lineage.emit(event)
        assert list(self.received(tmp_path)) == [(event.kind.value, event.run_id) for event in EVENTS]

    @pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{type(event).__name__}-{event.kind.value}")
    def test_an_event_arrives_however_much_it_tells(self, event: Event, tmp_path: Path) -> None:
        self.make(tmp_path).emit(event)
        assert list(self.received(tmp_path)) == [(event.kind.value, event.run_id)]

    def test_a_later_process_adds_to_what_is_there(self, tmp_path: Path) -> None:
        self.make(tmp_path).emit(MINIMAL)
        self.make(tmp_path).emit(COMPLETE)
        assert [kind for kind, _ in self.received(tmp_path)] == ["START", "COMPLETE"]

    def test_what_is_sent_when_a_run_ends_no_longer_waits(self, tmp_path: Path) -> None:
        lineage = self.make(tmp_path)
        lineage.emit(MINIMAL)
        lineage.close()
        assert lineage.waiting() == Waiting()

    def test_a_destination_out_of_reach_raises_nothing(self, tmp_path: Path) -> None:
        lineage = self.out_of_reach(tmp_path)
        for event in EVENTS:
            lineage.emit(event)
        lineage.close()
