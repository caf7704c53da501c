-- The invariants of exchanges: name, tables, rows looked at, and up to 20 that offend.
WITH moved AS (
    SELECT c.id,
           sum(e.debit - e.credit) FILTER (
               WHERE coalesce(a.slot_of_id, a.id) = c.sold_account_id) AS sold,
           sum(e.debit - e.credit) FILTER (
               WHERE coalesce(a.slot_of_id, a.id) = c.bought_account_id) AS bought
    FROM ledger_conversion AS c
    JOIN ledger_entry AS e ON e.transaction_id = c.transaction_id
    JOIN ledger_account AS a ON a.id = e.account_id
    GROUP BY c.id
), exact AS (
    SELECT id, fixes, rounding, sold_minor, bought_minor,
           CASE fixes WHEN 'sell' THEN bought_minor ELSE sold_minor END AS other,
           CASE fixes WHEN 'sell' THEN sold_minor::numeric * rate_numerator
                      ELSE bought_minor::numeric * rate_denominator END AS value,
           CASE fixes WHEN 'sell' THEN rate_denominator ELSE rate_numerator END AS by
    FROM ledger_conversion
), distant AS ( -- by how much the other side differs from the exact product, in parts of a minor unit
    SELECT id, rounding, by, value - other * by::numeric AS rest FROM exact
)
SELECT 'each conversion is what its transaction exchanged',
       ARRAY['ledger_conversion', 'ledger_entry'],
       (SELECT count(*) FROM ledger_conversion),
       ARRAY(SELECT c.id::text FROM ledger_conversion AS c
             LEFT JOIN moved AS m ON m.id = c.id
             JOIN ledger_transaction AS t ON t.id = c.transaction_id
             WHERE t.kind <> 'exchange' OR m.id IS NULL OR sign(m.sold) = sign(m.bought)
                 OR (abs(m.sold), abs(m.bought)) IS DISTINCT FROM
                    (c.sold_minor::numeric, c.bought_minor::numeric) LIMIT 20)
UNION ALL
SELECT 'each conversion keeps to its rate',
       ARRAY['ledger_conversion'],
       (SELECT count(*) FROM distant),
       ARRAY(SELECT id::text FROM distant WHERE NOT CASE rounding
                 WHEN 'down' THEN rest >= 0 AND rest < by
                 WHEN 'up' THEN rest <= 0 AND -rest < by
                 ELSE 2 * abs(rest) <= by END LIMIT 20)
UNION ALL
SELECT 'each exchange says at what rate',
       ARRAY['ledger_transaction', 'ledger_conversion'],
       (SELECT count(*) FROM ledger_transaction WHERE kind = 'exchange'),
       ARRAY(SELECT t.public_id::text FROM ledger_transaction AS t
             LEFT JOIN ledger_conversion AS c ON c.transaction_id = t.id
             WHERE t.kind = 'exchange' AND c.id IS NULL LIMIT 20)
