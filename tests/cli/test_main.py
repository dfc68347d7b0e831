"""Every ending of a command line: its exit code, and where its lines go."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from lakekit import __version__
from lakekit.domain.errors import (
    ConfigError,
    EngineError,
    GateError,
    LakekitError,
    LeaseError,
    PluginError,
    SourceError,
    StateError,
    TableError,
)

CALL = [sys.executable, "-c", "from lakekit.cli.main import main; main()"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ConfigError, 2),
        (PluginError, 2),
        (GateError, 3),
        (LeaseError, 4),
        (SourceError, 1),
        (EngineError, 1),
        (TableError, 1),
        (StateError, 1),
    ],
)
def test_an_error_ends_with_its_code_and_its_lines_on_stderr(lakekit, fake, kind, code) -> None:
    error = kind("area.problem", "it broke", where="config/dev.yaml:3:5", why="because", next="do this")
    ended = lakekit("status", app=fake(failure=error))
    assert ended.code == code
    assert ended.out == ""
    assert ended.err.splitlines() == [
        "area.problem: it broke",
        "  where: config/dev.yaml:3:5",
        "  why: because",
        "  next: do this",
    ]


def test_an_error_shows_its_traceback_only_when_asked(lakekit, fake) -> None:
    failing = fake(failure=LakekitError("area.problem", "it broke"))
    assert "Traceback" not in lakekit("status", app=failing).err
    assert "Traceback" in lakekit("--debug", "status", app=failing).err


def test_an_unforeseen_error_is_told_by_kind_and_place_without_its_text(lakekit, fake) -> None:
    failing = fake(failure=KeyError("maria@example.org"))
    ended = lakekit("status", app=failing)
    assert ended.code == 1
    assert ended.err.startswith("internal.error: KeyError")
    assert "where: status.py:" in ended.err
    assert "--debug" in ended.err
    assert "maria" not in ended.err
    assert len(ended.err.splitlines()) <= 5
    assert "maria@example.org" in lakekit("--debug", "status", app=failing).err


def test_an_interrupted_run_says_that_a_rerun_goes_on(lakekit, fake) -> None:
    ended = lakekit("ingest", app=fake(failure=KeyboardInterrupt()))
    assert ended.code == 130
    assert "goes on" in ended.err.splitlines()[-1]
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("failure", [None, LakekitError("area.problem", "it broke"), KeyboardInterrupt()])
def test_the_application_is_closed_however_a_command_ends(lakekit, fake, failure) -> None:
    app = fake(failure=failure)
    lakekit("status", app=app)
    assert app.closed


def test_global_options_choose_the_project_and_its_environment(lakekit, fake, tmp_path: Path) -> None:
    app = fake()
    lakekit("--project-dir", str(tmp_path), "--env", "prod", "status", app=app)
    lakekit("status", app=app)
    assert [asked for asked in app.asked if len(asked) == 2] == [(tmp_path, "prod"), (Path(), None)]


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], ["status", "extra"], []])
def test_a_wrong_command_line_is_a_usage_error(lakekit, arguments: list[str]) -> None:
    ended = lakekit(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert "Usage: lakekit" in ended.err


def test_version_is_the_one_of_the_package(lakekit) -> None:
    ended = lakekit("--version")
    assert (ended.code, ended.out) == (0, f"lakekit, version {__version__}\n")


def test_without_a_project_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    done = subprocess.run([*CALL, "status"], check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "lakekit init" in done.stderr


def test_help_loads_nothing_that_it_does_not_need() -> None:
    script = "import sys; from lakekit.cli.main import run; run(['--help']); print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    loaded = {line.partition(".")[0] for line in done.stdout.splitlines()}
    assert "click" in loaded
    assert (
        loaded
        & {
            "rich",
            "sqlglot",
            "yaml",
            "cattrs",
            "duckdb",
            "deltalake",
            "pyarrow",
            "lakekit_duckdb",
        }
        == set()
    )


def test_a_reader_that_leaves_early_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*CALL, "--help"], check=False, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colours_unless_they_are_not_wanted(variables: dict[str, str], coloured: bool) -> None:
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    ours, theirs = pty.openpty()
    subprocess.run([*CALL, "plugins"], check=False, stdout=theirs, stderr=theirs, env={**env, **variables})
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # EIO, when all is read
        while data := os.read(ours, 4096):
            shown += data
    os.close(ours)
    assert b"distribution" in shown
    assert (b"\x1b[" in shown) == coloured


def test_a_plugin_adds_a_command_and_cannot_take_one_of_ours(tmp_path: Path) -> None:
    (tmp_path / "strange.py").write_text(
        "import click\n"
        "from lakekit.plugin.hookspecs import hookimpl\n"
        "@hookimpl\n"
        "def lakekit_commands():\n"
        "    return [click.Command('greet', callback=lambda: click.echo('good day')),\n"
        "            click.Command('status', callback=lambda: click.echo('not mine'))]\n"
    )
    info = tmp_path / "strange-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strange\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[lakekit]\nstrange = strange\n")
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*CALL, *arguments], check=False, cwd=tmp_path, env=env, capture_output=True, text=True)

    assert call("greet").stdout == "good day\n"
    assert "greet" in call("--help").stdout
    assert "not mine" not in call("status").stdout
    listed = {plugin["plugin"]: plugin for plugin in json.loads(call("plugins", "--json").stdout)["plugins"]}
    assert "status" in listed["strange"]["problem"]
