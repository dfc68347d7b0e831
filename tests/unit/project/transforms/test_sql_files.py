"""The options at the top of a SQL file, with places that are the file's."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.domain.errors import ConfigError
from lakekit.domain.transform import Materialization
from lakekit.project.suites import Suites
from lakekit.project.transforms.discovery import read_transforms
from lakekit.project.transforms.options import Around


def read(root: Path, text: str, name: str = "silver/t.sql"):
    path = root / "transforms" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read_transforms(root, Around(root, Suites({}, {})))


def test_a_block_comment_at_the_top_holds_the_options_and_the_text_stays_whole(tmp_path: Path) -> None:
    text = "\n/*\nmaterialization: append\nincremental: [orders]\n*/\nSELECT 1 /* keys: [x] */ AS x"
    draft = read(tmp_path, text)["silver.t"]
    assert (draft.transform.materialization, draft.transform.incremental) == (
        Materialization.APPEND,
        ("bronze.orders",),
    )
    assert draft.body == text


@pytest.mark.parametrize("text", ["SELECT 1 AS x", "-- keys: [x]\nSELECT 1 AS x", "/* */ SELECT 1 AS x", ""])
def test_without_such_a_comment_there_are_no_options(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text)["silver.t"].transform.materialization is Materialization.REPLACE


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("/* materialization: merg */", "config.bad_value", "1:21"),
        ("/*\n  materialisation: merge\n*/", "config.unknown_key", "2:3"),
        ("/*\nmaterialization: merge\n*/", "transform.missing_option", "2:1"),
        ("/*\nkeys: [a]\n*/", "config.no_effect", "2:1"),
        ("/*\nmaterialization: merge\nkeys: [a, A]\n*/", "config.bad_value", "3:11"),
        ("\n  /* no end", "config.syntax", "2:3"),
        ("/*\n\tkeys: [a]\n*/", "config.tab", "2:1"),
        ("/* a word */", "config.wrong_type", "1:4"),
        ("/*\ncontract: none\n*/", "config.no_contract", "2:11"),
    ],
)
def test_mistakes_have_their_place_in_the_file(tmp_path: Path, text: str, code: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert (caught.value.code, caught.value.where) == (code, f"transforms/silver/t.sql:{place}")


@pytest.mark.parametrize("name", ["silver/Big.sql", "bronze/t.sql", "silver/a b.sql", "silver/1.sql"])
def test_a_file_that_cannot_name_a_dataset_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.bad_dataset"):
        read(tmp_path, "SELECT 1 AS x", name)


def test_two_files_cannot_make_one_dataset(tmp_path: Path) -> None:
    read(tmp_path, "SELECT 1 AS x")
    with pytest.raises(ConfigError, match=r"transform\.two_files"):
        read(tmp_path, '@transform(inputs={"a": "bronze.a"})\ndef t(a): ...\n', "silver/t.py")
