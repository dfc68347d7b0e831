"""`lakekit doctor` finds what would stop a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.domain.report import Finding
from tests.integration.projects import Project
from tests.spark import LACKS


def findings(project: Project) -> dict[str, Finding]:
    with application(project.root, None, Silent()) as app:
        return {finding.name: finding for finding in app.doctor()}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.settings(load_type="full")
    project.contract()
    return project


def use(project: Project, engine: str) -> None:
    file = project.root / "config" / "dev.yaml"
    file.write_text(f"engine: {engine}\n{file.read_text()}")


def test_a_project_that_can_run_has_nothing_to_mend(project: Project) -> None:
    found = findings(project)
    assert [f for f in found.values() if not f.ok] == []
    assert found["engine"].detail == "answers"


@pytest.mark.spark
@pytest.mark.skipif(LACKS == "pyspark is not installed", reason=LACKS)
def test_an_engine_without_its_java_is_told_with_what_to_install(project: Project, tmp_path: Path) -> None:
    """In a process of its own: this one may have a Java already."""
    use(project, "spark")
    command = [sys.executable, "-m", "lakekit", "--project-dir", str(project.root), "doctor", "--json"]
    environment = {**os.environ, "JAVA_HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    (engine,) = (f for f in json.loads(done.stdout)["findings"] if f["name"] == "engine")
    assert not engine["ok"]
    assert engine["detail"].startswith("engine.no_java")
    assert "17" in engine["next"]
