"""Ctrl-C while DuckDB reads."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from lakekit_files.database import Database
from lakekit_files.dialect import Dialect
from lakekit_files.queries import csv_reader, text_rows


def test_an_interrupt_while_a_file_is_read_is_one(tmp_path: Path) -> None:
    """Also where the file is read before it comes: then the wait is interrupted."""
    (tmp_path / "a.csv").write_bytes(b"a,b\n" + b"1,a value of some length that takes time to be read\n" * 1_000_000)
    timer = threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
    with Database(tmp_path) as database, (tmp_path / "a.csv").open("rb") as file:
        query = text_rows(csv_reader(file, 2, Dialect(), header=True, parallel=True), ("a", "b"), None)
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # the signal comes when it comes
            timer.start()
            database.copy(query, tmp_path / "target.parquet")
            threading.Event().wait(20)
