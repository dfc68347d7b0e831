/*
materialization: merge
keys: [order_id]
incremental: [bronze.orders]
affected_by: [order_id]
partition_by: [ordered_date]
contract: orders
tags: [retail]
description: Orders as they stand after their last change, by the day (UTC) on which they were placed.
*/
WITH newest AS (
  SELECT
    order_id, customer_id, product_id, quantity, amount, currency, upper(trim(currency)) AS code, status, ordered_at,
    updated_at,
    min(CASE WHEN status = 'delivered' THEN updated_at END) OVER (PARTITION BY order_id) AS delivered_at,
    row_number() OVER (
      PARTITION BY order_id
      ORDER BY
        updated_at DESC NULLS LAST, _batch_id DESC NULLS LAST, status DESC NULLS LAST, ordered_at DESC NULLS LAST,
        quantity DESC NULLS LAST, amount DESC NULLS LAST, currency DESC NULLS LAST, customer_id DESC NULLS LAST,
        product_id DESC NULLS LAST
    ) AS place
  FROM bronze.orders
),

-- The codes of ISO 4217, those among them that were withdrawn of late: old orders have them.
judged AS (
  SELECT
    order_id, customer_id, product_id, quantity, amount, currency, status, ordered_at, updated_at, delivered_at,
    CASE WHEN code IN (
      'AED', 'AFN', 'ALL', 'AMD', 'ANG', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BGN', 'BHD',
      'BIF', 'BMD', 'BND', 'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF',
      'CHW', 'CLF', 'CLP', 'CNY', 'COP', 'COU', 'CRC', 'CUC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD',
      'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD',
      'HNL', 'HRK', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS',
      'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL',
      'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN',
      'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD',
      'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SLL', 'SOS', 'SRD', 'SSP', 'STN',
      'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD',
      'USN', 'UYI', 'UYU', 'UYW', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAD', 'XAF', 'XAG', 'XAU', 'XBA',
      'XBB', 'XBC', 'XBD', 'XCD', 'XCG', 'XDR', 'XOF', 'XPD', 'XPF', 'XPT', 'XSU', 'XTS', 'XUA', 'XXX', 'YER',
      'ZAR', 'ZMW', 'ZWG', 'ZWL'
    ) THEN code END AS code
  FROM newest
  WHERE place = 1
)

SELECT
  order_id,
  customer_id,
  product_id,
  quantity,
  amount,
  code AS currency,
  CASE WHEN code IS NULL THEN currency END AS currency_raw,
  status,
  ordered_at,
  CAST(ordered_at AS date) AS ordered_date,
  delivered_at,
  updated_at
FROM judged
