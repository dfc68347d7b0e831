"""What each hook adds. A test's name begins with the hook's; the documentation has a heading for each."""

from __future__ import annotations

import ast
from pathlib import Path

from lakekit.plugin import hookspecs

HOOKS = {name for name, value in vars(hookspecs).items() if hasattr(value, "lakekit_spec")}

COMMANDS = """
import click
from lakekit.plugin.hookspecs import hookimpl

@click.command("greet")
@click.argument("whom")
def greet(whom):
    click.echo(f"hello {whom}")

@hookimpl
def lakekit_commands():
    yield greet
"""


def test_lakekit_providers_adds_an_adapter_that_is_made_from_its_context(install, ask) -> None:
    install(
        "acme-lakekit",
        """
        from lakekit.plugin.hookspecs import hookimpl
        from lakekit.plugin.provider import Port, Provider

        made = []

        def factory(context):
            made.append(context)
            return f"{context.lake} {context.options['colour']}"

        @hookimpl
        def lakekit_providers():
            yield Provider(Port.SOURCE, "acme", factory)
            yield Provider(Port.METRICS, "acme", factory)
        """,
        plugin="acme",
    )
    told = ask(
        """
        import acme_lakekit_module
        told["names"] = plugins.names(Port.METRICS)
        told["early"] = len(acme_lakekit_module.made)
        told["made"] = plugins.make(Port.SOURCE, "acme", context(colour="red"))
        info = next(info for info in plugins.listing() if info.plugin == "acme")
        told["info"] = [info.distribution, info.version, [p.port.value for p in info.providers], info.problem]
        """
    )
    assert told["made"] == "/lake red"
    assert told["early"] == 0, "the factory ran before anybody asked for the adapter"
    assert "acme" in told["names"]
    assert told["info"] == ["acme-lakekit", "1.2.3", ["source", "metrics"], None]


def test_lakekit_providers_may_be_answered_by_an_object(install, ask) -> None:
    install(
        "acme-lakekit",
        """
        from lakekit.plugin.hookspecs import hookimpl
        from lakekit.plugin.provider import Port, Provider

        class Acme:
            @hookimpl
            def lakekit_providers(self):
                return (Provider(Port.SOURCE, "acme", lambda context: "made"),)

        plugin = Acme()
        """,
        value="acme_lakekit_module:plugin",
    )
    assert ask('told["made"] = plugins.make(Port.SOURCE, "acme", context())') == {"made": "made"}


def test_lakekit_commands_adds_a_command_that_runs(install, ask) -> None:
    install("acme-lakekit", COMMANDS, plugin="acme")
    told = ask(
        """
        from click.testing import CliRunner
        told["output"] = CliRunner().invoke(plugins.commands()["greet"], ["you"]).output
        told["listed"] = next(info.commands for info in plugins.listing() if info.plugin == "acme")
        """
    )
    assert told == {"output": "hello you\n", "listed": ["greet"]}


def test_lakekit_commands_cannot_take_a_name_of_lakekit(install, ask) -> None:
    install("acme-lakekit", COMMANDS, plugin="acme")
    told = ask('told["names"] = [*plugins.commands()]; told["why"] = problems["acme", "acme-lakekit"]', ("greet",))
    assert told == {"names": [], "why": "command 'greet' is lakekit's own"}


def test_every_hook_has_a_test() -> None:
    tests = [
        node.name for node in ast.parse(Path(__file__).read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    ]
    assert {hook for hook in HOOKS if not any(name.startswith(f"test_{hook}_") for name in tests)} == set()


def test_lakekit_transforms_adds_transforms_for_projects_that_name_them(install, ask) -> None:
    install(
        "acme-lakekit",
        """
        from pathlib import Path

        from lakekit.plugin.hookspecs import hookimpl
        from lakekit.plugin.provider import TransformPackage

        @hookimpl
        def lakekit_transforms():
            yield TransformPackage("acme", Path("/srv/acme"))
        """,
        plugin="acme",
    )
    told = ask(
        """
        from lakekit.domain.errors import PluginError

        told["folder"] = str(plugins.transforms("acme"))
        try:
            plugins.transforms("acne")
        except PluginError as error:
            told["code"], told["next"] = error.code, error.next
        """
    )
    assert told == {"folder": "/srv/acme", "code": "plugin.unknown", "next": "did you mean 'acme'?"}
