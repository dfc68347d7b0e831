/*
materialization: merge
keys: [event_id]
incremental: [silver.behavior]
affected_by: [event_id]
affected_through:
  gold.dim_customer: [customer_id]
  gold.dim_product: [product_id]
contract: fact_behavior
tags: [retail]
description: A row per event in the web shop, with the versions of customer and product that held when it happened.
*/
SELECT
  b.event_id,
  CASE
    WHEN b.customer_id IS NULL THEN not_applicable_member()
    ELSE coalesce(c._version_key, unknown_member())
  END AS customer_key,
  CASE
    WHEN b.product_id IS NULL THEN not_applicable_member()
    ELSE coalesce(p._version_key, unknown_member())
  END AS product_key,
  coalesce(d.date_key, 0) AS date_key,
  b.customer_id,
  b.product_id,
  b.session_id,
  b.event_type,
  b.device,
  b.happened_at
FROM silver.behavior AS b
LEFT JOIN gold.dim_customer AS c ON b.customer_id = c.customer_id AND as_of(c, b.happened_at)
LEFT JOIN gold.dim_product AS p ON b.product_id = p.product_id AND as_of(p, b.happened_at)
LEFT JOIN gold.dim_date AS d ON CAST(b.happened_at AS date) = d.date
