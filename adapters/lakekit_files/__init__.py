"""CSV and Parquet files as sources, behind the `Source` port."""

from __future__ import annotations

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider
from lakekit.ports.source import Source


@hookimpl
def lakekit_providers() -> list[Provider]:
    """The source `files`."""
    return [Provider(Port.SOURCE, "files", _source, modules=("duckdb",), extra="local")]


def _source(context: Context) -> Source:
    from lakekit_files.options import read_options
    from lakekit_files.origin import origin
    from lakekit_files.source import FileSource

    options = read_options(context.options)
    return FileSource(origin(context, options), options, context.progress)
