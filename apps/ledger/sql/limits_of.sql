-- account_id uuid, at timestamptz. What is in force then, and each version that will be when its time
-- comes; of what is in force, what its window has seen by that day.
SELECT l.public_id, l.direction, l.period, l.days, l.scope, o.public_id, l.measure, v.maximum,
       v.effective_from, v.effective_until, v.effective_from <= %(at)s AS in_force,
       CASE WHEN v.effective_from > %(at)s THEN NULL
            WHEN l.period = 'transaction' THEN 0
            ELSE coalesce((
                SELECT max(summed.used) FROM (
                    SELECT sum(used) AS used FROM ledger_limit_use
                    WHERE limit_id = l.id AND day <= ledger_day(%(at)s) AND
                        day >= ledger_limit_window(l.period, l.days, ledger_day(%(at)s))
                    GROUP BY counterparty_id) AS summed), 0) END AS used
FROM ledger_account AS a
JOIN ledger_limit AS l ON l.account_id = a.id
LEFT JOIN ledger_account AS o ON o.id = l.counterparty_id
JOIN ledger_limit_version AS v ON v.limit_id = l.id
CROSS JOIN LATERAL (SELECT greatest(v.effective_from, %(at)s) AS at) AS moment
WHERE a.public_id = %(account_id)s
    AND (v.maximum IS NOT NULL OR v.effective_from > %(at)s)
    AND v.id = (
        SELECT max(w.id) FROM ledger_limit_version AS w
        WHERE w.limit_id = l.id AND w.effective_from <= moment.at
            AND (w.effective_until IS NULL OR w.effective_until > moment.at))
ORDER BY l.id, v.effective_from, v.id
