/*
materialization: merge
keys: [event_id]
incremental: [bronze.behavior]
affected_by: [event_id]
partition_by: [event_date]
contract: behavior
tags: [retail]
description: What visitors do, each event as it was delivered last, by the day (UTC) on which it happened.
*/
SELECT
  event_id, customer_id, session_id, event_type, product_id, happened_at,
  CAST(happened_at AS date) AS event_date,
  device
FROM (
  SELECT
    event_id, customer_id, session_id, event_type, product_id, happened_at, device,
    row_number() OVER (
      PARTITION BY event_id
      ORDER BY
        _batch_id DESC NULLS LAST, happened_at DESC NULLS LAST, event_type DESC NULLS LAST,
        customer_id DESC NULLS LAST, product_id DESC NULLS LAST, session_id DESC NULLS LAST, device DESC NULLS LAST
    ) AS place
  FROM bronze.behavior
) AS numbered
WHERE place = 1
