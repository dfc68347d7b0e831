"""Small projects with transforms: bronze tables that others write, and what a second reader sees of the rest."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from attrs import evolve, frozen
from deltalake import DeltaTable, write_deltalake

from lakekit.app.telemetry import Silent
from lakekit.app.tools import Run
from lakekit.compose import application
from lakekit.compose.transforms import Transforms
from lakekit.domain.report import BuildPlan, BuildReport
from lakekit.domain.versions import Restoring
from lakekit.plugin.manager import load_plugins
from lakekit.plugin.provider import Context
from lakekit.project.selection import EVERYTHING
from lakekit.testing.fake_runtime import EngineRuntime
from tests.integration.transforms.places import Place
from tests.tables import Content, content, frames_of, left_by_builds

Row = Mapping[str, Any]
TYPES = {"long": pl.Int64, "string": pl.String, "double": pl.Float64, "timestamp": pl.Datetime("us", "UTC")}


@frozen
class Lake:
    """A project in `root`. `columns` has the columns of each bronze dataset, by name, with their types. With a place
    `elsewhere` it runs there, its queries too, and its lake may be in a bucket."""

    root: Path
    columns: Mapping[str, Mapping[str, str]]
    elsewhere: Place | None = None

    def begin(self) -> None:
        """Write settings and contracts."""
        sources = {name: {"load_type": "full", "path": f"data/{name}.csv"} for name in self.columns}
        lake = (self.elsewhere and self.elsewhere.address) or "lake"
        settings = {"lake": lake, "metrics": "none", "sources": sources}
        engine = self.elsewhere.engine if self.elsewhere else "embedded"
        self.write("config/dev.yaml", json.dumps({**settings, "engine": engine}))
        for name, columns in self.columns.items():
            told = [{"name": c, "type": t} for c, t in columns.items()]
            self.write(f"config/schema_definitions/{name}.schema.json", json.dumps({"name": name, "columns": told}))

    def write(self, file: str, text: str) -> None:
        """Write a file of the project."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def transform(self, name: str, query: str, **options: object) -> None:
        """Write `transforms/<layer>/<name>.sql`."""
        head = f"/*\n{json.dumps(options)}\n*/\n" if options else ""
        self.write(f"transforms/{name.replace('.', '/')}.sql", head + query)

    def append(self, name: str, rows: Sequence[Row]) -> None:
        """A commit of these rows, to a table that is made where it is not there."""
        schema = {c: TYPES[t] for c, t in self.columns[name].items()}
        write_deltalake(
            self.at(f"bronze.{name}"),
            pl.DataFrame(rows, schema=schema, orient="row"),
            mode="append",
            schema_mode="merge",  # a table that lakekit made has columns of its own
            storage_options=self.reach,
        )

    @property
    def address(self) -> str:
        """Of the lake: a folder, or in a bucket."""
        return (self.elsewhere and self.elsewhere.address) or str(self.root / "lake")

    @property
    def reach(self) -> dict[str, str] | None:
        """What delta-rs and Polars need to get there."""
        return dict(self.elsewhere.reach) if self.elsewhere and self.elsewhere.reach else None

    def at(self, dataset: str) -> str:
        """The address of the table."""
        return f"{self.address}/{dataset.replace('.', '/')}"

    def path(self, dataset: str) -> Path:
        """The table's folder, of a lake that is one."""
        return Path(self.at(dataset))

    def table(self, dataset: str) -> DeltaTable:
        """The table, by delta-rs."""
        return DeltaTable(self.at(dataset), storage_options=self.reach)

    def rows(self, dataset: str) -> Counter[tuple[Any, ...]]:
        """The rows as a multiset, columns in order of name, by Polars from the files that delta-rs names."""
        return read(self.table(dataset), self.reach)

    def content(self, dataset: str) -> Content:
        """The table, to be compared with that of another lake."""
        return content(self.at(dataset), options=self.reach)

    def left(self) -> list[str]:
        """What builds must not leave in the lake, and files on this host."""
        storage = load_plugins().storage(Context(self.root, self.address, self.root / ".lakekit"))
        private = (self.root / ".lakekit").rglob("*")
        return [*left_by_builds(storage), *(str(p) for p in private if p.is_file() and p.suffix != ".jsonl")]

    @contextmanager
    def transforms(self) -> Iterator[tuple[Transforms, Run]]:
        """The transforms as the command line composes them, but, where no engine is named, for the runtime."""
        work = self.root / "runtime"
        with application(self.root, None, Silent()) as app:
            runtime = lambda: EngineRuntime(app.tools.engine, work)  # noqa: E731
            made = app.transforms if self.elsewhere else Transforms(app.settings, lambda: app.tools, runtime)
            yield made, app.run
        shutil.rmtree(work, ignore_errors=True)

    def build(self, *, refresh: bool = False, at_once: int = 1) -> dict[str, BuildReport]:
        """One run of all transforms; the reports by dataset."""
        with self.transforms() as (transforms, run):
            return {r.dataset: r for r in transforms.build(EVERYTHING, run, refresh=refresh, at_once=at_once)}

    def plan(self, *, refresh: bool = False) -> dict[str, BuildPlan]:
        """What a run would do, by dataset."""
        with application(self.root, None, Silent()) as app:
            return {plan.dataset: plan for plan in app.transforms.plan(refresh=refresh)}

    def restore(self, name: str, version: int, *, dry_run: bool = False) -> Restoring:
        """`lakekit table restore`. What was announced is also what was told in the end, but for the version made."""
        heard: list[Restoring] = []
        with application(self.root, None, Silent()) as app:
            told = app.table_restore(name, version, heard.append, quarantine=False, dry_run=dry_run)
        assert heard == [evolve(told, made=None)]
        return told

    def copied(self, target: Path, *without: str) -> Lake:
        """The same project, with a lake of its own that lacks the tables of these layers."""
        shutil.copytree(self.root / "lake", target / "lake", ignore=shutil.ignore_patterns(*without, "_lakekit"))
        for folder in ("config", "transforms"):
            shutil.copytree(self.root / folder, target / folder)
        return evolve(self, root=target)


def read(table: DeltaTable, reach: dict[str, str] | None = None) -> Counter[tuple[Any, ...]]:
    """The rows of a table as a multiset, columns in order of name."""
    frames = frames_of(table, reach)
    if not frames:
        return Counter()
    # Files from before a column was added lack it.
    return Counter(pl.concat(frames, how="diagonal").select(sorted(f.name for f in table.schema().fields)).rows())


def multiset(rows: Iterable[Sequence[Any]]) -> Counter[tuple[Any, ...]]:
    """Rows as a multiset."""
    return Counter(tuple(row) for row in rows)
