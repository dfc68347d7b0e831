"""The days of a calendar as a source, behind the `Source` port."""

from __future__ import annotations

from lakekit.plugin.hookspecs import hookimpl
from lakekit.plugin.provider import Context, Port, Provider
from lakekit.ports.source import Source


@hookimpl
def lakekit_providers() -> list[Provider]:
    """The source `calendar`."""
    return [Provider(Port.SOURCE, "calendar", _source, modules=("duckdb", "holidays"), extra="calendar")]


def _source(context: Context) -> Source:
    from lakekit_calendar.content import Calendar
    from lakekit_calendar.options import read_options
    from lakekit_calendar.public_holidays import lookup
    from lakekit_calendar.source import CalendarSource

    options = read_options(context.options, context.where)
    known = lookup(options.holidays, options.language, context.where)
    return CalendarSource(Calendar(options.first, options.last, options.fiscal_year_starts, known), context.progress)
