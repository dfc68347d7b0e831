"""A case as the text of a file, and the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import yaml
from attrs import frozen

from lakekit.domain.errors import ConfigError
from lakekit.domain.names import Dataset
from lakekit.domain.schema import TableColumn
from lakekit.domain.types import Kind, flat_type
from lakekit.domain.values import format_value
from lakekit.project.cases.discovery import FOLDER, SUFFIX

_PLAIN = (Kind.BOOLEAN, Kind.INT, Kind.LONG, Kind.FLOAT, Kind.DOUBLE, Kind.DECIMAL, Kind.DATE)
"""A moment has colons, which need quotes on a line with others."""

_BREAKS = "\x85\u2028\u2029"
"""Ends of lines to YAML 1.1 (section 5.4), beside those that all know."""

_NO_FRACTION = ".000000Z"
_MOST = 1_000


@frozen
class Rows:
    """Rows as canonical texts, in columns; cells without a value are left out of the file."""

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str | None, ...], ...]


def case_text(
    name: str, transform: Dataset, inputs: Mapping[str, Rows], expect: Rows, *, now: datetime | None = None
) -> str:
    """The YAML of a file with one case."""
    case: dict[str, object] = {"name": name, "transform": str(transform)}
    if now is not None:
        case["now"] = _Plain(format_value(now).replace(_NO_FRACTION, "Z"))
    case["inputs"] = {dataset: _told(rows, null=False) for dataset, rows in inputs.items()}
    case["expect"] = _told(expect, null=True)
    return yaml.dump({"cases": [case]}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


def write_new(root: Path, transform: Dataset, text: str) -> str:
    """Write a file that is not there yet, `tests/transforms/silver_orders.yaml` or with a number behind; its name.
    Raises ConfigError where that cannot be."""
    folder = root / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, _MOST):
            behind = f"_{number}" if number > 1 else ""
            file = f"{FOLDER}/{transform.layer}_{transform.name}{behind}{SUFFIX}"
            try:
                with (root / file).open("x", encoding="utf-8") as stream:
                    stream.write(text)
            except FileExistsError:
                continue
            return file
    except OSError as error:
        raise _unwritable(error.strerror or type(error).__name__) from error
    raise _unwritable(f"there are {_MOST} files already")


def _unwritable(why: str) -> ConfigError:
    return ConfigError(
        "init.unwritable",
        "the case cannot be written",
        where=FOLDER,
        why=why,
        next="make the folder writable",
    )


class _Plain(str):
    """Written without quotes."""

    __slots__ = ()


class _Flow(dict[str, object]):
    """Written on one line."""


class _Dumper(yaml.SafeDumper):
    """Rows on lines of their own; no anchors, which project files may not have."""

    def ignore_aliases(self, _data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  # as yaml calls it
        super().increase_indent(flow, False)


def _plain(dumper: yaml.SafeDumper, value: _Plain) -> yaml.Node:
    # With the tag of a text a number would be put in quotes.
    resolved = dumper.resolve(yaml.ScalarNode, str(value), (True, False))  # type: ignore[no-untyped-call]
    return dumper.represent_scalar(str(resolved), str(value))


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    # Such characters end a line, and are a blank when they are read; between these quotes they are escaped.
    style = '"' if set(value) & set(_BREAKS) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style)


def _flow(dumper: yaml.SafeDumper, value: _Flow) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Plain, _plain)
_Dumper.add_representer(_Flow, _flow)


def _told(rows: Rows, *, null: bool) -> Sequence[_Flow]:
    return [
        _Flow(
            {
                column.name: None if cell is None else _cell(cell, column)
                for column, cell in zip(rows.columns, row, strict=True)
                if null or cell is not None
            }
        )
        for row in rows.rows
    ]


def _cell(cell: str, column: TableColumn) -> str:
    type_ = flat_type(column.type)
    if type_ is None:
        return cell
    if type_.kind is Kind.TIMESTAMP:
        return cell.replace(_NO_FRACTION, "Z")
    return _Plain(cell) if type_.kind in _PLAIN else cell
