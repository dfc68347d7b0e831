"""The options of a transform, whatever its file is written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from lakekit.domain.contract import Contract
from lakekit.domain.nearest import aside, nearest
from lakekit.domain.table_options import TableOptions
from lakekit.domain.transform import DIMENSIONS, Materialization, Through, Transform
from lakekit.project.contracts import contract_file, contracts, read_contract
from lakekit.project.files import is_there
from lakekit.project.nodes import Fields, Node, Scalar, Series, scalar
from lakekit.project.reading import (
    bad_value,
    choice,
    dataset_name,
    fields,
    listed,
    name,
    refuse_without_effect,
    series,
    text,
)
from lakekit.project.suites import Suites
from lakekit.project.transforms.dimensions import DIMENSION_KEYS, columns, read_dimension

KEYS = (
    *("materialization", "keys", "partition_by", "incremental", "affected_by", "affected_through"),
    *("delete_when", "contract", "tags", "description"),
    *DIMENSION_KEYS,
)
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_NEEDS = {
    Materialization.MERGE: ("keys",),
    Materialization.PARTITION: ("partition_by",),
    Materialization.APPEND: ("incremental",),
    Materialization.SCD1: ("keys",),
    Materialization.SCD2: ("keys",),
}


@frozen
class Around:
    """What the options refer to: the folder that has the contracts, and the suites. `prefix` stands before the files'
    names in errors."""

    root: Path
    suites: Suites
    prefix: str = ""


def read_options(node: Node | None, transform: Transform, around: Around) -> Transform:
    """The transform with the options that `node` holds, or those that hold where there are none. Raises ConfigError, at
    the place, for the first mistake."""
    found = fields(node, KEYS) if node else None
    entries = found.entries if found else {}
    own = {key: entry for key, entry in entries.items() if key not in DIMENSION_KEYS}
    told: dict[str, Any] = _told(own, around)
    made: Transform = evolve(transform, places=_places(found) if found else {}, **told)
    if found:
        _check(found, made)
        if made.materialization in DIMENSIONS:
            made = evolve(made, dimension=read_dimension(found, made), delete_when=None)
    if made.contract:
        return evolve(made, checks=around.suites.of(made.name, made.contract))
    if made.name in around.suites.checks:
        raise around.suites.checks[made.name][0].error(
            "suite.no_contract",
            f"{made.name} has a suite and no contract",
            "which columns its checks may name, the contract says",
            f"name its contract under `contract` in {made.place}",
        )
    return made


def _places(found: Fields) -> Mapping[tuple[str, str], str]:
    """Of each option, and of each text in one that is a text or a list."""
    told = {(key, ""): str(place) for key, place in found.keys.items()}
    for key, node in found.entries.items():
        items = node.items if isinstance(node, Series) else (node,)
        told |= {(key, item.text): str(item.place) for item in items if isinstance(item, Scalar)}
    return told


def _told(entries: Mapping[str, Node], around: Around) -> dict[str, Any]:
    readers: dict[str, Callable[[Node], Any]] = {
        "materialization": _materialization,
        "keys": columns,
        "partition_by": columns,
        "incremental": _datasets,
        "affected_by": columns,
        "affected_through": _through,
        "delete_when": lambda node: text(node).text,
        "contract": lambda node: _contract(node, around.root),
        "tags": _tags,
        "description": lambda node: text(node).text,
    }
    told = {key: readers[key](node) for key, node in entries.items()}
    if "partition_by" in told:
        told["options"] = TableOptions(partition_by=told.pop("partition_by"))
    return told


def _materialization(node: Node) -> Materialization:
    return choice(node, [how for how in Materialization if how is not Materialization.EVENTS])


def _datasets(node: Node) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(dataset_name, series(node))))


def _through(node: Node) -> tuple[Through, ...]:
    found = fields(node)
    told: dict[str, tuple[str, ...]] = {}
    for key, entry in found.entries.items():
        name = dataset_name(scalar(key, key, found.keys[key], plain=True))
        if name in told:
            raise found.keys[key].error("config.bad_value", f"{name} is there twice", "", "keep one of the two")
        told[name] = columns(entry)
    return tuple(Through(*each) for each in told.items())


def _tags(node: Node) -> frozenset[str]:
    found = [text(item) for item in series(node)]
    for tag in found:
        if not _TAG.fullmatch(tag.text):
            raise bad_value(tag, "a tag is letters, digits, `_`, `.` and `-`", "choose such a tag")
    return frozenset(tag.text for tag in found)


def _contract(node: Node, root: Path) -> Contract:
    called = name(node)
    if not is_there(root, contract_file(called)):
        there = contracts(root)
        raise node.place.error(
            "config.no_contract",
            f"there is no contract {called!r}{aside(nearest(called, there))}",
            f"{contract_file(called)} does not exist; contracts here: {listed(there)}",
            "write that file, or name another contract",
        )
    return read_contract(root, called)


def _check(found: Fields, made: Transform) -> None:
    """What goes with what."""
    how = made.materialization
    for key in _NEEDS.get(how, ()):
        if key not in found.keys:
            raise found.place.error(
                "transform.missing_option",
                f"{how.value!r} needs {key!r}",
                "without it, which rows are replaced, or are new, cannot be told",
                f"add {key!r}, or choose another materialization",
            )
    keyed = how is Materialization.MERGE or how in DIMENSIONS
    partial = how in (Materialization.MERGE, Materialization.PARTITION)
    through = {told.dataset for told in made.affected_through}
    rules = (
        ("keys", "materialization: merge, scd1 or scd2", keyed),
        ("delete_when", "materialization: merge, scd1 or scd2", keyed),
        ("incremental", "another materialization than replace", how is not Materialization.REPLACE),
        ("affected_by", "`incremental`", bool(made.incremental)),
        ("affected_by", "materialization: merge or partition", partial),
        ("affected_through", "`affected_by`", bool(made.affected_by)),
        ("affected_through", "inputs that are not `incremental`", not through & set(made.incremental)),
        *((key, "materialization: scd1 or scd2", how in DIMENSIONS) for key in DIMENSION_KEYS),
    )
    refuse_without_effect(found, "here", rules)
    if how is Materialization.PARTITION and made.incremental and not made.affected_by:
        raise found.keys["incremental"].error(
            "transform.missing_option",
            "a partition that is made from new rows alone would lose its others",
            "`affected_by` says for which values rows are made anew",
            "add `affected_by`, or remove `incremental`",
        )
