"""A file of cases, as a tree, made cases."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from io import StringIO

from lakekit.domain.names import parse_dataset
from lakekit.domain.nearest import aside, nearest
from lakekit.domain.transform_case import CaseRow, Delivery, TransformCase
from lakekit.domain.types import ColumnType, Kind
from lakekit.domain.values import parse_value
from lakekit.project.nodes import Fields, Node, Place, Scalar, Series
from lakekit.project.reading import (
    any_text,
    bad_value,
    fields,
    listed,
    required,
    series,
    text,
    truth,
    wrong_type,
)

KEYS = ("name", "transform", "inputs", "then", "expect", "exact", "ordered", "now", "description")
CSV = "csv"


def read_cases(tree: Node, transforms: Collection[str]) -> list[TransformCase]:
    """The cases of one file; `transforms` are those that the project has. Raises ConfigError, at the place."""
    made: dict[str, TransformCase] = {}
    for node in series(required(fields(tree, ("cases",)), "cases")):
        case = _case(fields(node, KEYS), transforms)
        if case.name in made:
            why = f"the case at {made[case.name].place} is called so too"
            raise bad_value(text(fields(node).entries["name"]), why, "rename one of the two")
        made[case.name] = case
    return list(made.values())


def _case(found: Fields, transforms: Collection[str]) -> TransformCase:
    entries = found.entries
    inputs, places = _delivery(required(found, "inputs"))
    later = [_delivery(node) for node in series(entries["then"])] if "then" in entries else []
    for _, told in later:
        places = {**told, **places}
    return TransformCase(
        name=text(required(found, "name")).text,
        transform=_transform(text(required(found, "transform")), transforms),
        deliveries=(inputs, *(delivery for delivery, _ in later)),
        expected=_rows(required(found, "expect"), nested=True),
        place=str(found.place),
        places={**places, **{key: str(place) for key, place in found.keys.items()}},
        exact="exact" in entries and truth(entries["exact"]),
        ordered="ordered" in entries and truth(entries["ordered"]),
        now=_moment(text(entries["now"])) if "now" in entries else None,
    )


def _transform(found: Scalar, transforms: Collection[str]) -> str:
    if found.text not in transforms:
        raise found.place.error(
            "config.unknown_dataset",
            f"there is no transform {found.quoted}{aside(nearest(found.text, transforms))}",
            f"this project has {listed(transforms)}",
            "name one of these, with its layer",
        )
    return found.text


def _delivery(node: Node) -> tuple[Delivery, Mapping[str, str]]:
    """Rows by dataset, and where each dataset is named."""
    found = fields(node)
    rows: dict[str, tuple[CaseRow, ...]] = {}
    places: dict[str, str] = {}
    for key, entry in found.entries.items():
        try:
            name = str(parse_dataset(key))
        except ValueError as error:
            raise found.keys[key].error(
                "config.bad_dataset", f"{key!r} names no dataset", str(error), "write it like bronze.orders"
            ) from None
        if name in rows:
            raise found.keys[key].error(
                "config.duplicate_key", f"{name} stands here a second time", f"{key!r} is {name} too", "remove one"
            )
        rows[name], places[name] = _rows(entry), str(found.keys[key])
    return rows, places


def _rows(node: Node, *, nested: bool = False) -> tuple[CaseRow, ...]:
    if isinstance(node, Fields):
        return _csv(any_text(required(fields(node, (CSV,)), CSV)))
    if not isinstance(node, Series):
        raise wrong_type(node, f"a list of rows, or {CSV}: with lines of CSV")
    return tuple(_row(fields(item), nested=nested) for item in node.items)


def _row(found: Fields, *, nested: bool) -> CaseRow:
    cells: dict[str, str | None] = {}
    places: dict[str, str] = {}
    for column, node in found.entries.items():
        _check_new(column, found.keys[column], cells)
        if not isinstance(node, Scalar) and not nested:
            raise wrong_type(node, "a single value")
        absent = isinstance(node, Scalar) and node.absent
        told = node.text if isinstance(node, Scalar) else json.dumps(_plain(node), ensure_ascii=False)
        cells[column], places[column] = None if absent else told, str(node.place)
    typed = frozenset(c for c, node in found.entries.items() if isinstance(node, Scalar) and node.plain)
    return CaseRow(cells, places, typed)


def _check_new(column: str, place: Place, cells: Mapping[str, object]) -> None:
    if column.lower() in {other.lower() for other in cells}:
        raise place.error(
            "config.duplicate_key",
            f"the column {column!r} stands here a second time",
            "names of columns that differ in case alone are one",
            "remove one of the two",
        )


def _plain(node: Node) -> object:
    """A value within a value, as JSON has it."""
    if isinstance(node, Series):
        return [_plain(item) for item in node.items]
    if isinstance(node, Fields):
        return {key: _plain(entry) for key, entry in node.entries.items()}
    if not node.plain:
        return node.text
    try:
        return None if node.absent else json.loads(node.text)
    except ValueError:
        return node.text


def _csv(found: Scalar) -> tuple[CaseRow, ...]:
    """Lines of CSV, the first with the columns. An empty cell is no value."""
    reader = csv.reader(StringIO(found.text), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise _line(found, reader.line_num).error(
            "config.syntax", "not valid CSV", str(error), "mend the line"
        ) from None
    if not lines:
        raise bad_value(found, "it has no line", "write a line with the columns, and one per row")
    _, columns = lines[0]
    for n, column in enumerate(columns):
        _check_new(column, _line(found, 1), dict.fromkeys(columns[:n]))
    return tuple(_csv_row(columns, cells, _line(found, number)) for number, cells in lines[1:])


def _csv_row(columns: list[str], cells: list[str], place: Place) -> CaseRow:
    if len(cells) != len(columns):
        raise place.error(
            "config.syntax",
            f"a line of CSV has {len(cells)} cells",
            f"its first line has {len(columns)}",
            "mend the line; text with a comma stands in quotes",
        )
    told = dict(zip(columns, (cell or None for cell in cells), strict=True))
    return CaseRow(told, dict.fromkeys(columns, str(place)), frozenset(columns))


def _line(found: Scalar, number: int) -> Place:
    """A line of a text; one of several lines begins below its key."""
    below = found.place.line + number if "\n" in found.text else found.place.line
    return Place(found.place.file, below, 1)


def _moment(found: Scalar) -> datetime:
    value = parse_value(found.text, ColumnType(Kind.TIMESTAMP))
    if not isinstance(value, datetime):
        raise bad_value(found, "it is no timestamp", "write it like 2026-01-31T00:00:00Z")
    return value
