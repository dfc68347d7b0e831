"""Suites from `config/dq.yaml`, with the numbers that `config/dq_thresholds.yaml` names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from lakekit.domain.contract import Contract
from lakekit.domain.names import parse_dataset
from lakekit.domain.nearest import aside, nearest
from lakekit.domain.suite import Check, CheckKind, Severity
from lakekit.project.files import is_there, read_yaml
from lakekit.project.nodes import Fields, Node, Place, quoted
from lakekit.project.reading import (
    bad_value,
    choice,
    distinct_columns,
    fields,
    listed,
    number,
    present,
    required,
    series,
    text,
    unknown_key,
    wrong_type,
)

SUITES = "config/dq.yaml"
THRESHOLDS = "config/dq_thresholds.yaml"

_KEYS = {
    CheckKind.ROWS: ("check", "severity", "min", "max"),
    CheckKind.REJECTED_SHARE: ("check", "severity", "max"),
    CheckKind.UNIQUE: ("check", "severity", "columns"),
    CheckKind.NULL_SHARE: ("check", "severity", "columns", "max"),
}
_ANY = ("check", "severity", "columns", "min", "max")
_SHARES = (CheckKind.REJECTED_SHARE, CheckKind.NULL_SHARE)


@frozen
class Suites:
    """What the two files say: place and checks, as written, of each dataset's suite; the thresholds."""

    checks: Mapping[str, tuple[Place, tuple[Node, ...]]]
    thresholds: Mapping[str, float]

    def of(self, dataset: str, contract: Contract) -> tuple[Check, ...]:
        """The suite of a dataset, empty when it has none. Raises ConfigError, at the place, for a check that
        could not be carried out on rows of that contract."""
        _, nodes = self.checks.get(dataset, (None, ()))
        return tuple(self._check(node, contract) for node in nodes)

    def _check(self, node: Node, contract: Contract) -> Check:
        found = fields(node, _ANY)
        kind = choice(required(found, "check"), CheckKind)
        _check_keys(found, kind)
        minimum, maximum = (self._limit(found.entries.get(key), kind) for key in ("min", "max"))
        if minimum is not None and maximum is not None and minimum > maximum:
            why = "it lies above max, so no batch would pass"
            raise bad_value(present(found.entries["min"]), why, "exchange the two", "suite.bad_limit")
        severity = found.entries.get("severity")
        return Check(
            kind=kind,
            severity=choice(severity, Severity) if severity else Severity.CRITICAL,
            columns=_columns(found, kind, contract),
            minimum=minimum,
            maximum=maximum,
        )

    def _limit(self, node: Node | None, kind: CheckKind) -> float | None:
        if node is None:
            return None
        found = present(node)
        named = self.thresholds.get(found.text)
        if named is None and found.text[:1].isalpha():
            raise found.place.error(
                "suite.unknown_threshold",
                f"unknown threshold {found.quoted}{aside(nearest(found.text, self.thresholds))}",
                f"{THRESHOLDS} has {listed(self.thresholds)}",
                "name one of these, add it there, or write a number",
            )
        value = number(found) if named is None else named
        if value < 0 or (kind in _SHARES and value > 1):
            why = "a share runs from 0 to 1" if kind in _SHARES else "rows are counted from 0"
            why = f"it stands for {value:g}, and {why}"
            raise bad_value(found, why, "write a number in that range", "suite.bad_limit")
        return value


def read_suites(root: Path) -> Suites:
    """The two files, as far as they exist. Raises ConfigError for what is neither a suite nor a threshold."""
    found: dict[str, tuple[Place, tuple[Node, ...]]] = {}
    thresholds = _thresholds(root) if is_there(root, THRESHOLDS) else {}
    if not is_there(root, SUITES):
        return Suites({}, thresholds)
    suites = fields(required(fields(read_yaml(root, SUITES), ("suites",)), "suites"))
    for key, node in suites.entries.items():
        dataset, place = _dataset(key, suites.keys[key]), suites.keys[key]
        if dataset in found:
            raise place.error(
                "config.duplicate_key",
                f"{key!r} names {dataset} a second time",
                f"it has a suite at {found[dataset][0]}",
                "put all checks into one of the two",
            )
        found[dataset] = (place, series(node))
    return Suites(found, thresholds)


def _thresholds(root: Path) -> dict[str, float]:
    found = fields(read_yaml(root, THRESHOLDS))
    for key, place in found.keys.items():
        if not key[:1].isalpha():
            raise place.error(
                "suite.bad_threshold",
                f"a threshold cannot be named {quoted(key)}",
                "a name begins with a letter, so that no number looks like it",
                "rename it",
            )
    return {key: number(node) for key, node in found.entries.items()}


def _dataset(key: str, place: Place) -> str:
    try:
        return str(parse_dataset(key))
    except ValueError:
        raise place.error(
            "config.bad_dataset",
            f"{quoted(key)} is not a dataset",
            "a suite belongs to a dataset, written layer.name",
            "write it like bronze.orders",
        ) from None


def _check_keys(found: Fields, kind: CheckKind) -> None:
    for key, place in found.keys.items():
        if key not in _KEYS[kind]:
            raise unknown_key(key, place, _KEYS[kind])
    wanted = {"columns"} & set(_KEYS[kind]) | ({"max"} if kind in _SHARES else set())
    for key in sorted(wanted):
        required(found, key)
    if kind is CheckKind.ROWS and not {"min", "max"} & set(found.keys):
        required(found, "min")


def _columns(found: Fields, kind: CheckKind, contract: Contract) -> tuple[str, ...]:
    if "columns" not in found.entries:
        return ()
    node = found.entries["columns"]
    names = distinct_columns(node, tuple(c.name for c in contract.columns))
    if not names or (kind is CheckKind.NULL_SHARE and len(names) > 1):
        raise wrong_type(node, "a list of one column" if names else "a list of at least one column")
    for item, named in zip(series(node), names, strict=True):
        type_ = str(contract.column(named).type)
        if kind is CheckKind.UNIQUE and "map<" in type_:
            why = f"it is a {type_}, and maps are not compared"
            raise bad_value(text(item), why, "choose other columns", "suite.bad_column")
    return names
