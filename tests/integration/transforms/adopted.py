"""A project with a dimension, tables that others kept, and `lakekit adopt` as the command line composes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from attrs import frozen
from deltalake import DeltaTable, write_deltalake

from lakekit.app.tools import Run
from lakekit.app.transform.adopt import Asked
from lakekit.compose import application
from lakekit.compose.old_tables import old_table
from lakekit.compose.transforms import Transforms
from lakekit.app.telemetry import Silent
from lakekit.domain.adoption import STYLES, AdoptionReport, Intervals
from lakekit.testing.fake_runtime import EngineRuntime
from tests.integration.transforms.lakes import Lake

EVENTS, MADE = "gold.dim_customer_events", "gold.dim_customer"
QUERY = "SELECT id, name, city, CAST(at AS TIMESTAMPTZ) AS at FROM bronze.customers"
COLUMNS = {"id": "long", "name": "string", "city": "string", "at": "string"}
OURS = Intervals("begins", "ends")


def moment(day: int | None) -> datetime | None:
    """A day of January 2024."""
    return None if day is None else datetime(2024, 1, day, tzinfo=UTC)
