/*
materialization: scd2
keys: [product_id]
sequence_by: updated_at
track: [name, category, price, active]
tie_break: [name, category, price, active]
members: true
contract: dim_product
tags: [retail]
description: Products, and what they were and cost when.
*/
SELECT product_id, name, category, price, active, updated_at FROM silver.products
