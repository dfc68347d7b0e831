/*
contract: dim_date
tags: [retail]
description: Days, and two rows that are none, for facts whose day is not known (0), and for those that have none (-1).
*/
SELECT
  keys.date_key, c.date, c.year, c.quarter, c.month, c.day, c.month_name, c.day_of_year, c.day_of_week, c.weekday,
  c.iso_year, c.iso_week, c.is_weekend, c.is_month_end, c.fiscal_year, c.fiscal_quarter, c.fiscal_month,
  c.is_holiday, c.holiday
FROM (
  SELECT date_key FROM bronze.calendar
  UNION ALL
  SELECT 0 AS date_key
  UNION ALL
  SELECT -1 AS date_key
) AS keys
LEFT JOIN bronze.calendar AS c ON keys.date_key = c.date_key
