"""How far a run is, for a person who looks on: a bar per dataset on stderr, if that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lakekit.domain.events import STEPS
from lakekit.domain.report import Ending

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from lakekit.ports.telemetry import Reporter


class Bars:
    """A bar per dataset, as long as the steps of a batch; one that ends early leaves it where it stood."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._steps: dict[str, str] = {}

    def step(self, dataset: str, step: str) -> None:
        self._steps[dataset] = step
        self._progress.update(self._task(dataset), completed=STEPS.index(step), step=step)

    def done(self, dataset: str, ending: Ending) -> None:
        task, told = self._task(dataset), ending.value.replace("_", " ")
        if ending is Ending.FAILED:
            self._progress.update(task, step=f"failed at {self._steps.get(dataset, STEPS[0])}")
        elif ending is Ending.HELD:
            self._progress.update(task, step=told)
        else:
            self._progress.update(task, completed=len(STEPS), step=told)
        self._progress.stop_task(task)

    def _task(self, dataset: str) -> TaskID:
        if dataset not in self._tasks:
            self._tasks[dataset] = self._progress.add_task(dataset, total=len(STEPS), step="")
        return self._tasks[dataset]


@contextmanager
def progress() -> Iterator[Reporter]:
    """The reporter that suits stderr: bars on a terminal, silence elsewhere."""
    if not sys.stderr.isatty():
        from lakekit.app.telemetry import Silent

        yield Silent()
        return
    from rich.console import Console

    with bars(Console(stderr=True)) as reporter:
        yield reporter


@contextmanager
def bars(console: Console) -> Iterator[Bars]:
    """Bars on `console`, drawn until the block ends and then left standing."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        TextColumn("{task.fields[step]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as shown:
        yield Bars(shown)
