-- The invariants of limits: name, tables, how many rows each looked at, and up to 20 that offend.
WITH undone AS (
    SELECT entry_id, sum(amount_minor) AS minor FROM ledger_reversal_part GROUP BY entry_id
), watched AS ( -- accounts whose use is counted, and what was booked on them
    SELECT DISTINCT e.transaction_id
    FROM ledger_limit AS l JOIN ledger_entry AS e ON e.account_id = l.account_id
    WHERE l.period <> 'transaction'
), leg AS (
    SELECT e.transaction_id, ledger_day(t.recorded_at) AS day, e.account_id, e.currency,
           coalesce(a.slot_of_id, a.id) AS party, e.debit > 0 AS is_debit,
           CASE WHEN (e.debit > 0) = (a.kind IN ('asset', 'expense')) THEN 'in' ELSE 'out' END
               AS direction,
           greatest(e.debit, e.credit) - coalesce(u.minor, 0) AS minor
    FROM watched AS w
    JOIN ledger_transaction AS t ON t.id = w.transaction_id
    JOIN ledger_entry AS e ON e.transaction_id = t.id
    JOIN ledger_account AS a ON a.id = e.account_id
    LEFT JOIN undone AS u ON u.entry_id = e.id
    LEFT JOIN ledger_reversal AS r ON r.transaction_id = t.id
    LEFT JOIN ledger_transaction AS o ON o.id = r.reversed_id
    WHERE t.kind <> 'reversal' OR o.kind = 'reversal'
), moved AS (
    SELECT transaction_id, day, account_id, direction, currency, is_debit, sum(minor) AS minor
    FROM leg GROUP BY transaction_id, day, account_id, direction, currency, is_debit
), across AS (
    SELECT transaction_id, currency, is_debit, party, sum(minor) AS minor
    FROM leg GROUP BY transaction_id, currency, is_debit, party
), flow AS (
    SELECT l.id AS limit_id, m.day, l.measure, least(m.minor, x.minor) AS minor,
           CASE l.scope WHEN 'each' THEN x.party ELSE l.account_id END AS counterparty_id
    FROM ledger_limit AS l
    JOIN moved AS m ON m.account_id = l.account_id AND m.direction = l.direction
        AND m.day >= l.counted_from
    LEFT JOIN across AS x ON l.scope <> 'all' AND x.transaction_id = m.transaction_id
        AND x.currency = m.currency AND x.is_debit <> m.is_debit AND x.party <> l.account_id
        AND (l.scope = 'each' OR x.party = l.counterparty_id)
    WHERE l.scope = 'all' OR x.party IS NOT NULL
), counted AS (
    SELECT limit_id, counterparty_id, day,
           sum(CASE measure WHEN 'count' THEN sign(minor) ELSE minor END) AS used
    FROM flow GROUP BY limit_id, counterparty_id, day
), compared AS (
    SELECT limit_id, coalesce(u.used, 0) <> coalesce(c.used, 0) AS differs
    FROM ledger_limit_use AS u FULL JOIN counted AS c USING (limit_id, counterparty_id, day)
)
SELECT 'each counter of a limit is the sum of what it counts',
       ARRAY['ledger_limit_use', 'ledger_limit', 'ledger_entry'],
       (SELECT count(*) FROM compared),
       ARRAY(SELECT DISTINCT l.public_id::text FROM compared AS c
             JOIN ledger_limit AS l ON l.id = c.limit_id WHERE c.differs LIMIT 20)
UNION ALL
SELECT 'an account with limits is held to them',
       ARRAY['ledger_limit', 'ledger_account'],
       (SELECT count(*) FROM ledger_limit),
       ARRAY(SELECT DISTINCT a.public_id::text FROM ledger_limit AS l
             JOIN ledger_account AS a ON a.id = l.account_id WHERE NOT a.limited LIMIT 20)
UNION ALL
SELECT 'each limit says how much it allows',
       ARRAY['ledger_limit', 'ledger_limit_version'],
       (SELECT count(*) FROM ledger_limit),
       ARRAY(SELECT public_id::text FROM ledger_limit AS l
             WHERE NOT EXISTS (SELECT FROM ledger_limit_version WHERE limit_id = l.id) LIMIT 20)
UNION ALL
SELECT 'each transaction that no limit was asked about is a reversal',
       ARRAY['ledger_limit_waiver', 'ledger_reversal'],
       (SELECT count(*) FROM ledger_limit_waiver),
       ARRAY(SELECT w.transaction_id::text FROM ledger_limit_waiver AS w
             WHERE NOT EXISTS (SELECT FROM ledger_reversal
                               WHERE transaction_id = w.transaction_id) LIMIT 20)
