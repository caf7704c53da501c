-- accounts bigint[]: what is known of the interest of each, and from which day on it no longer holds:
-- of late entries (changed; those that interest itself has put there are known), or of corrections
-- that no capitalisation counts yet (uncounted).
SELECT a.id, a.public_id, a.version, coalesce(last.number, 0), coalesce(last.paid_total, 0),
       coalesce(last.charged_total, 0), reached.day, changed.day, uncounted.day
FROM ledger_account AS a
LEFT JOIN LATERAL (
    SELECT number, paid_total, charged_total, seen_version FROM ledger_interest_accrual
    WHERE account_id = a.id ORDER BY number DESC LIMIT 1) AS last ON true
LEFT JOIN LATERAL (
    SELECT max(day) AS day FROM ledger_interest_accrual WHERE account_id = a.id) AS reached ON true
LEFT JOIN LATERAL (
    SELECT min(ledger_day(t.effective_at)) AS day
    FROM ledger_entry AS e
    CROSS JOIN LATERAL (
        SELECT id, effective_at FROM ledger_transaction WHERE id = e.transaction_id LIMIT 1) AS t
    WHERE e.account_id = a.id AND e.version > last.seen_version AND e.version <= a.version
        AND ledger_day(t.effective_at) <= reached.day
        AND NOT EXISTS (SELECT FROM ledger_interest_capital WHERE transaction_id = t.id)
) AS changed ON true
LEFT JOIN LATERAL (
    SELECT min(r.day) AS day
    FROM (SELECT max(number) AS number, max(day) AS day FROM ledger_interest_capital
          WHERE account_id = a.id) AS c
    JOIN ledger_interest_accrual AS r
        ON r.account_id = a.id AND r.number > c.number AND r.day <= c.day
) AS uncounted ON true
WHERE a.id = ANY (%(accounts)s::bigint[])
ORDER BY a.id
