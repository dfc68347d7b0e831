"""Where a run can be killed, and what must be true after it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.faults.made import Made, discard


def places(record: Path) -> list[str]:
    """Before and after each port call that a run has recorded."""
    calls = record.read_text().splitlines()
    return [f"kill:{moment}:{number}" for number, _ in enumerate(calls, 1) for moment in ("before", "after")]


def sweep(start: Made, expected: Made, folder: Path, faults: Sequence[Sequence[str]]) -> None:
    """Killed at each of several places, one run after another, the next run leaves what is expected."""
    for several in faults:
        made = start.copied(folder / "p")
        for fault in several:
            ended = made.run(fault=fault)
            assert ended.killed or (ended.done and len(several) > 1), (several, ended)
        ended = made.run()
        assert ended.done, (several, ended)
        assert made.state() == expected.state(), several
        assert not made.left(), several
        discard(made)
