"""silver.orders"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit.plugin.transforms import transform
from lakekit_retail.frames import latest, with_currency

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@transform(
    inputs={"orders": "bronze.orders"},
    materialization="merge",
    keys=["order_id"],
    incremental=["bronze.orders"],
    affected_by=["order_id"],
    partition_by=["ordered_date"],
    contract="orders",
    tags=["retail"],
    description="Orders as they stand after their last change, by the day (UTC) on which they were placed.",
)
def orders(orders: DataFrame) -> DataFrame:
    """What becomes of an order depends on its own rows alone, so those of orders that changed are enough."""
    columns = ("status", "ordered_at", "quantity", "amount", "currency", "customer_id", "product_id")
    newest = latest(orders, "order_id", "updated_at", "_batch_id", *columns)
    return with_currency(newest).selectExpr(
        "order_id",
        "customer_id",
        "product_id",
        "quantity",
        "amount",
        "currency",
        "currency_raw",
        "status",
        "ordered_at",
        "CAST(ordered_at AS date) AS ordered_date",
        "updated_at",
    )
