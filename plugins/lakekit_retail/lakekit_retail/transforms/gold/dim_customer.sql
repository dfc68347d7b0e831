/*
materialization: scd2
keys: [customer_id]
sequence_by: updated_at
track: [country]
tie_break: [name, email, birth_date, country]
members: true
contract: dim_customer
tags: [retail]
description: Customers, and where they lived when. Name, address and date of birth are those that were told last.
*/
SELECT customer_id, name, email, birth_date, country, updated_at FROM silver.customer_changes
