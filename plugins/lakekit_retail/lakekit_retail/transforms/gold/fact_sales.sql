/*
materialization: merge
keys: [order_id]
incremental: [silver.orders]
affected_by: [order_id]
affected_through:
  gold.dim_customer: [customer_id]
  gold.dim_product: [product_id]
contract: fact_sales
tags: [retail]
description: >
  A row per order, with the versions of customer and product that held when it was placed. Where those change, as
  something is told late, the facts that they concern are made anew in the same run.
*/
SELECT
  o.order_id,
  CASE
    WHEN o.customer_id IS NULL THEN not_applicable_member()
    ELSE coalesce(c._version_key, unknown_member())
  END AS customer_key,
  coalesce(p._version_key, unknown_member()) AS product_key,
  coalesce(ordered.date_key, 0) AS order_date_key,
  CASE WHEN o.delivered_at IS NULL THEN -1 ELSE coalesce(delivered.date_key, 0) END AS delivery_date_key,
  o.customer_id,
  o.product_id,
  o.status,
  o.quantity,
  o.amount,
  o.currency,
  CAST(p.price * o.quantity AS decimal(22, 2)) AS list_amount_eur,
  o.ordered_at,
  o.delivered_at
FROM silver.orders AS o
LEFT JOIN gold.dim_customer AS c ON o.customer_id = c.customer_id AND as_of(c, o.ordered_at)
LEFT JOIN gold.dim_product AS p ON o.product_id = p.product_id AND as_of(p, o.ordered_at)
LEFT JOIN gold.dim_date AS ordered ON CAST(o.ordered_at AS date) = ordered.date
LEFT JOIN gold.dim_date AS delivered ON CAST(o.delivered_at AS date) = delivered.date
