"""Distributions as strangers install them, and a fresh interpreter that finds them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PRELUDE = """
import json, sys
from pathlib import Path
from lakekit.domain.errors import LakekitError, PluginError
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port

def error(call):
    try:
        call()
    except LakekitError as raised:
        return [raised.code, *raised.lines()]
    raise AssertionError("nothing was raised")

def context(**options):
    return Context(Path("."), "/lake", Path("private"), options)

plugins = load_plugins({reserved!r})
problems = {{(p.plugin, p.distribution): p.reason for p in plugins.problems()}}
told = {{}}
"""

Install = Callable[..., None]
Ask = Callable[..., Any]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Install a distribution: one module for its code, and the metadata that pip would write.

    Its one entry point has the distribution's name, or `plugin`, and names the module, or `value`.
    """

    def installed(
        name: str, code: str, *, plugin: str | None = None, value: str | None = None, version: str = "1.2.3"
    ) -> None:
        module = f"{name.replace('-', '_')}_module"
        info = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code), "utf-8")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[lakekit]\n{plugin or name} = {value or module}\n", "utf-8")

    return installed


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Run a script in a new interpreter that has the installed distributions; what it puts into `told`.

    The script finds `plugins` (loaded), `problems` by plugin and distribution, `error(call)` for the code and
    the lines of an error, and `context(**options)`.
    """

    def asked(script: str, reserved: tuple[str, ...] = ()) -> Any:
        source = PRELUDE.format(reserved=reserved) + textwrap.dedent(script) + "\nprint('\\n' + json.dumps(told))\n"
        done = subprocess.run(
            [sys.executable, "-P", "-c", source],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return asked


GOOD = """
from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Port, Provider

@hookimpl
def lakekit_providers():
    return [Provider(Port.SOURCE, "good", lambda context: f"good at {context.lake}")]
"""


@pytest.fixture
def good(install: Install) -> None:
    """A sound plugin, to see that others leave it alone."""
    install("good-plugin", GOOD)
