"""Whether Spark can run here: it needs a large Python package, and Java. Not everyone who changes lakekit has both."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

LACKS = (
    "pyspark is not installed"
    if find_spec("pyspark") is None
    else "there is no Java"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ
    else ""
)
"""What is missing; empty when nothing is."""
