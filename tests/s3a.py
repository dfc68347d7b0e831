"""hadoop-aws, with which Spark reads buckets, for the servers that a test starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.clusters import environment

FETCH = """\
from pyspark.sql import SparkSession
from lakekit_spark.bucket import PACKAGE
made = SparkSession.builder.master("local[1]").config("spark.jars.packages", PACKAGE)
made.config("spark.ui.enabled", "false").getOrCreate().stop()
"""


def on_class_path(folder: Path) -> str:
    """The jars, fetched once for all who use this machine as this user does."""
    from lakekit_spark.bucket import fetched_jars, hadoop_aws

    place = fetched_jars({})
    if not hadoop_aws(place):
        command = [sys.executable, "-c", FETCH]
        done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
        assert hadoop_aws(place), done.stderr[-2000:]
    return ":".join(map(str, hadoop_aws(place)))
