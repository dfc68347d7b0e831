"""What `init`, `demo` and `plugin new` tell of what they made, as lines."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from attrs import frozen

from lakekit.cli import builds
from lakekit.cli.grid import fitting, grid
from lakekit.cli.render import BOOKS, BOOKS_SHORT, amounts
from lakekit.cli.words import bare, number, visible
from lakekit.demo import star
from lakekit.demo.retail import Day
from lakekit.demo.silver import DATASET, Glance
from lakekit.domain.report import BatchReport, BuildReport, RunReport

TOP_REASONS = 5
NOT_BUILT = "silver and gold: pip install '.[sail]' && pip install ./plugins/lakekit_retail"


@frozen
class Programs:
    """How to call lakekit and its Python from the project's folder."""

    lakekit: str = "lakekit"
    python: str = "python"


@frozen
class Lakehouse:
    """The builds of silver and gold, and a glance at what they made."""

    builds: tuple[BuildReport, ...]
    glance: Glance
    revenue: tuple[star.Revenue, ...]


def called(script: str, on_path: str | None) -> str:
    """How to call `script` from any folder: by its bare name where that, found at `on_path`, is the same file."""
    bare_name = Path(script).name
    same = on_path is not None and Path(on_path).absolute() == Path(script).absolute()
    return bare_name if same else shlex.quote(str(Path(script).absolute()))


def programs() -> Programs:
    """How this process was called, where that is known."""
    script = sys.argv[0] if Path(sys.argv[0]).name == "lakekit" else None
    lakekit = called(script, shutil.which("lakekit")) if script else "lakekit"
    return Programs(lakekit, called(sys.executable, shutil.which(Path(sys.executable).name)))


def made(folder: Path, files: Sequence[str], programs: Programs) -> list[str]:
    """The files of a new project, and what to do with it."""
    lakekit = programs.lakekit
    return [
        f"{len(files)} files in {folder}:",
        *(f"  {name}" for name in sorted(files)),
        "",
        *_next(folder, f"{lakekit} ingest", f"{lakekit} status", f"{lakekit} quarantine list"),
    ]


def begun(folder: Path, files: Iterable[str], programs: Programs) -> list[str]:
    """The files of a new plugin, and how to see it work."""
    names, python = sorted(files), programs.python
    return [
        f"{len(names)} files in {folder}:",
        *(f"  {name}" for name in names),
        "",
        *_next(folder, f"{python} -m pip install -e '.[test]'", f"{python} -m pytest", f"{programs.lakekit} plugins"),
    ]


def landing(number_of: int, day: Day) -> str:
    """That the files of a day arrive."""
    records = sum(len(delivery.records) for delivery in day.deliveries)
    return f"day {number_of}, {day.date}: {len(day.deliveries)} files with {number(records)} records land"


def summary(
    folder: Path, days: Sequence[RunReport], width: int, programs: Programs, built: Lakehouse | None
) -> list[str]:
    """The books of all days, why rows were rejected, what silver and gold are made of them, and what to try next."""
    lakekit, python = programs.lakekit, programs.python
    batches = [batch for day in days for batch in day.batches]
    return [
        "",
        *_books(days, width),
        "",
        _balance(batches),
        "",
        *_reasons(batches),
        "",
        *(_built(built, width) if built else [NOT_BUILT]),
        "",
        *_next(
            folder,
            f"{lakekit} status",
            f"{lakekit} quarantine list",
            f"{lakekit} quarantine show orders --limit 3",
            f"{lakekit} ingest orders  # nothing new: a run can be repeated",
            *([f"{lakekit} {told}" for told in ("plan", f"lineage {DATASET}.email", "test")] if built else []),
            f"{lakekit} doctor",
            f"""{python} -c "import deltalake; print(deltalake.DeltaTable('lake/bronze/orders').count())\"""",
        ),
    ]


def _built(built: Lakehouse, width: int) -> list[str]:
    told = built.glance
    sums = [f"{number(count)} {name.replace('_', ' ')}" for name, count in told.figures.items()]
    heads = ("customer", "email", "country", ">orders", ">spent EUR", ">sessions", "likes")
    rows = [tuple("-" if value is None else visible(value) for value in row) for row in told.rows]
    revenue = [(each.country, each.month, number(each.orders), each.euros) for each in built.revenue]
    return [
        *builds.lines(built.builds, width),
        "",
        f"{DATASET}: {number(told.customers)} customers, {number(told.accounts)} with an account",
        f"in all: {', '.join(sums)}",
        *grid(heads, rows),
        "",
        f"{star.FACTS}: orders in EUR that were kept, by where the customer lived then",
        *grid(("country", "month", ">orders", ">EUR"), revenue),
    ]


def _books(days: Sequence[RunReport], width: int) -> list[str]:
    rows = []
    for dataset in dict.fromkeys(batch.dataset for day in days for batch in day.batches):
        own = [(str(n), b) for n, day in enumerate(days, 1) for b in day.batches if b.dataset == dataset]
        rows += [("" if place else dataset, n, *amounts(b)) for place, (n, b) in enumerate(own)]
    return fitting(
        width,
        grid(("dataset", ">day", *BOOKS), rows),
        grid(("dataset", ">day", *BOOKS_SHORT), rows),
        grid(("dataset", ">day", *BOOKS_SHORT), [(bare(name), *rest) for name, *rest in rows]),
    )


def _balance(batches: Sequence[BatchReport]) -> str:
    names = ("read", "published", "quarantined", "duplicates")
    sums = [f"{number(sum(getattr(batch.counts, name) for batch in batches))} {name}" for name in names]
    return f"in all: {sums[0]} = {' + '.join(sums[1:])}"


def _reasons(batches: Sequence[BatchReport]) -> list[str]:
    found: Counter[tuple[str, str]] = Counter()
    for batch in batches:
        for reason in batch.reasons:
            found[reason.code, f"{batch.dataset}.{reason.column}" if reason.column else batch.dataset] += reason.rows
    rows = [(number(rows), code, place) for (code, place), rows in found.most_common(TOP_REASONS)]
    return grid((">rows", "rejected for", "in"), rows)


def _next(folder: Path, *commands: str) -> list[str]:
    enter = [] if folder == Path() else [f"cd {shlex.quote(str(folder))}"]
    return [click.style("try next", bold=True), *(f"  {line}" for line in [*enter, *commands])]
