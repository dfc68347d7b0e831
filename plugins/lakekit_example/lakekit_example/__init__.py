"""The source `example`: a table in an SQLite file."""

from __future__ import annotations

from lakekit.domain.errors import ConfigError
from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider
from lakekit.ports.source import Source


@hookimpl
def lakekit_providers() -> list[Provider]:
    """Called at each start of lakekit, so nothing heavy is imported here."""
    return [Provider(Port.SOURCE, "example", make)]


def make(context: Context) -> Source:
    """The source that the options describe: `database`, a path within the project or absolute, and `table`."""
    from lakekit_example.source import SqliteTable

    if context.options.keys() != {"database", "table"}:
        raise ConfigError("example.options", "it takes `database` and `table`, both", where="adapter example")
    database = context.root / str(context.options["database"])
    return SqliteTable(database, str(context.options["table"]), context.progress)
