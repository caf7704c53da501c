-- accounts bigint[], firsts date[], lasts date[]: by how much each account moves on each of its days
-- (credit side); the day before the first one stands for the balance at its end, which is that of
-- its accrual where it has one. With the version of the account that this makes.
WITH wanted AS (
    SELECT w.account_id, w.first, w.last, known.base_minor,
           CASE WHEN known.base_minor IS NULL THEN '-infinity' ELSE w.first END AS since,
           coalesce((SELECT max(last_version) FROM ledger_roll_up
                     WHERE account_id = w.account_id), 0) AS through
    FROM unnest(%(accounts)s::bigint[], %(firsts)s::date[], %(lasts)s::date[])
        AS w (account_id, first, last)
    LEFT JOIN LATERAL (
        SELECT base_minor FROM ledger_interest_accrual
        WHERE account_id = w.account_id AND day = w.first - 1
        ORDER BY revision DESC LIMIT 1) AS known ON true
), moved AS (
    SELECT account_id, first - 1 AS day, coalesce(base_minor, 0)::numeric AS minor FROM wanted
    UNION ALL
    SELECT w.account_id, greatest(r.effective_on, w.first - 1), r.credit_minor - r.debit_minor
    FROM wanted AS w
    JOIN ledger_roll_up AS r ON r.account_id = w.account_id
        AND r.effective_on BETWEEN w.since AND w.last
    UNION ALL
    SELECT w.account_id, greatest(ledger_day(t.effective_at), w.first - 1), e.credit - e.debit
    FROM wanted AS w
    JOIN ledger_entry AS e ON e.account_id = w.account_id AND e.version > w.through
    CROSS JOIN LATERAL (
        SELECT effective_at FROM ledger_transaction WHERE id = e.transaction_id LIMIT 1) AS t
    WHERE ledger_day(t.effective_at) BETWEEN w.since AND w.last
)
SELECT m.account_id, m.day, sum(m.minor)::bigint, a.version
FROM moved AS m
CROSS JOIN LATERAL (SELECT version FROM ledger_account WHERE id = m.account_id LIMIT 1) AS a
GROUP BY m.account_id, m.day, a.version
