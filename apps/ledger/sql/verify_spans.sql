-- The invariants of spans: name, tables, rows looked at, and up to 20 that offend.
WITH dated AS (
    SELECT e.account_id, (e.version - 1) / 64 AS place, e.version, e.debit, e.credit,
           t.effective_at, t.recorded_at
    FROM ledger_entry AS e JOIN ledger_transaction AS t ON t.id = e.transaction_id
), wanted AS (
    SELECT account_id, 1 AS level, place, count(*) AS parts, sum(debit) AS debit_minor,
           sum(credit) AS credit_minor, min(effective_at) AS effective_min,
           max(effective_at) AS effective_max, min(recorded_at) AS recorded_min,
           max(recorded_at) AS recorded_max,
           array_agg(effective_at ORDER BY version) FILTER (WHERE effective_at < recorded_at)
               AS late_at,
           array_agg(debit - credit ORDER BY version) FILTER (WHERE effective_at < recorded_at)
               AS late_minor
    FROM dated GROUP BY account_id, place
    UNION ALL
    SELECT account_id, level + 1, place / 64, count(*), sum(debit_minor), sum(credit_minor),
           min(effective_min), max(effective_max), min(recorded_min), max(recorded_max), NULL, NULL
    FROM ledger_span GROUP BY account_id, level, place / 64
), per_level AS (
    SELECT account_id, level, count(*) AS spans, max(place) + 1 AS upto
    FROM ledger_span GROUP BY account_id, level
)
SELECT 'each span is the sum of its entries',
       ARRAY['ledger_span', 'ledger_entry'],
       (SELECT count(*) FROM ledger_span),
       ARRAY(SELECT s.id::text FROM ledger_span AS s
             LEFT JOIN wanted AS w ON w.account_id = s.account_id AND w.level = s.level
                 AND w.place = s.place
             WHERE (64, s.debit_minor, s.credit_minor, s.effective_min, s.effective_max,
                    s.recorded_min, s.recorded_max, s.late_at, s.late_minor)
                 IS DISTINCT FROM (w.parts, w.debit_minor, w.credit_minor, w.effective_min,
                                   w.effective_max, w.recorded_min, w.recorded_max, w.late_at,
                                   w.late_minor) LIMIT 20)
UNION ALL
SELECT 'spans leave no entry out',
       ARRAY['ledger_span', 'ledger_account'],
       (SELECT count(*) FROM per_level),
       ARRAY(SELECT a.public_id::text FROM per_level AS p
             JOIN ledger_account AS a ON a.id = p.account_id WHERE p.spans <> p.upto LIMIT 20)
