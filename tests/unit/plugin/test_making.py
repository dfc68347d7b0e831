"""From a name in the settings to an adapter, or to the line that says what to do."""

from __future__ import annotations

PLUGIN = """
from lakekit.domain.errors import ConfigError
from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Port, Provider

def imports(context):
    import acme_driver_inside

def breaks(context):
    raise ValueError(f"cannot use {context.options['password']}")

def refuses(context):
    raise ConfigError("config.acme", "colour is missing")

@hookimpl
def lakekit_providers():
    yield Provider(Port.ENGINE, "needs", print, modules=("json", "acme_driver"), extra="fast")
    yield Provider(Port.ENGINE, "bare", print, modules=("acme_driver.core",))
    yield Provider(Port.ENGINE, "inside", imports, extra="fast")
    yield Provider(Port.ENGINE, "breaks", breaks)
    yield Provider(Port.ENGINE, "refuses", refuses)
"""


def asked(install, ask, name: str) -> list[str]:
    install("acme-lakekit", PLUGIN)
    return ask(f'told["error"] = error(lambda: plugins.make(Port.ENGINE, {name!r}, context(password="hunter2")))')[
        "error"
    ]


def test_a_missing_driver_is_told_with_the_command_that_installs_it(install, ask) -> None:
    code, *lines = asked(install, ask, "needs")
    assert code == "plugin.driver_missing"
    assert "the engine 'needs'" in lines[0]
    assert "  why: no Python module acme_driver" in lines
    assert "  next: pip install 'acme-lakekit[fast]'" in lines


def test_a_missing_driver_of_lakekit_is_mended_by_its_extra(ask) -> None:
    told = ask(
        """
        from lakekit.plugin.drivers import driver_missing
        from lakekit.plugin.discovery import Origin
        provider = plugins.adapter(Port.LINEAGE, "openlineage")
        ours = Origin("openlineage", "lakekit", "1")
        told["lines"] = driver_missing(ours, provider, provider.modules).lines()
        """
    )
    assert told["lines"][-1] == "  next: pip install 'lakekit[openlineage]'"


def test_a_missing_driver_without_an_extra_is_named(install, ask) -> None:
    code, *lines = asked(install, ask, "bare")
    assert (code, lines[-1]) == ("plugin.driver_missing", "  next: install what provides acme_driver.core")


def test_a_driver_that_is_missed_only_by_the_factory_is_told_as_well(install, ask) -> None:
    code, *lines = asked(install, ask, "inside")
    assert code == "plugin.driver_missing"
    assert "  why: no Python module acme_driver_inside" in lines


def test_a_factory_that_breaks_is_told_without_the_text_of_its_error(install, ask) -> None:
    code, *lines = asked(install, ask, "breaks")
    assert code == "plugin.failed"
    assert "  why: its factory raised ValueError" in lines
    assert "  where: plugin 'acme-lakekit' of acme-lakekit 1.2.3" in lines
    assert "hunter2" not in " ".join(lines)


def test_an_error_of_lakekit_passes_through_a_factory_unchanged(install, ask) -> None:
    assert asked(install, ask, "refuses") == ["config.acme", "config.acme: colour is missing"]


def test_an_unknown_name_is_told_with_the_nearest_and_all_registered(install, ask) -> None:
    code, *lines = asked(install, ask, "refuse")
    assert code == "plugin.unknown"
    assert "there is no engine 'refuse'" in lines[0]
    assert "bare, breaks" in lines[1]
    assert lines[-1] == "  next: did you mean 'refuses'?"


def test_a_name_like_no_other_points_to_the_list(install, ask) -> None:
    assert "`lakekit plugins`" in asked(install, ask, "zzzzzzzz")[-1]


def test_finding_the_plugins_imports_no_driver(ask) -> None:
    told = ask('told["loaded"] = sorted({name.partition(".")[0] for name in sys.modules})')
    heavy = {
        "boto3",
        "deltalake",
        "duckdb",
        "openlineage",
        "pandas",
        "polars",
        "pyarrow",
        "rich",
    }
    assert heavy & set(told["loaded"]) == set()
