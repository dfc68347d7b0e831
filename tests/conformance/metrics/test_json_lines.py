"""Metrics as JSON lines: the suite of the port."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from lakekit.plugin.provider import Context
from lakekit.ports.telemetry import Metrics
from lakekit.testing.metrics import MetricsSuite


class TestJsonLines(MetricsSuite):
    provider = "jsonl"

    def make(self, folder: Path) -> Metrics:
        return self.registered(Context(folder, str(folder / "lake"), folder / "private"))

    def out_of_reach(self, folder: Path) -> Metrics:
        (folder / "private").write_text("a file where a folder should be")
        return self.make(folder)

    def received(self, folder: Path) -> Sequence[tuple[str, float, Mapping[str, str]]]:
        lines = (folder / "private" / "metrics.jsonl").read_text("utf-8").splitlines()
        return [self._read(json.loads(line)) for line in lines]

    @staticmethod
    def _read(line: dict) -> tuple[str, float, Mapping[str, str]]:
        del line["at"]
        return line.pop("metric"), line.pop("value"), line
