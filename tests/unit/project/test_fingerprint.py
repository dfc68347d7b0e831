"""What a function of PySpark does, as a text: it changes with code that is the project's, and with nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from lakekit.project.transforms.fingerprint import fingerprint

FUNCTION = """
from acme_shop.words import upper
from transforms._shared import first

LIMIT = 3

def orders(orders):
    return upper(first(orders, LIMIT))
"""
MODULES = {
    "__init__.py": "",
    "words.py": "from acme_shop.letters import A\n\ndef upper(rows):\n    return rows, A\n",
    "letters.py": "A = 1\n",
    "transforms/_shared.py": "def first(rows, limit):\n    return rows[:limit]\n",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A plugin's package that has transforms in it."""
    root = tmp_path / "acme_shop"
    for name, text in MODULES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def told(root: Path, code: str = FUNCTION) -> str:
    tree = ast.parse(code)
    (function,) = (statement for statement in tree.body if isinstance(statement, ast.FunctionDef))
    return fingerprint(root, tree, function)


@pytest.mark.parametrize("changed", ["words.py", "letters.py", "transforms/_shared.py"])
def test_modules_of_the_package_that_holds_it_count_and_those_that_they_import(package: Path, changed: str) -> None:
    before = told(package)
    with (package / changed).open("a") as file:
        file.write("\nB = 2\n")
    assert told(package) != before


def test_comments_docstrings_and_modules_that_it_does_not_import_do_not_count(package: Path) -> None:
    before = told(package)
    (package / "words.py").write_text('"""Words."""\n' + MODULES["words.py"] + "# the end\n")
    (package / "other.py").write_text("C = 3\n")
    assert told(package, FUNCTION.replace("LIMIT = 3", "LIMIT = 3  # rows")) == before


def test_what_is_installed_beside_the_package_does_not_count(package: Path) -> None:
    code = FUNCTION.replace("acme_shop.words", "acme_words")
    before = told(package, code)
    (package.parent / "acme_words.py").write_text("def upper(rows):\n    return rows\n")
    assert told(package, code) == before


def test_a_project_whose_folder_has_the_name_of_what_is_installed_is_no_package(package: Path) -> None:
    (package / "__init__.py").unlink()
    before = told(package)
    (package / "words.py").write_text("changed = True\n")
    assert told(package) == before
