-- account_id uuid, since, until date: what was debited and credited on each day that it took effect,
-- as it is known now. What lies before `since` comes as one row of the day before. Slots of the
-- account count as the account. Days are added up already, but for what came since the last run.
WITH part AS (
    SELECT a.id,
           coalesce((SELECT max(last_version) FROM ledger_roll_up WHERE account_id = a.id), 0)
               AS through
    FROM ledger_account AS a
    WHERE a.id IN (SELECT id FROM ledger_account WHERE public_id = %(account_id)s
                   UNION ALL
                   SELECT s.id FROM ledger_account AS s JOIN ledger_account AS o ON o.id = s.slot_of_id
                   WHERE o.public_id = %(account_id)s)
), moved AS (
    SELECT r.effective_on AS day, r.debit_minor AS debit, r.credit_minor AS credit
    FROM part AS p JOIN ledger_roll_up AS r ON r.account_id = p.id
    WHERE r.effective_on <= %(until)s
    UNION ALL
    SELECT ledger_day(t.effective_at), e.debit, e.credit
    FROM part AS p
    JOIN ledger_entry AS e ON e.account_id = p.id AND e.version > p.through
    CROSS JOIN LATERAL (
        SELECT effective_at FROM ledger_transaction WHERE id = e.transaction_id LIMIT 1) AS t
    WHERE ledger_day(t.effective_at) <= %(until)s
)
SELECT greatest(day, %(since)s::date - 1) AS on_day, sum(debit), sum(credit)
FROM moved GROUP BY on_day ORDER BY on_day
