"""What every implementation of the `Metrics` port promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lakekit.plugin.provider import Port
from lakekit.ports.telemetry import Metrics
from lakekit.testing.suite import Suite


class MetricsSuite(Suite):
    """Subclass it as `Test...`; say how to make the adapter, and how to see what reached its destination."""

    port = Port.METRICS

    def make(self, folder: Path) -> Metrics:
        """An adapter whose destination belongs to `folder`: the same one for the same folder."""
        raise NotImplementedError

    def out_of_reach(self, folder: Path) -> Metrics:
        """An adapter whose destination cannot be reached or written."""
        raise NotImplementedError

    def received(self, folder: Path) -> Sequence[tuple[str, float, Mapping[str, str]]]:
        """Name, value and labels of each measurement that the destination has, oldest first."""
        raise NotImplementedError

    def test_measurements_arrive_in_order_with_their_labels(self, tmp_path: Path) -> None:
        metrics = self.make(tmp_path)
        told: list[tuple[str, float, dict[str, str]]] = [
            ("rows", 3, {"dataset": "bronze.orders", "lane": "read"}),
            ("seconds", 0.25, {"dataset": "bronze.orders"}),
            ("rows", 0, {}),
        ]
        for name, value, labels in told:
            metrics.record(name, value, labels)
        assert [(name, value, dict(labels)) for name, value, labels in self.received(tmp_path)] == told

    def test_large_counts_arrive_exactly(self, tmp_path: Path) -> None:
        self.make(tmp_path).record("rows", 2**53 - 1, {})
        assert [value for _, value, _ in self.received(tmp_path)] == [2**53 - 1]

    def test_labels_are_those_of_the_call(self, tmp_path: Path) -> None:
        metrics, labels = self.make(tmp_path), {"lane": "read"}
        metrics.record("rows", 1, labels)
        labels["lane"] = "published"
        metrics.record("rows", 2, labels)
        assert [labels["lane"] for _, _, labels in self.received(tmp_path)] == ["read", "published"]

    def test_a_later_process_adds_to_what_is_there(self, tmp_path: Path) -> None:
        self.make(tmp_path).record("rows", 1, {})
        self.make(tmp_path).record("rows", 2, {})
        assert [value for _, value, _ in self.received(tmp_path)] == [1, 2]

    def test_a_destination_out_of_reach_raises_nothing(self, tmp_path: Path) -> None:
        self.out_of_reach(tmp_path).record("rows", 1, {"dataset": "bronze.orders"})
