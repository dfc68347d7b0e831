"""What Spark does otherwise, known and told in docs/engines.md; and what failures of it look like."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from sqlglot import exp

from lakekit.domain.errors import ConfigError, EngineError, UnsupportedCapability
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context, Port
from lakekit.ports.engine import Engine, Input
from lakekit.sql.canonical import as_text
from lakekit.sql.tree import column, table
from lakekit_spark.bucket import start_settings
from lakekit_spark.fence import fenced
from lakekit_spark.footer import read_footer
from lakekit_spark.health import jars, versions
from lakekit_spark.java import require_java, start_failed
from lakekit_spark.options import Options, read_options
from tests.spark import LACKS

Land = Callable[[str], str]


@pytest.fixture
def spark(engine: Engine) -> Engine:
    if "Spark" not in type(engine).__name__:
        pytest.skip("about Spark alone")
    return engine


def test_types_that_spark_lacks_are_refused(spark: Engine, land_typed: Land) -> None:
    with pytest.raises(EngineError) as caught:
        spark.columns(land_typed("SELECT INTERVAL 1 DAY AS x"))
    assert caught.value.code == "engine.unsupported_type"


def test_a_file_that_spark_would_skip_is_refused(spark: Engine, tmp_path: Path) -> None:
    file = tmp_path / "_hidden.parquet"
    pl.DataFrame({"a": ["x"]}).write_parquet(file)
    with pytest.raises(EngineError):
        spark.rows(exp.Select(expressions=[exp.Star()]).from_(table("t")), {"t": Input((str(file),))})


def test_every_float_has_a_text_that_reads_back(spark: Engine, tmp_path: Path) -> None:
    """Its digits are the shortest from Java 19 on."""
    told = [5e-324, 2e-44, 2.2250738585072014e-308, 1.7976931348623157e308, 2.0**-44]
    file = tmp_path / "floats.parquet"
    pl.DataFrame({"x": told}).write_parquet(file)
    query = exp.Select(expressions=[as_text(column("c0"), "double")]).from_(table("t"))
    found = spark.rows(query, {"t": Input((str(file),), positions=True)})
    texts = [str(text) for (text,) in found]
    assert [float(text) for text in texts] == told
    assert texts != [repr(x) for x in told] or _java() >= 19


def _java() -> int:
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    return int(said.split('"')[1].split(".")[0])


@pytest.mark.spark
@pytest.mark.skipif(bool(LACKS), reason=f"spark: {LACKS}")
def test_spark_leaves_nothing_where_it_is_started(tmp_path: Path) -> None:
    """In a process of its own: its folders are made once."""
    script = (
        "from lakekit_spark.options import Options\n"
        "from lakekit_spark.engine import SparkEngine\n"
        "from sqlglot import parse_one\n"
        "engine = SparkEngine(Options())\n"
        "print(engine.rows(parse_one('SELECT 1 AS a'), {}))\n"
        "engine.close()\n"
        "print(engine.rows(parse_one('SELECT 2 AS a'), {}))\n"
    )
    (temporary := tmp_path / "tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
    assert (done.stdout, done.stderr) == ("[(1,)]\n[(2,)]\n", "")
    assert list(tmp_path.iterdir()) == [temporary]
    # The place of this user stays, empty: others of their processes may be about to use it.
    assert list(temporary.glob("*lakekit*/*")) == []


def test_a_footer_tells_what_duckdb_tells(land_typed: Land) -> None:
    """Also of a file of many columns and row groups, whose footer has long lists."""
    file = land_typed("SELECT " + ", ".join(f"range + {i} AS c{i}" for i in range(40)) + " FROM range(300000)")
    told = duckdb.sql(f"SELECT path_in_schema, sum(row_group_num_rows) FROM parquet_metadata('{file}') GROUP BY 1")
    footer = read_footer(file)
    assert {c.name: footer.rows for c in footer.columns} == dict(told.fetchall())
    assert len(footer.chunks) > 1


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1PAR1", b"PAR1\x19\x05\x00\x00\x00PAR1", b"x" * 50])
def test_a_file_that_is_no_parquet_is_an_error_of_the_engine(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "x.parquet"
    file.write_bytes(data)
    with pytest.raises(EngineError):
        read_footer(file)


def test_without_java_the_error_says_what_to_install(tmp_path: Path) -> None:
    for environment in ({"PATH": str(tmp_path)}, {"JAVA_HOME": str(tmp_path), "PATH": "/usr/bin"}):
        with pytest.raises(EngineError) as caught:
            require_java(environment)
        assert caught.value.code == "engine.no_java"
        assert "17" in caught.value.next


@pytest.mark.spark
@pytest.mark.skipif(LACKS == "pyspark is not installed", reason=LACKS)
def test_a_java_that_is_too_old_is_named(tmp_path: Path) -> None:
    """In a process of its own, as one has one Java; its Java is a script that says what an old one says."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho java.lang.UnsupportedClassVersionError: 61.0 >&2\nexit 1\n")
    java.chmod(0o700)
    script = (
        "from lakekit.domain.errors import EngineError\n"
        "from lakekit_spark.options import Options\n"
        "from lakekit_spark.session import open_spark\n"
        "try:\n    open_spark(Options())\nexcept EngineError as error:\n    print(error.code)\n"
    )
    environment = {"JAVA_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert (done.stdout, done.stderr) == ("engine.wrong_java\n", "")


def test_what_java_said_is_not_shown() -> None:
    assert "hunter2" not in "".join(start_failed("spark.password=hunter2").lines())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "engine.disk_full"),
        (OSError(errno.EIO, "Input/output error"), "engine.failed"),
        (ConnectionRefusedError(), "engine.connection_lost"),
    ],
)
def test_failures_of_the_system_have_codes_of_their_own(error: Exception, code: str) -> None:
    with pytest.raises(EngineError) as caught, fenced("writing rows"):
        raise error
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("port", "name", "lake", "code"),
    [
        (Port.ENGINE, "spark", "gs://bucket/lake", "engine.lake_not_s3"),
        (Port.RUNTIME, "spark", "gs://bucket/lake", "engine.lake_not_s3"),
        (Port.RUNTIME, "sail", "gs://bucket/lake", "engine.lake_not_s3"),
    ],
)
def test_a_lake_that_cannot_be_read_is_refused_before_anything_runs(
    port: Port, name: str, lake: str, code: str, tmp_path: Path
) -> None:
    context = Context(tmp_path, lake, tmp_path / "private")
    with pytest.raises(UnsupportedCapability) as caught:
        load_plugins().adapter(port, name).factory(context)
    assert caught.value.code == code


class TestJars:
    """Of hadoop-aws, for a Spark that lakekit starts."""

    @pytest.fixture
    def fetched(self, tmp_path: Path) -> Path:
        for name in ("org.apache.hadoop_hadoop-aws-3.5.0", "software.amazon.awssdk_bundle-2.35.4"):
            (tmp_path / f"{name}.jar").touch()
        (tmp_path / "software.amazon.s3.analyticsaccelerator_analyticsaccelerator-s3-1.3.1.jar").touch()
        return tmp_path

    def test_without_any_spark_is_asked_to_fetch_them(self, tmp_path: Path) -> None:
        told = start_settings({}, tmp_path, tmp_path, local=True)
        assert told["spark.jars.packages"] == "org.apache.hadoop:hadoop-aws:3.5.0"

    @pytest.mark.parametrize(("local", "name"), [(True, "spark.driver.extraClassPath"), (False, "spark.jars")])
    def test_those_that_were_fetched_are_not_asked_for_again(self, fetched: Path, local: bool, name: str) -> None:
        told = start_settings({}, fetched / "none", fetched, local=local)
        assert told[name].count(str(fetched)) == 3
        assert "spark.jars.packages" not in told

    @pytest.mark.parametrize("name", ["spark.jars", "spark.jars.packages", "spark.driver.extraClassPath"])
    def test_those_that_the_settings_name_are_the_only_ones(self, fetched: Path, name: str) -> None:
        assert not any(
            "jars" in told or "Path" in told for told in start_settings({name: "x"}, fetched, fetched, local=True)
        )

    def test_those_of_spark_itself_are_enough(self, fetched: Path) -> None:
        (fetched / "hadoop-aws-3.5.0.jar").touch()
        told = start_settings({}, fetched, fetched, local=True)
        assert list(told.values()) == ["software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider"]

    def test_doctor_tells_where_they_are_and_which_go_together(self, fetched: Path) -> None:
        assert jars(fetched / "none", fetched).ok
        assert "missing" in jars(fetched / "none", fetched / "none").detail
        (fetched / "hadoop-aws-3.3.4.jar").touch()
        assert (jars(fetched, fetched).ok, "hadoop-aws 3.5.0" in jars(fetched, fetched).next) == (False, True)

    @pytest.mark.parametrize(
        ("pyspark", "java", "ok"), [("4.2.0", 17, True), ("4.2.0", 11, False), ("4.3.0", 21, False)]
    )
    def test_doctor_names_the_pairs_that_work(self, pyspark: str, java: int, ok: bool) -> None:
        found = versions(pyspark, java)
        assert (found.ok, "Java 17 or 21" in found.next) == (ok, not ok)


class TestOptions:
    def test_options_are_taken_as_told(self) -> None:
        told = {"memory": "1GiB", "threads": 3, "conf": {"spark.yarn.queue": "x", "spark.eventLog.enabled": False}}
        conf = {"spark.yarn.queue": "x", "spark.eventLog.enabled": "false"}
        assert read_options(told) == Options(1024, 3, conf=conf)

    @pytest.mark.parametrize(
        "options",
        [
            {"memory": "100MB"},
            {"memory": 5},
            {"threads": 0},
            {"threads": True},
            {"master": "hunter2"},
            {"remote": "hunter2://x"},
            {"master": "yarn", "remote": "sc://x"},
            {"conf": ["a"]},
            {"conf": {"spark.hadoop.fs.s3a.secret.key": "hunter2"}},
            {"conf": {"spark.hadoop.fs.s3a.bucket.lake.session.token": "hunter2"}},
            {"treads": 1},
        ],
    )
    def test_options_that_mean_nothing_are_refused(self, options: dict[str, object]) -> None:
        with pytest.raises(ConfigError) as caught:
            read_options(options)
        assert "hunter2" not in "".join(caught.value.lines())
