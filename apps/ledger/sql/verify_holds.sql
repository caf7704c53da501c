-- The invariants of holds: name, tables, rows looked at, and up to 20 that offend.
WITH taken AS (
    SELECT hold_id, sum(amount_minor) AS minor, bool_or(final) AS final
    FROM ledger_hold_capture GROUP BY hold_id
), extended AS (
    SELECT hold_id, max(expires_at) AS expires_at FROM ledger_hold_extension GROUP BY hold_id
), hold AS (
    SELECT h.public_id, h.account_id, greatest(h.expires_at, x.expires_at) AS expires_at,
           h.amount_minor - coalesce(t.minor, 0) AS left_minor, coalesce(t.final, false) AS final,
           o.hold_id IS NOT NULL AS is_open, o.account_id AS open_account_id,
           o.left_minor AS open_left_minor, o.expires_at AS open_expires_at,
           e.hold_id IS NOT NULL AS has_ended, e.outcome, e.released_minor,
           e.recorded_at AS ended_at
    FROM ledger_hold AS h
    LEFT JOIN taken AS t ON t.hold_id = h.id
    LEFT JOIN extended AS x ON x.hold_id = h.id
    LEFT JOIN ledger_hold_open AS o ON o.hold_id = h.id
    LEFT JOIN ledger_hold_end AS e ON e.hold_id = h.id
), capture AS (
    SELECT c.id, c.amount_minor, sum(CASE WHEN a.kind IN ('asset', 'expense') THEN e.credit - e.debit
                                          ELSE e.debit - e.credit END) AS posted_minor
    FROM ledger_hold_capture AS c
    JOIN ledger_hold AS h ON h.id = c.hold_id
    JOIN ledger_account AS a ON a.id = h.account_id
    LEFT JOIN ledger_transaction AS t ON t.public_id = c.transaction_id
    LEFT JOIN ledger_entry AS e ON e.transaction_id = t.id AND e.account_id = h.account_id
    GROUP BY c.id
), extension AS (
    SELECT x.id, x.expires_at,
           lag(x.expires_at, 1, h.expires_at) OVER (PARTITION BY x.hold_id ORDER BY x.id) AS before
    FROM ledger_hold_extension AS x JOIN ledger_hold AS h ON h.id = x.hold_id
), held AS ( -- a minute of grace: a post counts by its own clock
    SELECT a.public_id, a.posted_minor - coalesce(lowest.floor_minor, a.floor_minor) AS there,
           sum(o.left_minor) AS promised
    FROM ledger_hold_open AS o
    JOIN ledger_account AS a ON a.id = o.account_id
    LEFT JOIN ( -- a floor may rise above what is there, and holds of before stand
        SELECT account_id, min(coalesce(floor_minor, -9223372036854775808)) AS floor_minor
        FROM ledger_account_bound GROUP BY account_id
    ) AS lowest ON lowest.account_id = a.id
    WHERE o.expires_at > now() + interval '1 minute' GROUP BY a.id, lowest.floor_minor
), kept AS (
    SELECT a.public_id, a.held_minor, coalesce(sum(o.left_minor), 0) AS left_minor
    FROM ledger_account AS a LEFT JOIN ledger_hold_open AS o ON o.account_id = a.id
    GROUP BY a.id
)
SELECT 'each hold has ended, or is open with what is left of it',
       ARRAY['ledger_hold', 'ledger_hold_open', 'ledger_hold_end', 'ledger_hold_capture', 'ledger_hold_extension'],
       (SELECT count(*) FROM hold),
       ARRAY(SELECT public_id::text FROM hold
             WHERE is_open = has_ended OR (is_open AND (
                 open_account_id, open_left_minor, open_expires_at)
                 IS DISTINCT FROM (account_id, left_minor, expires_at)) LIMIT 20)
UNION ALL
SELECT 'each end of a hold is of its kind and releases what was left',
       ARRAY['ledger_hold_end', 'ledger_hold', 'ledger_hold_capture'],
       (SELECT count(*) FROM hold WHERE has_ended),
       ARRAY(SELECT public_id::text FROM hold WHERE has_ended AND (
             released_minor <> greatest(left_minor, 0)
             OR (outcome = 'expired') <> (ended_at >= expires_at)
             OR (outcome = 'captured') <> (final OR left_minor <= 0)) LIMIT 20)
UNION ALL
SELECT 'each capture is posted by its transaction',
       ARRAY['ledger_hold_capture', 'ledger_hold', 'ledger_entry'],
       (SELECT count(*) FROM capture),
       ARRAY(SELECT id::text FROM capture WHERE amount_minor IS DISTINCT FROM posted_minor LIMIT 20)
UNION ALL
SELECT 'each extension of a hold ends later',
       ARRAY['ledger_hold_extension', 'ledger_hold'],
       (SELECT count(*) FROM extension),
       ARRAY(SELECT id::text FROM extension WHERE expires_at <= before LIMIT 20)
UNION ALL
SELECT 'what is held is there',
       ARRAY['ledger_hold_open', 'ledger_account'],
       (SELECT count(*) FROM held),
       ARRAY(SELECT public_id::text FROM held WHERE promised > there LIMIT 20)
UNION ALL
SELECT 'an account says that as much is held as its open holds keep',
       ARRAY['ledger_account', 'ledger_hold_open'],
       (SELECT count(*) FROM kept),
       ARRAY(SELECT public_id::text FROM kept WHERE held_minor <> left_minor LIMIT 20)
