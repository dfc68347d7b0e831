"""What every implementation of the `Alerts` port promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from lakekit.domain.alert import Alert, AlertKind, document
from lakekit.plugin.provider import Port
from lakekit.ports.telemetry import Alerts
from lakekit.testing.suite import Suite

FAILED = Alert(
    kind=AlertKind.FAILED,
    at="2024-05-01T06:00:10+00:00",
    dataset="bronze.customers",
    run_id="018f3a5c0000700080000000000000a0",
    batch=7,
    code="source.unreadable",
    lines=("source.unreadable: data/ä.csv cannot be read", "  next: look at “it”"),
)
HELD = Alert(
    kind=AlertKind.HELD,
    at="2024-05-01T06:00:11.250000+00:00",
    dataset="silver.totals",
    run_id=FAILED.run_id,
    command="run",
    code="gate.held",
    lines=("silver.totals: held; its table stays as it was", "  rows: 0 observed"),
)
DRIFTED = Alert(
    kind=AlertKind.DRIFT,
    at="2024-05-01T06:00:12+00:00",
    dataset="bronze.orders",
    run_id=FAILED.run_id,
    batch=3,
    drift=("+ more\n\x00\udc80 string", "- note"),
)
ALERTS = (FAILED, HELD, DRIFTED)


class AlertsSuite(Suite):
    """Subclass it as `Test...`; say how to make the adapter, and how to see what reached its destination."""

    port = Port.ALERTS

    def make(self, folder: Path) -> Alerts:
        """An adapter whose destination belongs to `folder`: the same one for the same folder."""
        raise NotImplementedError

    def out_of_reach(self, folder: Path) -> Alerts:
        """An adapter whose destination cannot be reached or written."""
        raise NotImplementedError

    def received(self, folder: Path) -> Sequence[Mapping[str, object]]:
        """What the destination has, oldest first, each as `lakekit.domain.alert.document` tells it."""
        raise NotImplementedError

    def test_alerts_have_arrived_when_they_were_sent(self, tmp_path: Path) -> None:
        alerts = self.make(tmp_path)
        assert [alerts.send(alert) for alert in ALERTS] == ["", "", ""]
        assert list(self.received(tmp_path)) == [document(alert) for alert in ALERTS]

    @pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.kind.value)
    def test_an_alert_arrives_whatever_it_tells(self, alert: Alert, tmp_path: Path) -> None:
        assert self.make(tmp_path).send(alert) == ""
        assert list(self.received(tmp_path)) == [document(alert)]

    def test_a_later_process_adds_to_what_is_there(self, tmp_path: Path) -> None:
        self.make(tmp_path).send(FAILED)
        self.make(tmp_path).send(HELD)
        assert [told["kind"] for told in self.received(tmp_path)] == ["failed", "held"]

    def test_a_destination_out_of_reach_raises_nothing_and_says_that_nothing_arrived(self, tmp_path: Path) -> None:
        alerts = self.out_of_reach(tmp_path)
        assert all(alerts.send(alert) for alert in ALERTS)
