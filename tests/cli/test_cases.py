"""`lakekit test`: what it prints, its exit codes, its JSON. The runtime is a stand-in."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lakekit.cli.main import run
from lakekit.compose import Application
from lakekit.compose.cases import Cases
from lakekit.plugin.manager import load_plugins
from lakekit.ports.telemetry import Reporter
from lakekit.project import load
from lakekit.testing.fake_runtime import EngineRuntime
from tests.cli.conftest import Ended
from tests.cli.test_completion import completed

CONTRACT = {
    "name": "orders",
    "columns": [
        {"name": "id", "type": "long"},
        {"name": "who", "type": "string", "pii": "name"},
        {"name": "amount", "type": "decimal(10,2)"},
    ],
}
CASES = """\
cases:
  - name: small ones go
    transform: silver.big
    inputs:
      bronze.orders:
        - {id: 1, who: Ann Smith, amount: 10}
        - {id: 2, amount: 1}
    expect:
      - {id: 1, who: Ann Smith, amount: 10.00}
  - name: nothing comes of nothing
    transform: silver.big
    inputs: {}
    expect: []
"""


class Stood(Application):
    """An application whose cases run on an engine."""

    @property
    def cases(self) -> Cases:
        runtime = lambda apart: EngineRuntime(apart.tools.engine, apart.settings.root / "runtime")  # noqa: E731
        return Cases(self.settings, self.plugins.transforms, self.apart, runtime)


def stood(folder: Path | str, environment: str | None, reporter: Reporter) -> Application:
    plugins = load_plugins()
    return Stood(load(Path(folder), environment, os.environ), plugins, reporter)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path, "config/dev.yaml", "lake: ./lake\nsources:\n  orders: {load_type: full, path: data/orders.csv}\n")
    write(tmp_path, "config/schema_definitions/orders.schema.json", json.dumps(CONTRACT))
    write(tmp_path, "transforms/silver/big.sql", "SELECT id, who, amount FROM bronze.orders WHERE amount > 5")
    write(tmp_path, "tests/transforms/big.yaml", CASES)
    return tmp_path


def write(root: Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def tested(project: Path, capsys: pytest.CaptureFixture[str]):
    def call(*arguments: str, env: str = "dev") -> Ended:
        code = run(["--project-dir", str(project), "--env", env, "test", *arguments], stood)
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return call


def test_a_line_per_case_and_one_for_all(tested) -> None:
    ended = tested()
    assert (ended.code, ended.err) == (0, "")
    first, second, total = ended.out.splitlines()
    assert first.startswith("ok      silver.big  small ones go  ")
    assert second.startswith("ok      silver.big  nothing comes of nothing  ")
    assert total == "2 cases, 0 failed"


def test_what_differs_is_shown_with_the_place_and_without_personal_values(tested, project: Path) -> None:
    write(project, "tests/transforms/big.yaml", CASES.replace("amount: 10.00}", "amount: 10.01}\n      - {id: 7}"))
    ended = tested("small*")
    assert ended.code == 1
    _, place, missing, differs, total = ended.out.splitlines()
    assert place == "  at tests/transforms/big.yaml:2:5"
    assert missing == "  missing     id=7 who=null amount=null"
    assert differs.startswith("  differs     id=1 who=hmac:")
    assert differs.endswith(": amount is 10.00, expected 10.01")
    assert total == "1 case, 1 failed"
    assert "Smith" not in ended.out


def test_a_document_has_all(tested, project: Path) -> None:
    write(project, "tests/transforms/big.yaml", CASES.replace("id: 1, who: Ann Smith, amount: 10.00", "id: 9"))
    ended = tested("--json")
    assert ended.code == 1
    told = json.loads(ended.out)
    assert told["failed"] == 1
    case = told["cases"][0]
    assert (case["name"], case["place"], case["passed"]) == ("small ones go", "tests/transforms/big.yaml:2:5", False)
    assert case["diff"] == {"missing": [{"id": "9"}], "unexpected": [{"id": "1"}], "changed": [], "moved_from": None}


def test_a_mistake_in_a_file_is_usage(tested, project: Path) -> None:
    write(project, "tests/transforms/big.yaml", CASES.replace("id: 2,", "idd: 2,"))
    ended = tested()
    assert ended.code == 2
    assert ended.out == ""
    assert "tests/transforms/big.yaml:7:" in ended.err
    assert "did you mean 'id'?" in ended.err


def test_no_case_is_an_error_unless_it_is_meant(tested) -> None:
    assert (tested("nope").code, "case.none" in tested("nope").err) == (2, True)
    assert (tested("nope", "--allow-empty").code, tested("nope", "--allow-empty").out) == (0, "0 cases, 0 failed\n")
    assert tested("--select", "silver.b*").code == 0


def test_a_case_is_written_once_there_are_rows(tested, project: Path) -> None:
    ended = tested("--create", "silver.big")
    assert ended.code == 2
    assert "transform.input_missing" in ended.err
    write(project, "data/orders.csv", "id,who,amount\n1,Ann Smith,10\n2,Bob Jones,20\n")
    assert run(["--project-dir", str(project), "ingest"]) == 0
    ended = tested("--create", "big", "--key", "id=2", "--rows", "3", "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out[ended.out.index("{") :])
    assert told == {
        "file": "tests/transforms/silver_big.yaml",
        "given": {"bronze.orders": 1},
        "expected": 1,
        "left_out": [],
    }
    assert "Jones" not in (project / told["file"]).read_text("utf-8")
    assert tested().out.splitlines()[-1] == "3 cases, 0 failed"


@pytest.mark.parametrize(
    "arguments",
    [("--key", "id=1"), ("--rows", "3"), ("--create", "big", "x"), ("--create", "big", "--key", "secret")],
)
def test_options_that_do_not_go_together_are_usage(tested, arguments: tuple[str, ...]) -> None:
    ended = tested(*arguments)
    assert ended.code == 2
    assert "secret" not in ended.err


def test_transforms_and_cases_are_completed(project: Path) -> None:
    assert completed("lakekit test --create si", project) == ["silver.big"]
    assert completed("lakekit test --select si", project) == ["silver.big"]
    assert completed("lakekit test noth", project) == ["nothing comes of nothing"]
