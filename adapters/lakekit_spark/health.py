"""What can be wrong with Spark on a machine, found without starting it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lakekit.domain.report import Finding
from lakekit_spark.bucket import HADOOP, fetched_jars, hadoop_aws
from lakekit_spark.session import spark_jars

PAIRS = f"pyspark 4.2.0, Java 17 or 21, and for buckets hadoop-aws {HADOOP}"
"""What was seen to work together."""


def about_spark() -> Iterator[Finding]:
    """Which pyspark, Java and hadoop-aws there are, and whether they go together."""
    yield versions(_version("pyspark"), java(os.environ))
    yield jars(spark_jars(), fetched_jars({}))


def versions(pyspark: str | None, java: int | None) -> Finding:
    """`java` is its major version, None where there is none or none that tells."""
    told = f"pyspark {pyspark or 'of another distribution'}, {f'Java {java}' if java else 'no Java that tells which'}"
    fits = (pyspark or "4.2.").startswith("4.2.") and (java is None or java >= 17)
    return Finding("spark versions", fits, told, "" if fits else f"these work together: {PAIRS}")


def jars(own: Path, fetched: Path) -> Finding:
    """Where hadoop-aws comes from for a lake in a bucket, when lakekit starts Spark and `conf` names no jars."""
    if found := next(own.glob("hadoop-aws-*.jar"), None):
        fits = found.name == f"hadoop-aws-{HADOOP}.jar"
        hint = "" if fits else f"put hadoop-aws {HADOOP} there: {PAIRS}"
        return Finding("spark for buckets", fits, f"{found.name} in {own}", hint)
    if hadoop_aws(fetched):
        return Finding("spark for buckets", True, f"hadoop-aws {HADOOP} in {fetched}")
    told = f"hadoop-aws {HADOOP} is missing: the first run on a bucket fetches it, 700 MB from Maven Central"
    return Finding("spark for buckets", True, told)


def java(environment: Mapping[str, str]) -> int | None:
    """The major version of the Java that Spark would start, as the file `release` beside it says."""
    found = environment.get("JAVA_HOME") or ""
    if not found:
        program = shutil.which("java", path=environment.get("PATH"))
        found = str(Path(program).resolve().parent.parent) if program else ""
    try:
        told = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', Path(found, "release").read_text("utf-8", "replace"))
    except OSError:
        return None
    return int(told[1]) if told else None


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
