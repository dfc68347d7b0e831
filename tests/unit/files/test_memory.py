"""Memory does not grow with the file, whatever is in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LAND = """
import resource, sys
from pathlib import Path
from lakekit.domain.batch import Mode
from lakekit.domain.contract import Contract
from lakekit_files.options import read_options
from lakekit_files.origin import Disk
from lakekit_files.source import FileSource

file, folder = map(Path, sys.argv[1:])
source = FileSource(Disk(file.parent), read_options({"path": file.name}))
parts = source.extract(Contract("x", ()), None, source.bounds(Mode.FULL, None, None, frozenset()), folder)
print(sum(part.rows for part in parts), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
KINDS: dict[str, Callable[[int], bytes]] = {
    "clean": lambda i: b"%d,%d,%d,a text of some length that is like no other %d\n" % (i, i * 7, i * 13, i * 17),
    "of several lines": lambda i: b'%d,%d,"%d\n%d",a text of some length that is like no other\n' % (i, i, i, i),
    "malformed": lambda i: b"%d;%d;%d;a text of some length that is like no other %d\n" % (i, i * 7, i * 13, i * 17),
    "wide": lambda i: b"%d,%d,%d,%s\n" % (i, i, i, os.urandom(10_000).hex().encode()),
}


def peak(folder: Path, kind: str, rows: int) -> int:
    """The memory that landing so many rows takes at most, in KiB."""
    file, landing = folder / f"{rows}.csv", folder / f"landing-{rows}"
    landing.mkdir()
    with file.open("wb") as target:
        target.write(b"a,b,c,d\n")
        target.writelines(map(KINDS[kind], range(rows)))
    command = [sys.executable, "-c", LAND, str(file), str(landing)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert int(told[0]) == rows
    return int(told[1])


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="units of ru_maxrss")
@pytest.mark.parametrize("kind", ["clean", "of several lines", "malformed"])
def test_memory_stays_within_its_limit(tmp_path: Path, kind: str) -> None:
    """What DuckDB is granted, and a quarter of a GiB for Python, DuckDB itself and a record's bytes."""
    assert peak(tmp_path, kind, 4_000_000) * 1024 <= 512_000_000 + 2**28


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="units of ru_maxrss")
def test_wide_rows_take_no_more_memory(tmp_path: Path) -> None:
    """20 kB each: row groups of the usual number of rows would be 2.5 GB."""
    assert peak(tmp_path, "wide", 20_000) * 1024 <= 512_000_000 + 2**28
