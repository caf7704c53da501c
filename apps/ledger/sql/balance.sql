-- account_id uuid, at timestamptz: holds count that end after it
SELECT a.currency, a.posted_minor, coalesce(sum(o.left_minor), 0)::bigint, a.floor_minor, a.version
FROM ledger_account AS a
LEFT JOIN ledger_hold_open AS o ON o.account_id = a.id AND o.expires_at > %(at)s
WHERE a.public_id = %(account_id)s
GROUP BY a.id
