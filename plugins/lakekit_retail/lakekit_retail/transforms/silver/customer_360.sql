/*
materialization: merge
keys: [customer_id]
incremental: [silver.customers, silver.orders, silver.behavior]
affected_by: [customer_id]
contract: customer_360
tags: [retail]
description: >
  A row for each customer that has an account, an order or an event: who they are, what they bought, and what they did
  in the web shop. A row is made of the rows with its customer alone, and of products, which are read in full.
*/
WITH everybody AS (
  SELECT customer_id FROM silver.customers
  UNION
  SELECT customer_id FROM silver.orders WHERE customer_id IS NOT NULL
  UNION
  SELECT customer_id FROM silver.behavior WHERE customer_id IS NOT NULL
),

-- Money counts where it was kept: an order that was cancelled or returned is an order, and nothing was spent by it.
paid AS (
  SELECT
    customer_id, product_id, ordered_at, currency,
    CASE WHEN coalesce(status, '') IN ('cancelled', 'returned') THEN 1 ELSE 0 END AS undone,
    CASE WHEN coalesce(status, '') IN ('cancelled', 'returned') THEN 0 ELSE amount END AS kept
  FROM silver.orders
  WHERE customer_id IS NOT NULL
),

bought AS (
  SELECT
    customer_id,
    count(*) AS orders,
    sum(undone) AS orders_undone,
    min(ordered_at) AS first_ordered_at,
    max(ordered_at) AS last_ordered_at,
    sum(CASE WHEN currency = 'EUR' THEN kept END) AS spent_eur,
    sum(CASE WHEN currency = 'GBP' THEN kept END) AS spent_gbp,
    sum(CASE WHEN currency = 'USD' THEN kept END) AS spent_usd,
    sum(
      CASE WHEN undone = 1 OR (kept IS NOT NULL AND currency IN ('EUR', 'GBP', 'USD')) THEN 0 ELSE 1 END
    ) AS orders_not_summed
  FROM paid
  GROUP BY customer_id
),

shelves AS (
  SELECT
    counted.customer_id, counted.category,
    row_number() OVER (
      PARTITION BY counted.customer_id ORDER BY counted.orders DESC, counted.category ASC NULLS LAST
    ) AS place
  FROM (
    SELECT o.customer_id, p.category, count(*) AS orders
    FROM silver.orders AS o
    INNER JOIN silver.products AS p ON o.product_id = p.product_id
    GROUP BY o.customer_id, p.category
  ) AS counted
),

visited AS (
  SELECT
    customer_id,
    count(DISTINCT session_id) AS sessions,
    sum(CASE WHEN event_type = 'page_view' THEN 1 ELSE 0 END) AS page_views,
    sum(CASE WHEN event_type = 'product_view' THEN 1 ELSE 0 END) AS product_views,
    sum(CASE WHEN event_type = 'add_to_cart' THEN 1 ELSE 0 END) AS carts,
    sum(CASE WHEN event_type = 'checkout' THEN 1 ELSE 0 END) AS checkouts,
    min(happened_at) AS first_seen_at,
    max(happened_at) AS last_seen_at
  FROM silver.behavior
  WHERE customer_id IS NOT NULL
  GROUP BY customer_id
),

convinced AS (
  SELECT b.customer_id, count(DISTINCT b.product_id) AS products_seen_and_bought
  FROM silver.behavior AS b
  INNER JOIN silver.orders AS o
    ON b.customer_id = o.customer_id AND b.product_id = o.product_id AND b.happened_at <= o.ordered_at
  GROUP BY b.customer_id
)

SELECT
  everybody.customer_id,
  c.customer_id IS NOT NULL AS has_account,
  c.name,
  c.email,
  c.phone,
  c.country,
  coalesce(bought.orders, 0) AS orders,
  coalesce(bought.orders_undone, 0) AS orders_undone,
  bought.first_ordered_at,
  bought.last_ordered_at,
  CAST(coalesce(bought.spent_eur, 0) AS decimal(22, 2)) AS spent_eur,
  CAST(coalesce(bought.spent_gbp, 0) AS decimal(22, 2)) AS spent_gbp,
  CAST(coalesce(bought.spent_usd, 0) AS decimal(22, 2)) AS spent_usd,
  coalesce(bought.orders_not_summed, 0) AS orders_not_summed,
  shelves.category AS favourite_category,
  coalesce(visited.sessions, 0) AS sessions,
  coalesce(visited.page_views, 0) AS page_views,
  coalesce(visited.product_views, 0) AS product_views,
  coalesce(visited.carts, 0) AS carts,
  coalesce(visited.checkouts, 0) AS checkouts,
  visited.first_seen_at,
  visited.last_seen_at,
  coalesce(convinced.products_seen_and_bought, 0) AS products_seen_and_bought
FROM everybody
LEFT JOIN silver.customers AS c ON everybody.customer_id = c.customer_id
LEFT JOIN bought ON everybody.customer_id = bought.customer_id
LEFT JOIN shelves ON everybody.customer_id = shelves.customer_id AND shelves.place = 1
LEFT JOIN visited ON everybody.customer_id = visited.customer_id
LEFT JOIN convinced ON everybody.customer_id = convinced.customer_id
