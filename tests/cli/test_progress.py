"""Progress bars."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from lakekit.cli.progress import bars
from lakekit.domain.events import STEPS


def shown(*steps: str) -> str:
    """The last drawing of one dataset's bar after these steps."""
    text = StringIO()
    with bars(Console(file=text, force_terminal=True, color_system=None, width=80)) as reporter:
        for step in steps:
            reporter.step("bronze.orders", step)
        reporter.done("bronze.orders")
    return next(line for line in reversed(text.getvalue().splitlines()) if "bronze.orders" in line)


def test_a_batch_that_reached_its_last_step_is_done() -> None:
    assert "done" in shown(*STEPS)


def test_a_batch_that_ended_early_shows_where() -> None:
    line = shown(*STEPS[:4])
    assert "ended at audit" in line
    assert "done" not in line


def test_a_dataset_that_never_began_is_shown_as_ended() -> None:
    assert "ended" in shown()
