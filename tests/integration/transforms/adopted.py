"""A project with a dimension, tables that others kept, and `lakekit adopt` as the command line composes it."""

from __future__ import annotations

from datetime import UTC, datetime

from lakekit.domain.adoption import Intervals

EVENTS, MADE = "gold.dim_customer_events", "gold.dim_customer"
QUERY = "SELECT id, name, city, CAST(at AS TIMESTAMPTZ) AS at FROM bronze.customers"
COLUMNS = {"id": "long", "name": "string", "city": "string", "at": "string"}
OURS = Intervals("begins", "ends")


def moment(day: int | None) -> datetime | None:
    """A day of January 2024."""
    return None if day is None else datetime(2024, 1, day, tzinfo=UTC)
