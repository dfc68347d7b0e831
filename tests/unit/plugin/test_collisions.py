"""A name that is claimed more than once goes to nobody, and all else works on."""

from __future__ import annotations

from pathlib import Path

SOURCE = """
from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Port, Provider

@hookimpl
def lakekit_providers():
    return [Provider(port, name, lambda context: name) for port, name in [{offers}]]
"""
COMMAND = """
import click
from lakekit.plugin.hookspecs import hookimpl

@hookimpl
def lakekit_commands():
    return [click.Command("audit"), click.Command({own!r})]
"""


def test_one_name_of_two_plugins_is_refused_and_names_both(install, good, ask) -> None:
    install("acme-one", SOURCE.format(offers='(Port.SOURCE, "crm"), (Port.SOURCE, "one")'))
    install("acme-two", SOURCE.format(offers='(Port.SOURCE, "crm"), (Port.SOURCE, "two"), (Port.METRICS, "crm")'))
    told = ask(
        """
        told["adapter"] = error(lambda: plugins.adapter(Port.SOURCE, "crm"))
        told["make"] = error(lambda: plugins.make(Port.SOURCE, "crm", context()))
        told["names"] = plugins.names(Port.SOURCE)
        told["others"] = [plugins.make(Port.SOURCE, name, context()) for name in ("one", "two", "good")]
        told["metrics"] = plugins.make(Port.METRICS, "crm", context())
        told["problems"] = [problems["acme-one", "acme-one"], problems["acme-two", "acme-two"]]
        """
    )
    assert told["adapter"] == told["make"]
    assert told["adapter"][0] == "plugin.collision"
    assert "'acme-one' of acme-one 1.2.3 and 'acme-two' of acme-two 1.2.3" in " ".join(told["adapter"])
    assert "crm" not in told["names"]
    assert len(told["others"]) == 3
    assert all("source 'crm' is claimed by 'acme-one' of" in why for why in told["problems"])


def test_a_stranger_cannot_take_the_name_of_an_adapter_of_lakekit_unseen(install, ask) -> None:
    install("acme-one", SOURCE.format(offers='(Port.LINEAGE, "openlineage")'))
    told = ask('told["error"] = error(lambda: plugins.adapter(Port.LINEAGE, "openlineage"))')
    assert told["error"][0] == "plugin.collision"
    assert "of lakekit " in " ".join(told["error"])


def test_one_name_offered_twice_by_one_plugin_is_refused(install, ask) -> None:
    install("acme-one", SOURCE.format(offers='(Port.SOURCE, "crm"), (Port.SOURCE, "crm")'))
    told = ask('told["error"] = error(lambda: plugins.adapter(Port.SOURCE, "crm"))')
    assert told["error"][0] == "plugin.collision"


def test_two_plugins_of_one_name_get_nothing_of_what_either_offers(install, good, ask) -> None:
    install("acme-one", SOURCE.format(offers='(Port.SOURCE, "one"),'), plugin="acme")
    install("acme-two", SOURCE.format(offers='(Port.SOURCE, "two"),'), plugin="acme")
    told = ask(
        """
        told["errors"] = [error(lambda: plugins.adapter(Port.SOURCE, name)) for name in ("one", "two")]
        told["good"] = plugins.make(Port.SOURCE, "good", context())
        told["listed"] = [[i.distribution, bool(i.problem)] for i in plugins.listing() if i.plugin == "acme"]
        """
    )
    for lines in told["errors"]:
        assert lines[0] == "plugin.collision"
        assert "acme-one" in " ".join(lines)
        assert "acme-two" in " ".join(lines)
    assert told["listed"] == [["acme-one", True], ["acme-two", True]]
    assert told["good"] == "good at /lake"


def test_one_command_of_two_plugins_is_refused(install, ask) -> None:
    install("acme-one", COMMAND.format(own="one"))
    install("acme-two", COMMAND.format(own="two"))
    told = ask('told["names"] = [*plugins.commands()]; told["why"] = problems["acme-one", "acme-one"]')
    assert told["names"] == ["one", "two"]
    assert told["why"].startswith("command 'audit' is claimed by 'acme-one' of")


def test_two_copies_of_one_distribution_are_one_plugin(tmp_path: Path, install, ask) -> None:
    install("acme-one", SOURCE.format(offers='(Port.SOURCE, "crm"),'), version="2.0")
    copy = tmp_path / "older"
    copy.mkdir()
    info = tmp_path / "acme_one-2.0.dist-info"
    (copy / "Acme.One-1.0.dist-info").mkdir()
    for name in ("METADATA", "entry_points.txt"):
        text = (info / name).read_text("utf-8").replace("acme-one\nVersion: 2.0", "Acme.One\nVersion: 1.0")
        (copy / "Acme.One-1.0.dist-info" / name).write_text(text, "utf-8")
    told = ask(
        """
        sys.path.append(str(Path("older").resolve()))
        plugins = load_plugins()
        told["adapter"] = plugins.adapter(Port.SOURCE, "crm").name
        told["versions"] = [i.version for i in plugins.listing() if i.plugin == "acme-one"]
        """
    )
    assert told == {"adapter": "crm", "versions": ["2.0"]}
