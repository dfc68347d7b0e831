"""What the pages for plugin authors say is what the code says."""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import attrs
import pytest
from packaging.requirements import Requirement

import lakekit
from lakekit.plugin import hookspecs
from lakekit.plugin.provider import Context, Port, Provider

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "plugins" / "lakekit_example"
REFERENCE = (ROOT / "docs" / "plugins" / "reference.md").read_text("utf-8")
TUTORIAL = (ROOT / "docs" / "plugins" / "tutorial.md").read_text("utf-8")
SHOWN = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^### (.+?)\n(.*?)(?=^##|\Z)", flags=re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```python\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
PORT = re.compile(r"(\w+): `([\w.]+)`")

SECTIONS: dict[str, str] = dict(SECTION.findall(REFERENCE))
PORTS = {match[1]: match[2] for heading in SECTIONS if (match := PORT.fullmatch(heading))}
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("lakekit_"))


def signatures(code: str, within: str | None = None) -> list[str]:
    """The functions of some code, or of the class `within`, in order: names, arguments and types, no bodies."""
    body = ast.parse(code).body
    if within:
        (body,) = (node.body for node in body if isinstance(node, ast.ClassDef) and node.name == within)
    found = [node for node in body if isinstance(node, ast.FunctionDef)]
    return [f"{node.name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns or ast.Tuple([]))}" for node in found]


def resolve(dotted: str) -> object:
    module, _, name = dotted.rpartition(".")
    return getattr(importlib.import_module(module), name)


def fields(section: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", SECTIONS[section], flags=re.MULTILINE)


def lines_of_code(source: str) -> int:
    """Lines that are neither import, documentation, comment nor blank."""
    empty = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = (t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type not in empty)
    lines = {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(source)):
        told = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if isinstance(node, (ast.Import, ast.ImportFrom)) or told:
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def imported(source: Path) -> Iterator[str]:
    """The modules of lakekit that a file imports."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lakekit."):
            yield node.module or ""


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_heading_with_its_signature(hook: str) -> None:
    (code,) = CODE.findall(SECTIONS[f"`{hook}`"])
    found = [s for s in signatures(inspect.getsource(hookspecs)) if s.startswith(f"{hook}(")]
    assert signatures(code) == found


def test_every_heading_of_a_hook_is_one() -> None:
    assert sorted(heading.strip("`") for heading in SECTIONS if heading.startswith("`lakekit_")) == HOOKS


def test_every_port_that_a_provider_can_implement_has_a_heading() -> None:
    assert sorted(PORTS) == sorted(port.value for port in Port)


@pytest.mark.parametrize(("port", "dotted"), PORTS.items())
def test_a_port_has_its_methods_with_their_signatures(port: str, dotted: str) -> None:
    protocol = resolve(dotted)
    assert isinstance(protocol, type)
    assert Protocol in protocol.__bases__
    (code,) = CODE.findall(SECTIONS[f"{port}: `{dotted}`"])
    source = inspect.getsource(importlib.import_module(protocol.__module__))
    found = signatures(source, protocol.__name__)
    assert found
    assert signatures(code, protocol.__name__) == found


@pytest.mark.parametrize(("port", "dotted"), PORTS.items())
def test_a_port_names_its_suite(port: str, dotted: str) -> None:
    (told,) = re.findall(r"^Suite: (?:`([\w.]+)`|none yet)", SECTIONS[f"{port}: `{dotted}`"], flags=re.MULTILINE)
    rooms = ROOT / "lakekit" / "testing"
    assert ((rooms / f"{port}.py").exists() or (rooms / port).is_dir()) == bool(told)
    if told:
        suite = resolve(told)
        assert getattr(suite, "port", None) == Port(port)


@pytest.mark.parametrize("kind", [Provider, Context])
def test_every_field_of_what_a_plugin_registers_is_told(kind: type[attrs.AttrsInstance]) -> None:
    assert fields(kind.__name__) == [field.name for field in attrs.fields(kind)]


def test_all_that_ports_show_of_the_domain_is_public() -> None:
    promise = REFERENCE[REFERENCE.index("## What is stable") :]
    (listed,) = re.findall(r"of `lakekit\.domain` what ports.*?: (.*?);", promise, flags=re.DOTALL)
    public = {f"lakekit.domain.{name}" for name in re.findall(r"`(\w+)`", listed)}
    used = {name for file in (ROOT / "lakekit" / "ports").glob("*.py") for name in imported(file)}
    assert {name for name in used if name.startswith("lakekit.domain.")} <= public
    assert all(importlib.import_module(name) for name in public)
    rooms = ("lakekit.plugin.", "lakekit.ports.", "lakekit.testing.", "lakekit.sql.")
    of_plugin = {name for file in PLUGIN.rglob("*.py") for name in imported(file)}
    assert of_plugin
    assert {name for name in of_plugin if not name.startswith(rooms)} <= public


def test_the_tutorial_shows_the_plugin_line_by_line() -> None:
    shown: dict[str, list[str]] = {}
    for name, code in SHOWN.findall(TUTORIAL):
        shown.setdefault(name, []).extend(line for line in code.splitlines() if line)
    files = {*PLUGIN.glob("lakekit_example/*.py"), PLUGIN / "pyproject.toml", PLUGIN / "tests" / "test_conformance.py"}
    expected = {
        file.relative_to(PLUGIN).as_posix(): [line for line in file.read_text("utf-8").splitlines() if line]
        for file in files
    }
    assert shown == expected


def test_the_plugin_of_the_tutorial_is_as_short_as_it_says() -> None:
    assert "under 55 lines" in TUTORIAL
    files = PLUGIN.glob("lakekit_example/*.py")
    assert sum(lines_of_code(file.read_text("utf-8")) for file in files) < 55


def test_the_plugin_of_the_tutorial_asks_for_this_version() -> None:

    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text("utf-8"))["project"]
    (asked,) = (Requirement(text) for text in project["dependencies"] if Requirement(text).name == "lakekit")
    assert asked.specifier.contains(lakekit.__version__, prereleases=True)
    assert str(asked.specifier) in {"<0.2,>=0.1", ">=0.1,<0.2"}
    assert "`lakekit>=0.1,<0.2`" in REFERENCE
