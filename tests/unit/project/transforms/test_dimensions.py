"""The options of a dimension: what they make of its file, and what is told of mistakes in them, with the place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lakekit.domain.dimension import Absent, Dimension, Names, Snapshots
from lakekit.domain.errors import ConfigError
from lakekit.domain.transform import Language, Materialization, Transform
from lakekit.project.suites import Suites
from lakekit.project.transforms.discovery import read_transforms
from lakekit.project.transforms.options import Around

TYPE_2 = {"materialization": "scd2", "keys": ["id"], "sequence_by": "at"}
BY_TIME = {"materialization": "scd2", "keys": ["id"], "snapshot": True}


def read(root: Path, text: str, file: str = "gold/dim.sql") -> dict[str, Transform]:
    path = root / "transforms" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return {name: draft.transform for name, draft in read_transforms(root, Around(root, Suites({}, {}))).items()}


def in_sql(options: dict[str, Any]) -> str:
    """A line per option."""
    lines = [f"{key}: {json.dumps(value)}" for key, value in options.items()]
    return "\n".join(["/*", *lines, "*/", "SELECT 1 AS x"])


def in_python(options: dict[str, Any]) -> str:
    """A line per option; `except` is a word of Python's own."""
    lines = [f"    {key + '_' * (key == 'except')}={value!r}," for key, value in options.items()]
    return "\n".join(["@transform(", *lines, '    inputs={"e": "bronze.e"},', ")", "def dim(e):", "    return e", ""])


ALL = {
    "delete_when": "op = 'd'",
    "truncate_when": "op = 't'",
    "track_except": ["seen"],
    "except": ["op"],
    "ignore_null_updates": True,
    "tie_break": ["n"],
    "names": {"valid_from": "since", "is_current": "now"},
    "open_end": "9999-12-31",
}
MADE = Dimension(
    ("id",),
    ("at",),
    delete_when="op = 'd'",
    truncate_when="op = 't'",
    track_except=("seen",),
    drop=("op",),
    ignore_nulls=True,
    tie_break=("n",),
    names=Names("since", "valid_to", "now"),
    open_end="9999-12-31",
)


@pytest.mark.parametrize(("write", "file"), [(in_sql, "gold/dim.sql"), (in_python, "gold/dim.py")])
@pytest.mark.parametrize(
    ("options", "made"),
    [
        (TYPE_2, Dimension(("id",), ("at",))),
        ({**TYPE_2, "sequence_by": ["at", "n"], "track": []}, Dimension(("id",), ("at", "n"), track=())),
        ({**TYPE_2, **ALL}, MADE),
        ({**TYPE_2, "materialization": "scd1"}, Dimension(("id",), ("at",), history=False)),
        (BY_TIME, Dimension(("id",), snapshots=Snapshots())),
        (
            {**TYPE_2, "snapshot": True, "scope": ["shop"]},
            Dimension(("id",), ("at",), snapshots=Snapshots(Absent.CLOSE, ("shop",))),
        ),
        ({**BY_TIME, "absent": "keep"}, Dimension(("id",), snapshots=Snapshots(Absent.KEEP))),
    ],
)
def test_options_mean_the_same_in_sql_and_in_python(
    tmp_path: Path, write: Any, file: str, options: dict[str, Any], made: Dimension
) -> None:
    found = read(tmp_path, write(options), file)
    assert {transform.dimension for transform in found.values()} == {made}


def test_a_dimension_is_two_datasets_the_second_made_of_the_first_alone(tmp_path: Path) -> None:
    options = {**TYPE_2, "partition_by": ["city"], "tags": ["daily"]}
    found = read(tmp_path, in_sql(options))
    events, made = found["gold.dim_events"], found["gold.dim"]
    assert (events.materialization, made.materialization) == (Materialization.EVENTS, Materialization.SCD2)
    assert (events.together, made.together) == (("gold.dim",), ("gold.dim_events",))
    assert (made.language, made.input_names, made.keys) == (Language.NONE, ("gold.dim_events",), ("id",))
    assert (events.options.partition_by, made.options.partition_by) == (None, ("city",))
    assert events.tags == made.tags == {"daily"}


@pytest.mark.parametrize(
    ("options", "code", "place"),
    [
        ({"materialization": "scd2", "sequence_by": "at"}, "transform.missing_option", "2:1"),
        ({"materialization": "scd1", "keys": ["id"]}, "transform.missing_option", "2:1"),
        ({**TYPE_2, "materialization": "events"}, "config.bad_value", "2:18"),
        ({**TYPE_2, "materialization": "merge"}, "config.no_effect", "4:1"),
        ({**TYPE_2, "materialization": "replace"}, "config.no_effect", "3:1"),
        ({**TYPE_2, "materialization": "scd1", "track": ["a"]}, "config.no_effect", "5:1"),
        ({**TYPE_2, "materialization": "scd1", "open_end": "1"}, "config.no_effect", "5:1"),
        ({**TYPE_2, "seqence_by": "at"}, "config.unknown_key", "5:1"),
        ({**TYPE_2, "keys": []}, "config.bad_value", "3:1"),
        ({**TYPE_2, "keys": "id"}, "config.wrong_type", "3:7"),
        ({**TYPE_2, "keys": ["id", "ID"]}, "config.bad_value", "3:14"),
        ({**TYPE_2, "keys": ["_id"]}, "config.bad_value", "3:8"),
        ({**TYPE_2, "sequence_by": []}, "config.bad_value", "4:1"),
        ({**TYPE_2, "sequence_by": "_at"}, "config.bad_value", "4:14"),
        ({**TYPE_2, "sequence_by": {"a": "b"}}, "config.wrong_type", "4:1"),
        ({**TYPE_2, "sequence_by": ["at", "id"]}, "config.bad_value", "4:21"),
        ({**TYPE_2, "tie_break": ["at"]}, "config.bad_value", "5:13"),
        ({**TYPE_2, "tie_break": ["id"]}, "config.bad_value", "5:13"),
        ({**TYPE_2, "track": ["a"], "track_except": ["b"]}, "config.no_effect", "6:1"),
        ({**TYPE_2, "track_except": []}, "config.bad_value", "5:1"),
        ({**TYPE_2, "except": ["id"]}, "config.bad_value", "5:1"),
        ({**TYPE_2, "except": ["a"], "track": ["a"]}, "config.bad_value", "5:1"),
        ({**TYPE_2, "except": ["a"], "partition_by": ["a"]}, "config.bad_value", "5:1"),
        ({**TYPE_2, "ignore_null_updates": "yes"}, "config.wrong_type", "5:22"),
        ({**TYPE_2, "snapshot": False}, "config.no_effect", "5:1"),
        ({**TYPE_2, "absent": "keep"}, "config.no_effect", "5:1"),
        ({**TYPE_2, "scope": ["a"]}, "config.no_effect", "5:1"),
        ({**TYPE_2, "snapshot": True, "absent": "kept"}, "config.bad_value", "6:9"),
        ({**TYPE_2, "snapshot": True, "absent": "keep", "scope": ["a"]}, "config.no_effect", "7:1"),
        ({**TYPE_2, "snapshot": True, "delete_when": "a"}, "config.no_effect", "6:1"),
        ({**TYPE_2, "snapshot": True, "truncate_when": "a"}, "config.no_effect", "6:1"),
        ({**TYPE_2, "snapshot": True, "ignore_null_updates": True}, "config.no_effect", "6:1"),
        ({**BY_TIME, "incremental": ["bronze.e"]}, "config.no_effect", "5:1"),
        ({**BY_TIME, "tie_break": ["a"]}, "config.no_effect", "5:1"),
        ({**TYPE_2, "incremental": ["bronze.e"], "affected_by": ["id"]}, "config.no_effect", "6:1"),
        ({**TYPE_2, "names": {"valid_frm": "a"}}, "config.unknown_key", "5:9"),
        ({**TYPE_2, "names": {"valid_from": "a", "valid_to": "A"}}, "config.bad_value", "5:1"),
        ({**TYPE_2, "names": {"valid_from": "is_current"}}, "config.bad_value", "5:1"),
        ({**TYPE_2, "names": {"valid_to": "_version_key"}}, "config.bad_value", "5:21"),
        ({**TYPE_2, "open_end": ["1"]}, "config.wrong_type", "5:1"),
    ],
)
def test_mistakes_are_told_with_their_place_and_what_to_do(
    tmp_path: Path, options: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, in_sql(options))
    assert (caught.value.code, caught.value.where) == (code, f"transforms/gold/dim.sql:{place}")
    assert caught.value.why
    assert caught.value.next


def test_mistakes_in_python_have_their_place_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, in_python({**TYPE_2, "except": ["id"]}), "gold/dim.py")
    assert (caught.value.code, caught.value.where) == ("config.bad_value", "transforms/gold/dim.py:5:5")
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, in_python({**TYPE_2, "track_": ["id"]}), "gold/dim.py")
    assert (caught.value.code, caught.value.where) == ("config.unknown_key", "transforms/gold/dim.py:5:5")
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, in_python({**TYPE_2, "open_end": 1}), "gold/dim.py")
    assert (caught.value.code, caught.value.where) == ("config.wrong_type", "transforms/gold/dim.py:5:14")


def test_what_is_named_as_the_events_of_a_dimension_is_refused(tmp_path: Path) -> None:
    read(tmp_path, "SELECT 1 AS x", "gold/dim_events.sql")
    with pytest.raises(ConfigError, match=r"transform\.two_files"):
        read(tmp_path, in_sql(TYPE_2))


def test_a_name_that_leaves_no_room_for_that_of_its_events_is_refused(tmp_path: Path) -> None:
    assert len(read(tmp_path, in_sql(TYPE_2), f"gold/{'d' * 56}.sql")) == 2
    with pytest.raises(ConfigError, match=r"config\.bad_dataset"):
        read(tmp_path, in_sql(TYPE_2), f"gold/{'d' * 57}.sql")
