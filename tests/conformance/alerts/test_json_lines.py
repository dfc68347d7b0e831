"""Alerts as JSON lines: the suite of the port."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from lakekit.domain.errors import ConfigError
from lakekit.plugin.provider import Context
from lakekit.ports.telemetry import Alerts
from lakekit.testing.alerts import FAILED, AlertsSuite


class TestJsonLines(AlertsSuite):
    provider = "jsonl"

    def make(self, folder: Path) -> Alerts:
        return self.registered(Context(folder, str(folder / "lake"), folder / "private"))

    def out_of_reach(self, folder: Path) -> Alerts:
        (folder / "private").write_text("a file where a folder should be")
        return self.make(folder)

    def received(self, folder: Path) -> Sequence[Mapping[str, object]]:
        lines = (folder / "private" / "alerts.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    TestJsonLines().make(tmp_path).send(FAILED)
    file = tmp_path / "private" / "alerts.jsonl"
    assert (stat.S_IMODE(file.parent.stat().st_mode), stat.S_IMODE(file.stat().st_mode)) == (0o700, 0o600)


def test_an_option_is_refused_as_it_has_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'url'"):
        TestJsonLines().registered(Context(tmp_path, "/lake", tmp_path, {"url": "https://x"}))
