"""`lakekit schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(short_help="JSON Schemas of the files that you write.")
@click.argument("name", required=False, type=click.Choice(["contract", "settings", "suites", "thresholds", "cases"]))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Write all of them into this folder.")
def command(name: str | None, into: Path | None) -> None:
    """Print the JSON Schema of the files that NAME says, or list them; or write all of them into a folder.

    \b
    An editor checks and completes by them what it is told to:
      YAML       a first line: # yaml-language-server: $schema=../.lakekit/schemas/settings.json
      contracts  a key: "$schema": "../../.lakekit/schemas/contract.json"
    """
    from lakekit.cli import console
    from lakekit.project.schemas import SCHEMAS

    if into is not None:
        console.out(f"{path}  {SCHEMAS[path.stem][0]}" for path in _write(into))
    elif name is not None:
        console.document(SCHEMAS[name][1]())
    else:
        console.out(f"{name:<10}  {files}" for name, (files, _) in SCHEMAS.items())


def _write(folder: Path) -> list[Path]:
    from lakekit.domain.errors import ConfigError
    from lakekit.project.schemas import SCHEMAS

    written = []
    for name, (_, schema) in SCHEMAS.items():
        file = folder / f"{name}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise ConfigError(
                "init.unwritable",
                f"{file} cannot be written",
                where=str(folder),
                why=error.strerror or type(error).__name__,
                next="name a folder that you may write to",
            ) from error
        written.append(file)
    return written
