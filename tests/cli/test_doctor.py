"""`lakekit doctor` and `lakekit plugins`."""

from __future__ import annotations

import json

from lakekit.cli import render
from lakekit.domain.errors import ConfigError
from lakekit.domain.report import Finding
from lakekit.plugin.listing import PluginInfo
from lakekit.plugin.provider import Port, Provider

GOOD = Finding("python", True, "3.11.9")
BAD = Finding("plugin duckdb", False, "its driver is missing", "pip install 'lakekit[local]'")


def test_doctor_ends_with_0_when_all_is_well(lakekit, fake) -> None:
    ended = lakekit("doctor", app=fake(findings=(GOOD,)))
    assert (ended.code, ended.out.split()) == (0, ["ok", "python:", "3.11.9"])


def test_doctor_ends_with_1_and_the_line_that_mends(lakekit, fake) -> None:
    ended = lakekit("doctor", app=fake(findings=(GOOD, BAD)))
    assert ended.code == 1
    assert ended.out.splitlines()[1:] == [
        "broken  plugin duckdb: its driver is missing",
        "        next: pip install 'lakekit[local]'",
    ]


def test_doctor_examines_a_project_that_cannot_be_read(lakekit) -> None:
    error = ConfigError("config.unknown_key", "unknown key 'sorces'", where="config/dev.yaml:3:1", next="write it")
    ended = lakekit("doctor", "--json", app=error)
    document = json.loads(ended.out)
    assert (ended.code, document["ok"]) == (1, False)
    assert document["findings"] == [
        {
            "name": "project",
            "ok": False,
            "detail": "unknown key 'sorces' (config/dev.yaml:3:1)",
            "next": "write it",
        }
    ]


def test_plugins_needs_no_project_and_lists_what_each_offers(lakekit) -> None:
    listed = json.loads(lakekit("plugins", "--json").out)["plugins"]
    delta = next(plugin for plugin in listed if plugin["plugin"] == "delta")
    assert delta["distribution"] == "lakekit"
    assert {"port": "table_store", "name": "delta"} in delta["adapters"]
    assert delta["problem"] is None


def test_a_broken_plugin_is_shown_with_its_reason() -> None:
    provider = Provider(Port.SOURCE, "kafka", lambda _: None)
    fine = PluginInfo("kafka", "lakekit-kafka", "1.2", (provider,), ("replay",))
    broken = PluginInfo("other", "strange", "0.1", problem="it cannot be imported\x1b[0m")
    _, first, second, reason = render.plugins((fine, broken))
    assert first.split() == ["kafka", "lakekit-kafka", "1.2", "source", "kafka,", "command", "replay"]
    assert second.split()[:4] == ["other", "strange", "0.1", "-"]
    assert "broken" in second
    assert reason == "other: it cannot be imported\\x1b[0m"
