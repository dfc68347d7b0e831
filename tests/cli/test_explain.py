"""`lakekit explain`: every code that lakekit can fail with, and no other, is explained."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakekit.cli.explaining import explanations

ROOT = Path(__file__).parents[2]
AREAS = {e.code.partition(".")[0] for e in explanations()}
CODE = re.compile(rf"({'|'.join(sorted(AREAS))})\.[a-z_]+")
EVENTS = {"event", "info", "warning", "error_event"}
NO_CODES = {
    "batch.sealed",
    "batch.started",
    "batch.unsealed",
    "gate.held",
    "table.altered",
    "table.widened",
    "watermark.moved",
}
"""Names of events in the log that look like codes."""


def sources() -> Iterator[ast.Module]:
    for folder in ("lakekit", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "testing" not in path.parts:
                yield ast.parse(path.read_text("utf-8"))


def texts() -> set[str]:
    return {
        node.value
        for module in sources()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_in_the_sources_is_explained() -> None:
    raised = {told for told in texts() if CODE.fullmatch(told)} - NO_CODES
    assert raised - {e.code for e in explanations()} == set()


def test_no_code_is_explained_that_nothing_raises() -> None:
    there = texts()
    assert [e.code for e in explanations() if e.code not in there and e.code.partition(".")[2] not in there] == []


def test_an_explanation_is_two_sentences_of_text() -> None:
    for told in explanations():
        assert told.meaning.endswith("."), told
        assert told.mend.endswith("."), told


def test_a_code_is_explained_without_a_project(lakekit) -> None:
    ended = lakekit("explain", "source.no_files")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0] == "source.no_files"
    assert "path" in ended.out


def test_without_a_code_all_are_listed(lakekit) -> None:
    lines = lakekit("explain").out.splitlines()
    assert len(lines) == len(explanations())
    assert lines == sorted(lines)


def test_a_document_has_the_same(lakekit) -> None:
    (told,) = json.loads(lakekit("explain", "lease.held", "--json").out)["codes"]
    assert told.keys() == {"code", "meaning", "mend"}
    assert told["code"] == "lease.held"


@pytest.mark.parametrize(("slip", "meant"), [("source.nofiles", "source.no_files"), ("config.tabs", "config.tab")])
def test_a_slip_gets_a_suggestion(lakekit, slip: str, meant: str) -> None:
    ended = lakekit("explain", slip)
    assert ended.code == 2
    assert "explain.unknown_code" in ended.err
    assert meant in ended.err
