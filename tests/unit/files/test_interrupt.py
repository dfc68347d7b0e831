"""Ctrl-C while DuckDB reads."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from lakekit_files.database import Database

ENDLESS = "SELECT count(*) FROM range(1000000000) AS a, range(1000000) AS b WHERE a.range % 7 = b.range % 5"


def test_an_interrupt_while_a_file_is_read_is_one(tmp_path: Path) -> None:
    query = parse_one(ENDLESS, dialect="duckdb")
    assert isinstance(query, exp.Query)
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    with Database(tmp_path) as database:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            database.copy(query, tmp_path / "target.parquet")
