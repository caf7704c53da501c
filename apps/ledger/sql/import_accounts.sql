-- codes text[], ids uuid[], now: accounts by code or id, with what is held on them and the bounds of now.
SELECT a.code, a.public_id, a.kind, a.currency, a.status,
       CASE WHEN a.bounds_due_at <= %(now)s THEN b.floor_minor ELSE a.floor_minor END,
       CASE WHEN a.bounds_due_at <= %(now)s THEN b.ceiling_minor ELSE a.ceiling_minor END,
       CASE WHEN a.held_minor = 0 THEN 0 ELSE (
           SELECT coalesce(sum(left_minor), 0) FROM ledger_hold_open
           WHERE account_id = a.id AND expires_at > %(now)s) END::bigint,
       a.posted_minor
FROM ledger_account AS a
LEFT JOIN LATERAL (
    SELECT floor_minor, ceiling_minor FROM ledger_account_bound
    WHERE account_id = a.id AND effective_at <= %(now)s
    ORDER BY effective_at DESC, id DESC LIMIT 1) AS b ON true
WHERE a.code = ANY (%(codes)s) OR a.public_id = ANY (%(ids)s)
