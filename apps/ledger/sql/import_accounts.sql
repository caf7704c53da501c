-- codes text[], ids uuid[], now: accounts by code or id, with what is held on them.
SELECT a.code, a.public_id, a.kind, a.currency, a.status, a.floor_minor, a.ceiling_minor,
       coalesce((SELECT sum(left_minor) FROM ledger_hold_open
                 WHERE account_id = a.id AND expires_at > %(now)s), 0)::bigint,
       a.posted_minor
FROM ledger_account AS a
WHERE a.code = ANY (%(codes)s) OR a.public_id = ANY (%(ids)s)
