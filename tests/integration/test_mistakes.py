"""Mistakes that people make on their first day, each in a new project: the message says where it is, and what it tells
to do mends it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import frozen

SETTINGS = "config/dev.yaml"
CONTRACT = "config/schema_definitions/orders.schema.json"
CHECKS = "config/dq.yaml"


@frozen
class Mistake:
    """In `file`, `wrong` stands for `right`. The error has `code`, the place `line`, and names `mend`."""

    file: str
    right: str
    wrong: str
    code: str
    line: int
    mend: str


MISTAKES = {
    "a key is misspelt": Mistake(SETTINGS, "load_type:", "load_typ:", "config.unknown_key", 10, "'load_type'"),
    "a value is misspelt": Mistake(
        SETTINGS, "load_type: incremental", "load_type: incremantal", "config.bad_value", 10, "'incremental'"
    ),
    "a line is indented otherwise": Mistake(
        SETTINGS, "    path: data/orders", "   path: data/orders", "config.syntax", 9, "as many blanks"
    ),
    "a tab indents": Mistake(SETTINGS, "    path: data/orders", "\tpath: data/orders", "config.tab", 9, "by blanks"),
    "the watermark column is misspelt": Mistake(
        SETTINGS,
        "watermark_column: updated_at",
        "watermark_column: update_at",
        "config.unknown_column",
        11,
        "'updated_at'",
    ),
    "the watermark column is a text": Mistake(
        SETTINGS, "watermark_column: updated_at", "watermark_column: status", "config.bad_watermark", 11, "timestamp"
    ),
    "a duration is written out": Mistake(SETTINGS, "lookback: 3d", "lookback: 3 days", "config.bad_lookback", 12, "3d"),
    "the contract is misspelt": Mistake(
        SETTINGS, "contract: orders", "contract: order", "config.no_contract", 13, "'orders'"
    ),
    "a dataset stands twice": Mistake(SETTINGS, "  customers:", "  orders:", "config.duplicate_key", 17, "remove one"),
    "a variable is not set": Mistake(
        SETTINGS, "lake: ./lake", "lake: ${SHOP_LAKE_NOT_SET}", "config.unset_variable", 2, "set SHOP_LAKE_NOT_SET"
    ),
    "a secret is written out": Mistake(
        SETTINGS,
        "metrics: jsonl",
        "metrics: {adapter: jsonl, password: x}",
        "config.literal_secret",
        28,
        "secret://env/",
    ),
    "another system's type": Mistake(
        CONTRACT, '"type": "long"', '"type": "bigint"', "contract.bad_type", 6, "write long"
    ),
    "a comma too many": Mistake(
        CONTRACT, 'the watermark."}', 'the watermark."},', "config.syntax", 20, "remove a comma"
    ),
    "a comma too few": Mistake(CONTRACT, '"name": "orders",', '"name": "orders"', "config.syntax", 3, "write a comma"),
    "a text for true": Mistake(
        CONTRACT, '"required": true', '"required": "yes"', "config.wrong_type", 6, "true or false"
    ),
    "a key that is no column": Mistake(
        CONTRACT, '"keys": ["order_id"]', '"keys": ["orderid"]', "config.unknown_column", 4, "'order_id'"
    ),
    "limits the wrong way round": Mistake(
        CONTRACT, '"min": 1,', '"min": 9, "max": 1,', "contract.bad_limits", 9, "exchange"
    ),
    "a pattern that engines read differently": Mistake(
        CONTRACT, '"type": "int"', '"type": "int", "pattern": "(?=1)1"', "contract.bad_pattern", 9, "rewrite"
    ),
    "a format of another tool": Mistake(
        *(CONTRACT, '"type": "timestamp"', '"type": "timestamp", "format": "DD.MM.YYYY"', "contract.bad_format", 18),
        mend="%d.%m.%Y",
    ),
    "a check on a column that is misspelt": Mistake(
        CHECKS, "columns: [amount]", "columns: [amont]", "config.unknown_column", 7, "'amount'"
    ),
    "a suite of a dataset that is misspelt": Mistake(
        CHECKS, "bronze.customers:", "bronze.custommers:", "suite.unknown_dataset", 8, "'bronze.customers'"
    ),
    "a threshold that is misspelt": Mistake(
        *(CHECKS, "max: orders_rejected_share", "max: order_rejected_share", "suite.unknown_threshold", 6),
        mend="'orders_rejected_share'",
    ),
}


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mistakes") / "shop"
    assert lakekit(folder.parent, "init", str(folder)).returncode == 0
    return folder


@pytest.fixture
def project(new: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(new, tmp_path / "shop"))


def lakekit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lakekit", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_file_is_told_with_its_place_and_its_mend(project: Path, name: str) -> None:
    mistake = MISTAKES[name]
    file = project / mistake.file
    text = file.read_text()
    assert mistake.right in text
    file.write_text(text.replace(mistake.right, mistake.wrong, 1))
    ended = lakekit(project, "ingest")
    lines = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout) == (2, "")
    assert lines[0].startswith(f"{mistake.code}: ")
    assert lines[1].startswith(f"  where: {mistake.file}:{mistake.line}:")
    assert lines[-1].startswith("  next: ")
    assert len(lines) <= 5
    assert mistake.mend in ended.stderr
    assert not (project / "lake").exists()
    file.write_text(text)
    assert lakekit(project, "ingest", "orders").returncode == 0


COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "a command is misspelt": (("ingets",), "'ingest'"),
    "an option is misspelt": (("ingest", "--full-refesh"), "--full-refresh"),
    "a dataset is misspelt": (("ingest", "oders"), "bronze.orders"),
    "an environment is misspelt": (("--env", "pord", "ingest"), "'prod'"),
    "a pattern selects nothing": (("ingest", "--select", "silver.*"), "bronze.orders"),
    "a bound is no value": (("ingest", "orders", "--until", "yesterday"), "2026-01-31T00:00:00Z"),
    "a code is misspelt": (("explain", "source.nofiles"), "source.no_files"),
    "another folder than the project's": (("--project-dir", "data", "ingest"), "lakekit init"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_mistake_on_the_command_line_is_told_with_what_may_have_been_meant(new: Path, name: str) -> None:
    arguments, meant = COMMANDS[name]
    ended = lakekit(new, *arguments)
    assert ended.returncode == 2
    assert meant in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.splitlines()) <= 5


def test_a_path_that_leads_nowhere_is_told_as_it_was_understood(project: Path) -> None:
    file = project / SETTINGS
    file.write_text(file.read_text().replace("data/orders/*.csv", "orders/*.csv"))
    ended = lakekit(project, "ingest", "orders")
    assert ended.returncode == 1
    assert str(project / "orders" / "*.csv") in ended.stderr


def test_a_row_that_is_rejected_can_be_seen_and_a_file_that_is_repaired_is_read(project: Path) -> None:
    (file,) = (project / "data" / "orders").iterdir()
    first = lakekit(project, "ingest", "orders")
    assert "lakekit quarantine show orders" in first.stderr
    shown = lakekit(project, "quarantine", "show", "orders")
    assert "cast_failed" in shown.stdout
    assert "12,50" in shown.stdout
    file.write_text(file.read_text().replace('"12,50"', "12.50"))
    # The row lies before the watermark, where nothing is new: the watermark goes back to before it.
    assert lakekit(project, "state", "set", "orders", "2026-02-06T00:00:00Z").returncode == 0
    again = lakekit(project, "ingest", "orders", "--json")
    assert again.returncode == 0
    (told,) = json.loads(again.stdout)["datasets"]
    assert (told["published"], told["quarantined"]) == (1, 0)
