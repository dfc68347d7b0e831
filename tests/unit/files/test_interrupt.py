"""Ctrl-C while DuckDB reads."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lakekit_files.database import Database
from lakekit_files.dialect import Dialect
from lakekit_files.queries import csv_reader, text_rows


@pytest.fixture
def listening() -> Iterator[None]:
    """Also where a shell started the tests in the background, whose children ignore interrupts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_while_a_file_is_read_is_one(listening: None, tmp_path: Path) -> None:
    """Wherever in the work it comes: as soon as there is something to tell of, in whichever of the reads that is."""
    (tmp_path / "a.csv").write_bytes(b"a,b\n" + b"1,a value of some length that takes time to be read\n" * 1_000_000)
    sent = threading.Event()

    def interrupt(_: float) -> None:
        if not sent.is_set():
            sent.set()
            os.kill(os.getpid(), signal.SIGINT)

    with Database(tmp_path) as database, (tmp_path / "a.csv").open("rb") as file:
        query = text_rows(csv_reader(file, 2, Dialect(), header=True, parallel=True), ("a", "b"), None)
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # the signal comes when it comes
            while not sent.is_set():
                database.copy(query, tmp_path / "target.parquet", tell=interrupt)
    assert sent.is_set()
