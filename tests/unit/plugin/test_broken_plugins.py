"""A plugin that is broken is told of, in one line, and breaks nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

HOOK = """
from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Port, Provider

@hookimpl
def lakekit_providers():
    return [Provider(Port.SOURCE, "broken", print), {provider}]
"""

MARKED = "from lakekit.plugin.hookspecs import hookimpl\n@hookimpl\n"

BROKEN = {
    "missing import": (
        "import no_such_module_anywhere",
        "ModuleNotFoundError: No module named 'no_such_module",
    ),
    "syntax error": ("def (:", "SyntaxError"),
    "exit on import": ("raise SystemExit(3)", "SystemExit: 3"),
    "text of several lines": ("raise ValueError('one\\n\\ntwo\\n   three')", "ValueError: one two three"),
    "long text": ("raise ValueError('x' * 10_000)", "ValueError: xxx"),
    "no hook": ("def lakekit_providers(): return []", "is `@hookimpl` missing?"),
    "hook with an argument": (
        MARKED + "def lakekit_providers(config): return []",
        "config",
    ),
    "hook that does not exist": (
        MARKED + "def lakekit_colours(): return []",
        "lakekit_colours",
    ),
    "hook that raises": (
        MARKED + "def lakekit_providers(): return 1 / 0",
        "ZeroDivisionError",
    ),
    "hook that raises on the way": (
        MARKED + "def lakekit_providers():\n yield from {}['x']",
        "KeyError",
    ),
    "one provider, not a list": (
        HOOK.format(provider="").replace("[", "").replace(", ]", ""),
        "'Provider' object is not iterable",
    ),
    "not a provider": (HOOK.format(provider="'files'"), "gave a str, not a Provider"),
    "wrong port": (HOOK.format(provider="Provider('source', 'x', print)"), "port must be a Port"),
    "wrong name": (HOOK.format(provider="Provider(Port.SOURCE, 'My Source', print)"), "name must be"),
    "name of two lines": (HOOK.format(provider="Provider(Port.SOURCE, 'a\\nb', print)"), "name must be"),
    "wrong factory": (
        HOOK.format(provider="Provider(Port.SOURCE, 'x', 'print')"),
        "factory must be callable",
    ),
    "wrong modules": (HOOK.format(provider="Provider(Port.SOURCE, 'x', print, 'duckdb')"), "modules must be"),
    "not a command": (
        MARKED + "def lakekit_commands(): return [print]",
        "not a click command",
    ),
}

LOOK = """
(problem,) = [p for p in plugins.problems() if p.distribution == "broken-plugin"]
told["problem"] = [problem.plugin, problem.version, problem.reason]
info = next(i for i in plugins.listing() if i.distribution == "broken-plugin")
told["info"] = [info.plugin, len(info.providers), info.problem]
told["offers"] = "broken" in plugins.names(Port.SOURCE)
told["good"] = plugins.make(Port.SOURCE, "good", context())
told["ours"] = plugins.adapter(Port.LINEAGE, "openlineage").name
"""


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_plugin_is_one_line_and_the_others_work(fault: str, install, good, ask) -> None:
    code, reason = BROKEN[fault]
    install("broken-plugin", code)
    told = ask(LOOK)
    plugin, version, why = told["problem"]
    assert (plugin, version) == ("broken-plugin", "1.2.3")
    assert reason in why
    assert "\n" not in why
    assert len(why) < 400
    assert told["info"] == ["broken-plugin", 0, why]
    assert (told["good"], told["ours"]) == ("good at /lake", "openlineage")
    assert not told["offers"], "half of a broken plugin was used"


def test_an_entry_point_that_names_nothing_is_a_broken_plugin(install, good, ask) -> None:
    install("broken-plugin", "", value="broken_plugin_module:nowhere")
    assert "AttributeError" in ask(LOOK)["problem"][2]


@pytest.mark.parametrize("text", [b"[lakekit]\nno equals sign\n", b"[lakekit]\n\xff\xfe = x\n"])
def test_a_damaged_list_of_entry_points_hides_no_other(text: bytes, tmp_path: Path, install, good, ask) -> None:
    install("broken-plugin", "")
    (tmp_path / "broken_plugin-1.2.3.dist-info/entry_points.txt").write_bytes(text)
    told = ask(LOOK)
    assert told["problem"][0] == "entry_points.txt"
    assert "cannot be read" in told["problem"][2]
    assert told["good"] == "good at /lake"


def test_a_distribution_without_metadata_is_listed(tmp_path: Path, install, ask) -> None:
    install("broken-plugin", "import no_such_module_anywhere")
    (tmp_path / "broken_plugin-1.2.3.dist-info/METADATA").unlink()
    told = ask('told["who"] = [[i.distribution, i.version] for i in plugins.listing() if i.plugin[0] == "b"]')
    assert told == {"who": [["unknown", "unknown"]]}


def test_an_unknown_name_says_which_plugins_are_broken(install, ask) -> None:
    install("broken-plugin", "import no_such_module_anywhere")
    told = ask('told["error"] = error(lambda: plugins.adapter(Port.SOURCE, "broken"))')
    assert told["error"][0] == "plugin.unknown"
    assert "'broken-plugin' of broken-plugin 1.2.3" in told["error"][2]
