"""Plugins as a stranger installs and begins them: in an environment of their own, from built distributions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = {
    "config/dev.yaml": """
lake: ./lake
sources:
  orders:
    adapter: {name}
    database: shop.db
    table: orders
    load_type: incremental
    watermark_column: id
""",
    "config/schema_definitions/orders.schema.json": """
{{"name": "orders", "keys": ["id"], "columns": [
  {{"name": "id", "type": "long"}}, {{"name": "city", "type": "string"}}
]}}
""",
}
FILL = """
import sqlite3, sys
connection = sqlite3.connect("shop.db")
connection.execute("CREATE TABLE IF NOT EXISTS orders (id, city)")
connection.executemany("INSERT INTO orders VALUES (?, ?)", [(int(n), "Ulm") for n in sys.argv[1:]])
connection.commit()
"""

Call = Callable[..., str]

pytestmark = pytest.mark.stranger


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has lakekit, built from the checkout, and nothing of this repository else."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "-q", f"{ROOT}[local]"], check=True)
    return programs


@pytest.fixture
def call(environment: Path, tmp_path: Path) -> Call:
    """Run a program of the environment in a folder below the test's; what it printed."""

    def called(program: str, *arguments: str, folder: str = ".") -> str:
        command = [environment / program, *arguments]
        done = subprocess.run(command, cwd=tmp_path / folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return called


def ingested(call: Call, folder: Path, name: str) -> None:
    """A project that names the plugin reads its rows into bronze, and later only those that are new."""
    for path, text in PROJECT.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text.format(name=name))
    for rows in (["1", "2", "3"], ["4"]):
        call("python", "-c", FILL, *rows)
        call("lakekit", "ingest")
    assert call("python", "-c", "import deltalake; print(deltalake.DeltaTable('lake/bronze/orders').count())") == "4\n"


def test_a_plugin_that_was_just_begun_works(call: Call, tmp_path: Path) -> None:
    told = call("lakekit", "plugin", "new", "acme")
    assert "cd lakekit-acme" in told
    call("python", "-m", "pip", "install", "-q", "-e", ".[test]", folder="lakekit-acme")
    assert "passed" in call("python", "-m", "pytest", folder="lakekit-acme")
    assert "source acme" in call("lakekit", "plugins")
    ingested(call, tmp_path, "acme")


def test_the_plugin_of_the_tutorial_works(call: Call, tmp_path: Path) -> None:
    source = ROOT / "plugins" / "lakekit_example"
    call("python", "-m", "pip", "install", "-q", f"{source}[test]")
    told = call("python", "-m", "pytest", "-p", "no:cacheprovider", str(source))
    assert "passed" in told
    assert "source example" in call("lakekit", "plugins")
    ingested(call, tmp_path, "example")
