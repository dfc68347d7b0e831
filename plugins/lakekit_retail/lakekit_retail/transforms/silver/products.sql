/*
contract: products
tags: [retail]
description: The catalogue, the latest row of each product. All of it is delivered each time, so all is made anew.
*/
SELECT product_id, name, category, price, active, updated_at
FROM (
  SELECT
    product_id, name, category, price, active, updated_at,
    row_number() OVER (
      PARTITION BY product_id
      ORDER BY
        _batch_id DESC NULLS LAST, updated_at DESC NULLS LAST, active DESC NULLS LAST, price DESC NULLS LAST,
        category DESC NULLS LAST, name DESC NULLS LAST
    ) AS place
  FROM bronze.products
) AS numbered
WHERE place = 1
