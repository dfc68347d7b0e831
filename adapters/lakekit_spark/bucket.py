"""How Spark reaches a bucket: its file system for S3 (S3A, in hadoop-aws), pointed at where the lake's storage is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lakekit.ports.storage import ObjectStorage

HADOOP = "3.5.0"
"""Of pyspark 4.2. hadoop-aws has to be of the same version."""

PACKAGE = f"org.apache.hadoop:hadoop-aws:{HADOOP}"
SETTING = "spark.hadoop.fs.s3a."
"""What names begin with that are settings of S3A."""

_FETCHED = (
    f"org.apache.hadoop_hadoop-aws-{HADOOP}.jar",
    "software.amazon.awssdk_bundle-2.35.4.jar",
    "software.amazon.s3.analyticsaccelerator_analyticsaccelerator-s3-1.3.1.jar",
)
"""As Spark names what it fetched for PACKAGE, but for what S3A does without."""

_CHAIN = "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider"
_NAMED = ("spark.jars", "spark.jars.packages", "spark.driver.extraClassPath")


def session_settings(storage: ObjectStorage) -> dict[str, str]:
    """For a session of lakekit's own: where the bucket is, and no credentials. Spark finds those itself."""
    told = storage.options()
    endpoint = told.get("AWS_ENDPOINT_URL")
    settings = {"fs.s3a.endpoint.region": told["AWS_REGION"]}
    if endpoint:
        plain = endpoint.startswith("http://")
        settings |= {
            "fs.s3a.endpoint": endpoint,
            "fs.s3a.path.style.access": "true",
            "fs.s3a.connection.ssl.enabled": str(not plain).lower(),
        }
    return settings


def start_settings(conf: Mapping[str, str], jars: Path, fetched: Path, *, local: bool) -> dict[str, str]:
    """For a Spark that lakekit starts: the usual AWS chain, single sign-on and profiles included, and where its jars
    come from if `conf` names none and its own folder `jars` has none. `fetched` is the folder where Spark keeps those
    that it fetched once; as they are named one by one then, nobody is asked for them again."""
    provider = {f"{SETTING}aws.credentials.provider": _CHAIN}
    if any(name in conf for name in _NAMED) or any(jars.glob("hadoop-aws-*.jar")):
        return provider
    there = hadoop_aws(fetched)
    if not there:
        return {**provider, "spark.jars.packages": PACKAGE}
    if local:
        # Read where they are: named as `spark.jars`, all 700 MB of them would be copied at each start.
        return {**provider, "spark.driver.extraClassPath": ":".join(map(str, there))}
    return {**provider, "spark.jars": ",".join(map(str, there))}


def hadoop_aws(fetched: Path) -> tuple[Path, ...]:
    """The jars of PACKAGE among those that Spark fetched; none unless all are there."""
    there = tuple(fetched / name for name in _FETCHED)
    return there if all(jar.is_file() for jar in there) else ()


def fetched_jars(conf: Mapping[str, str]) -> Path:
    """Where Spark keeps the jars that it fetched."""
    return Path(conf.get("spark.jars.ivy", Path.home() / ".ivy2.5.2")) / "jars"
