"""Progress bars."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from lakekit.cli.progress import bars
from lakekit.domain.events import STEPS
from lakekit.domain.report import Ending


def shown(ending: Ending, *steps: str) -> str:
    """The last drawing of one dataset's bar after these steps."""
    text = StringIO()
    with bars(Console(file=text, force_terminal=True, color_system=None, width=80)) as reporter:
        for step in steps:
            reporter.step("bronze.orders", step)
        reporter.done("bronze.orders", ending)
    return next(line for line in reversed(text.getvalue().splitlines()) if "bronze.orders" in line)


@pytest.mark.parametrize(
    ("ending", "steps", "told"),
    [
        (Ending.PUBLISHED, STEPS, "published"),
        (Ending.NOTHING_NEW, STEPS[:1], "nothing new"),
        (Ending.HELD, STEPS[:4], "held"),
        (Ending.FAILED, STEPS[:2], "failed at extract"),
        (Ending.FAILED, (), "failed at open"),
    ],
)
def test_a_bar_ends_with_how_the_batch_ended(ending: Ending, steps: tuple[str, ...], told: str) -> None:
    assert told in shown(ending, *steps)
