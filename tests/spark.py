"""Whether Spark can run here: it needs a large Python package, and Java. Not everyone who changes lakekit has both."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

import pytest

LACKS = (
    "pyspark is not installed"
    if find_spec("pyspark") is None
    else "there is no Java"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ
    else ""
)
"""What is missing; empty when nothing is."""

_NO_CONNECT = LACKS or ("" if find_spec("grpc") and find_spec("pandas") else "pyspark[connect] is not installed")

ON_S3 = [pytest.mark.spark_s3, pytest.mark.skipif(bool(_NO_CONNECT), reason=f"spark: {_NO_CONNECT}")]
LOCAL = [pytest.mark.spark, pytest.mark.skipif(bool(LACKS), reason=f"spark: {LACKS}")]
STANDALONE = [pytest.mark.standalone, pytest.mark.skipif(bool(LACKS), reason=f"spark: {LACKS}")]
CONNECT = [pytest.mark.connect, pytest.mark.skipif(bool(_NO_CONNECT), reason=f"spark: {_NO_CONNECT}")]
"""Marks by what runs. A process has one Spark, classic or behind Connect: `nox -s conformance` has a run for each."""
