"""What every implementation of the `TableStore` port promises."""

from __future__ import annotations

from lakekit.testing.table_store.base import TABLE, Row
from lakekit.testing.table_store.changing import Changing
from lakekit.testing.table_store.committing import Committing
from lakekit.testing.table_store.making import Making
from lakekit.testing.table_store.removing import Removing
from lakekit.testing.table_store.restoring import Restoring
from lakekit.testing.table_store.rewriting import Rewriting
from lakekit.testing.table_store.staging import Staging

__all__ = ["TABLE", "Row", "TableStoreSuite"]


class TableStoreSuite(Making, Committing, Removing, Rewriting, Restoring, Changing, Staging):
    """Subclass it as `Test...`; say how to make the adapter, and how others see its tables."""
