/*
contract: customers
tags: [retail]
description: Customers as they stand after their last change.
*/
SELECT
  customer_id, name, email, email_raw, phone, phone_raw, country, country_raw, birth_date, updated_at
FROM (
  SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY updated_at DESC NULLS LAST) AS place
  FROM silver.customer_changes
) AS numbered
WHERE place = 1
