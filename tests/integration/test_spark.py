"""One line of the settings moves a project to Spark, wherever that runs, and its tables are the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import frozen

from lakekit.app.telemetry import Silent
from lakekit.compose import application
from lakekit.demo.files import deliver
from lakekit.demo.retail import Sizes, retail
from lakekit.demo.scaffold import DATA, project_files, write_project
from tests.clusters import DRIVER, Server, environment, spark_home
from tests.spark import CONNECT, LOCAL, STANDALONE
from tests.tables import content

SIZES = Sizes(customers=(60, 5), products=(30, 4), orders=(300, 120), events=(300, 120))
SEED = 7
PLAIN = "delta: {cluster_by: [customer_id, ordered_at]}"
SPLIT = "delta: {partition_by: [currency], constraints: true}"
DATASETS = ("orders", "customers", "products", "behavior")

SUBMITTED = """\
import sys
from pathlib import Path
from pyspark.sql import SparkSession
from lakekit.app.telemetry import Silent
from lakekit.compose import application

theirs = SparkSession.builder.appName("theirs").getOrCreate()
theirs.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
theirs.range(3).createTempView("mine")
with application(Path(sys.argv[1]), None, Silent()) as app:
    report = app.ingest()
print(report.exit_code, theirs.conf.get("spark.sql.session.timeZone"), theirs.table("mine").count())
print([t.name for t in theirs.catalog.listTables()], theirs.sparkContext.appName, theirs.sparkContext.master)
"""


@frozen
class Two:
    """A project on the embedded engine, and the same one moved."""

    embedded: Path
    moved: Path


def begun(folder: Path, engine: str) -> Path:
    """The reference project with a table that is split, on another engine by one line."""
    files = project_files()
    assert files["config/dev.yaml"].count("engine: embedded") == 1
    moved = files["config/dev.yaml"].replace("engine: embedded", f"engine: {engine}")
    assert moved.count(PLAIN) == 1
    write_project(folder, {**files, "config/dev.yaml": moved.replace(PLAIN, SPLIT)})
    return folder


def ingested(two: Two) -> Two:
    """Two days of the reference project's data."""
    for day in retail(SEED, SIZES):
        with application(two.embedded, None, Silent()) as app:
            for delivery in day.deliveries:
                for root in (two.embedded, two.moved):
                    deliver(delivery, root / DATA, app.tools.engine)
        for root in (two.embedded, two.moved):
            with application(root, None, Silent()) as app:
                report = app.ingest()
                assert report.exit_code == 0, report
    return two


def options(kind: str, request: pytest.FixtureRequest) -> dict[str, object]:
    """The engine's line for a Spark that runs there."""
    if kind == "local":
        return {"name": "spark", "memory": "1GB", "threads": 2}
    server: Server = request.getfixturevalue(kind)
    if kind == "connect":
        return {"name": "spark", "remote": server.address}
    return {"name": "spark", "memory": "600MB", "master": server.address, "conf": DRIVER}


KINDS = (
    pytest.param("local", marks=LOCAL),
    pytest.param("standalone", marks=STANDALONE),
    pytest.param("connect", marks=CONNECT),
)


@pytest.fixture(scope="module", params=KINDS)
def projects(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Two:
    line = json.dumps(options(request.param, request))  # which is YAML
    return ingested(Two(*(begun(tmp_path_factory.mktemp("project"), engine) for engine in ("embedded", line))))


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("place", ["bronze/{}", "_errors/bronze/{}"])
def test_tables_are_equal_row_by_row(projects: Two, dataset: str, place: str) -> None:
    embedded, moved = (content(root / "lake" / place.format(dataset)) for root in (projects.embedded, projects.moved))
    assert embedded.rows
    assert moved == embedded


@pytest.mark.parametrize("look", [lambda app: app.quarantine_summary(), lambda app: [len(app.status())]])
def test_reports_are_equal(projects: Two, look: Callable[..., object]) -> None:
    told = []
    for root in (projects.embedded, projects.moved):
        with application(root, None, Silent()) as app:
            told.append(look(app))
    assert told[0] == told[1]


@pytest.mark.parametrize("kind", KINDS[:2])
def test_under_spark_submit_the_session_that_is_there_is_used_and_left_as_it_was(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    projects = Two(begun(tmp_path / "embedded", "embedded"), begun(tmp_path / "moved", "spark"))
    day = next(iter(retail(SEED, SIZES)))
    with application(projects.embedded, None, Silent()) as app:
        for delivery in day.deliveries:
            for root in (projects.embedded, projects.moved):
                deliver(delivery, root / DATA, app.tools.engine)
        assert app.ingest().exit_code == 0
    (script := tmp_path / "job.py").write_text(SUBMITTED)
    master = request.getfixturevalue(kind).address if kind == "standalone" else "local[2]"
    conf = {**DRIVER, "spark.driver.memory": "600m", "spark.ui.enabled": "false", "spark.local.dir": str(tmp_path)}
    told = [word for name, value in conf.items() for word in ("--conf", f"{name}={value}")]
    command = [spark_home() / "bin" / "spark-submit", "--master", master, *told, script, projects.moved]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=environment(PYSPARK_PYTHON=sys.executable),
        cwd=tmp_path,
        check=False,
    )
    assert done.stdout.splitlines() == ["0 Asia/Tokyo 3", f"['mine'] theirs {master}"], done.stderr[-4000:]
    for dataset in DATASETS:
        tables = [content(root / "lake" / "bronze" / dataset) for root in (projects.embedded, projects.moved)]
        assert tables[0] == tables[1]
