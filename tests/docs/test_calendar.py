"""The project of docs/calendar.md is one that works, and its contract names what the source makes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from deltalake import DeltaTable

from lakekit.cli.main import run
from lakekit_calendar.content import COLUMNS

PAGE = (Path(__file__).parents[2] / "docs" / "calendar.md").read_text("utf-8")


def block(kind: str) -> str:
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    contracts = tmp_path / "config" / "schema_definitions"
    contracts.mkdir(parents=True)
    (tmp_path / "config" / "dev.yaml").write_text(block("yaml"), "utf-8")
    (contracts / "calendar.schema.json").write_text(block("json"), "utf-8")
    return tmp_path


def test_the_project_of_the_page_loads_every_day(project: Path) -> None:
    for command in block("bash").splitlines():
        assert run(["--project-dir", str(project), *command.split()[1:]]) == 0
    table = DeltaTable(str(project / "lake" / "bronze" / "calendar"))
    assert table.count() == 11 * 365 + 3
    assert not (project / "lake" / "_errors").exists()


def test_the_contract_and_the_table_of_the_page_have_the_columns_of_the_source() -> None:
    contract = [(column["name"], column["type"]) for column in json.loads(block("json"))["columns"]]
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    told = [(name, type_) for names, type_ in rows for name in re.findall(r"\w+", names)]
    assert [name for name, _ in contract] == list(COLUMNS)
    assert told == contract
