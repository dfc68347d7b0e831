"""Whatever stands in a project's files, loading them gives settings or a ConfigError that says where."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lakekit.domain.errors import ConfigError
from lakekit.project import load, reference
from lakekit.project.model import Settings

REFERENCE = reference()
WORDS = [
    *(
        "lake",
        "engine",
        "sources",
        "orders",
        "bronze.orders",
        "adapter",
        "path",
        "load_type",
        "full",
        "incremental",
    ),
    *(
        "watermark_column",
        "lookback",
        "null_watermark",
        "once",
        "contract",
        "keys",
        "lineage",
        "metrics",
        "alerts",
        "on",
        "lease_seconds",
        "state",
        "none",
    ),
    *(
        "suites",
        "check",
        "rows",
        "unique",
        "null_share",
        "rejected_share",
        "min",
        "max",
        "columns",
        "severity",
    ),
    *(
        "name",
        "type",
        "required",
        "default",
        "pattern",
        "allowed",
        "null_markers",
        "pii",
        "description",
        "long",
    ),
    *(
        "string",
        "date",
        "decimal(4,2)",
        "order_id",
        "3d",
        "${HOME}",
        "secret://env/X",
        "password",
        "true",
        "~",
        "",
    ),
]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(WORDS)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
FILES = st.sampled_from(sorted(set(REFERENCE) - {"config/prod.yaml"}))


@st.composite
def misplanted(draw: st.DrawFn, tree: Any) -> Any:
    """The tree with something else in one place, or, seldom, in all."""
    if not tree or not isinstance(tree, list | dict) or draw(st.integers(0, 5)) == 0:
        return draw(TREES)
    keys = list(tree) if isinstance(tree, dict) else range(len(tree))
    chosen = draw(st.sampled_from([*keys, None]))
    if isinstance(tree, list):
        return [draw(misplanted(item)) if at == chosen else item for at, item in enumerate(tree)]
    grown = {draw(st.sampled_from(WORDS)): draw(TREES)} if chosen is None else {}
    return {k: draw(misplanted(v)) if k == chosen else v for k, v in tree.items()} | grown


NOISE = st.text(alphabet="\t\n \r:-[]{}&*!|>'\"%@`#,?\\$~\0\ud800\x85\u2028é0a", max_size=4)


def assert_settings_or_a_place(file: str, content: bytes) -> None:
    found = loaded(file, content)
    if isinstance(found, ConfigError):
        assert found.where.startswith("config/")
        assert found.why
        assert found.next
        assert len("\n".join(found.lines()).splitlines()) == 4


def loaded(file: str, content: bytes) -> Settings | ConfigError:
    with TemporaryDirectory() as folder:
        for name, text in REFERENCE.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if name == file else text.encode())
        try:
            return load(Path(folder), None, {"HOME": "/home"})
        except ConfigError as error:
            return error


@given(FILES, st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode()))
def test_garbage_is_refused(file, content):
    assert_settings_or_a_place(file, content)


@settings(max_examples=200)
@given(FILES, st.data())
def test_known_words_in_unknown_places_are_settings_or_refused(file, data):
    tree = data.draw(misplanted(yaml.safe_load(REFERENCE[file])))
    assert_settings_or_a_place(file, json.dumps(tree).encode())


@settings(max_examples=150)
@given(FILES, st.data())
def test_a_project_with_one_place_overwritten_is_settings_or_refused(file, data):
    text = REFERENCE[file]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    changed = text[:start] + data.draw(NOISE) + text[end:]
    assert_settings_or_a_place(file, changed.encode("utf-8", "surrogatepass"))
