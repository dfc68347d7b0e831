"""silver.customer_changes"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakekit.plugin.transforms import transform
from lakekit_retail.frames import latest, with_country, with_email, with_phone

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@transform(
    inputs={"customers": "bronze.customers"},
    contract="customers",
    tags=["retail"],
    description="What customers were since when, written in one way: a row per customer and moment.",
)
def customer_changes(customers: DataFrame) -> DataFrame:
    """The source delivers all of them each time, so all are made anew."""
    columns = ("name", "email", "phone", "country", "birth_date")
    newest = latest(customers, ("customer_id", "updated_at"), "_batch_id", *columns)
    told = with_phone(with_country(with_email(newest)))
    return told.select(
        "customer_id",
        "name",
        "email",
        "email_raw",
        "phone",
        "phone_raw",
        "country",
        "country_raw",
        "birth_date",
        "updated_at",
    )
