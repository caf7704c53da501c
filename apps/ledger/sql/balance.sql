-- account_id uuid, at timestamptz: holds count that end after it. An account that many write to is
-- its slots together. Where a bound has become due and no booking has moved it on, it counts.
SELECT a.currency, a.posted_minor + slots.posted, held.minor,
       CASE WHEN a.bounds_due_at <= %(at)s THEN ledger_floor_at(a.id, %(at)s, %(at)s)
            ELSE a.floor_minor END,
       a.version + slots.version
FROM ledger_account AS a
CROSS JOIN LATERAL (
    SELECT coalesce(sum(posted_minor), 0) AS posted, coalesce(sum(version), 0) AS version
    FROM ledger_account WHERE slot_of_id = a.id AND a.mode <> 'plain') AS slots
CROSS JOIN LATERAL (
    SELECT coalesce(sum(o.left_minor), 0) AS minor FROM ledger_hold_open AS o
    WHERE o.expires_at > %(at)s
        AND (o.account_id = a.id OR (a.mode <> 'plain' AND o.account_id IN (
            SELECT id FROM ledger_account WHERE slot_of_id = a.id)))) AS held
WHERE a.public_id = %(account_id)s
