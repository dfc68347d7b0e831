"""Transforms in Python are read without being run: options, inputs, and what counts as their code."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakekit.domain.errors import ConfigError
from lakekit.domain.lineage import ColumnSource
from lakekit.domain.names import Dataset
from lakekit.domain.transform import Materialization, Transform
from lakekit.project.suites import Suites
from lakekit.project.transforms.functions import ProjectFunction
from lakekit.project.transforms.options import Around
from lakekit.project.transforms.python_files import read_python

FILE = "transforms/gold/big.py"
GOOD = '''
"""Large orders."""
from lakekit.plugin.transforms import transform

LIMIT = 100
raise_when_run = 1 / 0


def keep(frame):
    return frame.where(f"amount > {LIMIT}")


@transform(
    inputs={"orders": "silver.orders"},
    materialization="merge",
    keys=["id"],
    tags=("daily",),
    lineage={"id": ["silver.orders.id"]},
)
def big(orders):
    """Keeps some."""
    return keep(orders)
'''


def read(root: Path, text: str = GOOD) -> tuple[Transform, ProjectFunction]:
    return read_python(root, FILE, text, Dataset("gold", "big"), Around(root, Suites({}, {})))


def test_options_and_inputs_are_read_and_nothing_is_run(tmp_path: Path) -> None:
    made, function = read(tmp_path)
    assert (made.materialization, made.keys, made.tags) == (Materialization.MERGE, ("id",), {"daily"})
    assert [(m.dataset, m.place) for m in made.inputs] == [("silver.orders", f"{FILE}:14:23")]
    assert made.lineage == {"id": (ColumnSource("silver.orders", "id", True, "TRANSFORMATION"),)}
    assert (function.name, function.inputs) == ("big", {"orders": "silver.orders"})


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("LIMIT = 100", "LIMIT = 101", True),
        ("return keep(orders)", "return keep(keep(orders))", True),
        ('"amount > ', '"amount >= ', True),
        ("raise_when_run = 1 / 0", "raise_when_run = 2 / 0", False),
        ('"""Keeps some."""', '"""Keeps a few."""', False),
        ("    return keep(orders)", "    # The large ones.\n    return (keep(orders))", False),
        ("def keep(frame):", "def keep(frame):  # of all", False),
    ],
)
def test_its_code_is_what_the_function_uses_and_no_layout(tmp_path: Path, old: str, new: str, changes: bool) -> None:
    assert old in GOOD
    assert (read(tmp_path)[0].code != read(tmp_path, GOOD.replace(old, new))[0].code) is changes


def test_modules_of_the_project_are_its_code_and_installed_ones_are_not(tmp_path: Path) -> None:
    shared = tmp_path / "transforms" / "_shared.py"
    shared.parent.mkdir()
    text = GOOD.replace("LIMIT = 100", "import json\nfrom transforms._shared import LIMIT")
    shared.write_text("LIMIT = 1\n")
    before = read(tmp_path, text)[0].code
    shared.write_text("LIMIT = 1  # one\n")
    assert read(tmp_path, text)[0].code == before
    shared.write_text("LIMIT = 2\n")
    assert read(tmp_path, text)[0].code != before


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("def big(orders):", "def big(orders:", "transform.python_syntax", ":20:"),
        ("@transform(", "@other(", "transform.no_function", ":1:1"),
        ('keys=["id"]', "keys=KEYS", "transform.not_literal", ":16:10"),
        ("def big(orders):", "def big(order):", "transform.bad_parameters", ":20:1"),
        ('"silver.orders"}', '"silver/orders"}', "config.bad_dataset", ":14:23"),
        ('materialization="merge"', 'materialization="merg"', "config.bad_value", ":15:21"),
        ('tags=("daily",)', 'tagz=("daily",)', "config.unknown_key", ":17:5"),
        ('"silver.orders.id"', '"silver.other.id"', "transform.unknown_input", ":18:21"),
    ],
)
def test_mistakes_have_their_place(tmp_path: Path, old: str, new: str, code: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, GOOD.replace(old, new))
    assert caught.value.code == code
    assert f"{FILE}{place}" in caught.value.where


def test_the_file_runs_when_the_function_is_called_and_each_input_goes_to_its_parameter(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_text(
        GOOD.replace("raise_when_run = 1 / 0", "").replace("return keep(orders)", "return orders")
    )
    _, function = read(tmp_path)
    assert function({"silver.orders": "the rows", "other": "not these"}) == "the rows"
    assert function.__name__ == "big"


def test_a_module_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_text("import no_such_module\n" + GOOD)
    with pytest.raises(ConfigError, match=r"transform\.import_failed"):
        read(tmp_path)[1]({})
