"""Lakes whose bronze tables others have filled, and the lakekit project over them, written as a user would."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from deltalake import DeltaTable
from measure import run

_FILL = Path(__file__).with_name("fill.py")


def project(folder: Path, sources: Mapping[str, Mapping[str, str]], engine: str = "embedded") -> Path:
    """A new project with these sources, by the types of their columns, and `data/NAME.csv` as the file of each."""
    schemas = folder / "config" / "schema_definitions"
    schemas.mkdir(parents=True)
    lines = ["lake: ./lake", f"engine: {engine}", "sources:"]
    for name, types in sources.items():
        lines += [f"  {name}:", f"    path: data/{name}.csv", "    load_type: incremental"]
        contract = {"name": name, "columns": [{"name": n, "type": t} for n, t in types.items()]}
        (schemas / f"{name}.schema.json").write_text(json.dumps(contract), encoding="utf-8")
    (folder / "config" / "dev.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def transform(folder: Path, name: str, query: str, **options: object) -> None:
    """Write `transforms/<layer>/<name>.sql`."""
    file = folder / "transforms" / f"{name.replace('.', '/')}.sql"
    file.parent.mkdir(parents=True, exist_ok=True)
    head = f"/*\n{json.dumps(options)}\n*/\n" if options else ""
    file.write_text(f"{head}{query}\n", encoding="utf-8")


def add(folder: Path, dataset: str, query: str) -> None:
    """Commit the rows of a query of DuckDB to a table, which is made where it is not there; in a process of its own, as
    what a process holds when it starts another counts as held by that."""
    run([sys.executable, _FILL, _path(folder, dataset), query], folder)


def table(folder: Path, dataset: str) -> DeltaTable:
    """The table, by delta-rs."""
    return DeltaTable(_path(folder, dataset))


def _path(folder: Path, dataset: str) -> Path:
    return folder / "lake" / dataset.replace(".", "/")
