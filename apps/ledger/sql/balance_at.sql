-- account_id uuid; as_of, known_at timestamptz, null: no bound. What took effect by as_of, as known then.
--
-- Days that lie before both bounds come from roll-ups; of a day that a bound cuts, and of what no run
-- has added up yet, the entries are read.
WITH account AS (
    SELECT a.id, a.kind, a.currency,
           coalesce(%(as_of)s::timestamptz, 'infinity') AS as_of,
           coalesce(%(known_at)s::timestamptz, 'infinity') AS known_at,
           coalesce((SELECT max(last_version) FROM ledger_roll_up WHERE account_id = a.id), 0)
               AS through
    FROM ledger_account AS a WHERE a.public_id = %(account_id)s
), day AS (
    SELECT r.*, a.as_of, a.known_at,
           r.effective_on < ledger_day(a.as_of) AND r.recorded_on < ledger_day(a.known_at) AS whole
    FROM account AS a JOIN ledger_roll_up AS r ON r.account_id = a.id
    WHERE r.effective_on <= ledger_day(a.as_of) AND r.recorded_on <= ledger_day(a.known_at)
), moved AS (
    SELECT debit_minor AS debit, credit_minor AS credit FROM day WHERE whole
    UNION ALL
    SELECT e.debit, e.credit
    FROM day
    JOIN ledger_entry AS e ON e.account_id = day.account_id
        AND e.version BETWEEN day.first_version AND day.last_version
    CROSS JOIN LATERAL (
        SELECT effective_at, recorded_at FROM ledger_transaction
        WHERE id = e.transaction_id LIMIT 1) AS t
    WHERE NOT day.whole AND t.effective_at <= day.as_of AND t.recorded_at <= day.known_at
        AND ledger_day(t.effective_at) = day.effective_on
        AND ledger_day(t.recorded_at) = day.recorded_on
    UNION ALL
    SELECT e.debit, e.credit
    FROM account AS a
    JOIN ledger_entry AS e ON e.account_id = a.id AND e.version > a.through
    CROSS JOIN LATERAL (
        SELECT effective_at, recorded_at FROM ledger_transaction
        WHERE id = e.transaction_id LIMIT 1) AS t
    WHERE t.effective_at <= a.as_of AND t.recorded_at <= a.known_at
)
SELECT a.currency, a.kind, coalesce(sum(m.debit), 0), coalesce(sum(m.credit), 0)
FROM account AS a LEFT JOIN moved AS m ON true
GROUP BY a.currency, a.kind
