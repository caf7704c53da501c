-- The invariants of accounts and the books as a whole: name, tables, rows looked at, up to 20 that
-- offend.
WITH RECURSIVE rooted AS ( -- what a descent from the roots reaches; a cycle hangs from no root
    SELECT id FROM ledger_account WHERE parent_id IS NULL
    UNION ALL
    SELECT a.id FROM rooted AS r JOIN ledger_account AS a ON a.parent_id = r.id
), in_force AS ( -- of the bounds that have been applied, the latest; the newest row of a moment
    SELECT DISTINCT ON (b.account_id) b.account_id, b.floor_minor, b.ceiling_minor
    FROM ledger_account_bound AS b JOIN ledger_account AS a ON a.id = b.account_id
    WHERE b.effective_at < coalesce(a.bounds_due_at, 'infinity')
    ORDER BY b.account_id, b.effective_at DESC, b.id DESC
), off_bounds AS (
    SELECT a.public_id FROM in_force AS f JOIN ledger_account AS a ON a.id = f.account_id
    WHERE (a.floor_minor, a.ceiling_minor) IS DISTINCT FROM (f.floor_minor, f.ceiling_minor)
    UNION ALL
    SELECT a.public_id FROM ledger_account AS a
    WHERE a.bounds_due_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM ledger_account_bound AS b
        WHERE b.account_id = a.id AND b.effective_at = a.bounds_due_at)
), span AS (
    SELECT account_id, floor_minor, ceiling_minor, effective_at AS since,
           lead(effective_at, 1, 'infinity') OVER w AS until
    FROM ledger_account_bound WINDOW w AS (PARTITION BY account_id ORDER BY effective_at, id)
), change AS (
    SELECT e.id, e.transaction_id, e.account_id, e.balance_after, a.floor_minor, a.ceiling_minor,
           (a.kind IN ('asset', 'expense')) = (e.debit > 0) AS raises
    FROM ledger_entry AS e JOIN ledger_account AS a ON a.id = e.account_id
), beyond AS ( -- a minute of grace: a post counts by its own clock
    SELECT id FROM change AS c
    WHERE CASE WHEN raises THEN balance_after > ceiling_minor ELSE balance_after < floor_minor END
        AND NOT EXISTS (SELECT FROM span WHERE account_id = c.account_id)
    UNION ALL
    SELECT c.id
    FROM span AS s
    JOIN change AS c ON c.account_id = s.account_id
    JOIN ledger_transaction AS t ON t.id = c.transaction_id
        AND s.since <= t.recorded_at + interval '1 minute'
        AND s.until >= t.recorded_at - interval '1 minute'
    GROUP BY c.id, c.raises, c.balance_after
    HAVING CASE WHEN c.raises
                THEN c.balance_after > max(coalesce(s.ceiling_minor, 9223372036854775807))
                ELSE c.balance_after < min(coalesce(s.floor_minor, -9223372036854775808)) END
), bent AS ( -- whose bounds never changed, and who is beyond them
    SELECT a.public_id, a.posted_minor < a.floor_minor AS low, a.posted_minor > a.ceiling_minor AS high
    FROM ledger_account AS a
    WHERE (a.posted_minor < a.floor_minor OR a.posted_minor > a.ceiling_minor)
        AND NOT EXISTS (SELECT FROM ledger_account_bound WHERE account_id = a.id)
)
SELECT 'each account is of a type, currency, status and mode that there is',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM ledger_account),
       ARRAY(SELECT public_id::text FROM ledger_account
             WHERE (currency ~ '^[A-Z]{3}$' AND (floor_minor <= ceiling_minor) IS NOT FALSE
                 AND kind IN ('asset', 'liability', 'equity', 'income', 'expense')
                 AND status IN ('open', 'frozen_debit', 'frozen', 'closed')
                 AND mode IN ('plain', 'slots', 'deferred')
                 AND (mode = 'plain' OR (floor_minor IS NULL AND ceiling_minor IS NULL))
                 AND (slot_of_id IS NULL) = (slot IS NULL)) IS NOT TRUE LIMIT 20)
UNION ALL
SELECT 'the tree of accounts has no circle',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM ledger_account),
       ARRAY(SELECT public_id::text FROM ledger_account
             WHERE id NOT IN (SELECT id FROM rooted) LIMIT 20)
UNION ALL
SELECT 'each parent is of the type of what stands below it, and no slot',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM ledger_account WHERE parent_id IS NOT NULL),
       ARRAY(SELECT a.public_id::text
             FROM ledger_account AS a LEFT JOIN ledger_account AS p ON p.id = a.parent_id
             WHERE a.parent_id IS NOT NULL
                 AND (p.kind = a.kind AND p.slot_of_id IS NULL) IS NOT TRUE LIMIT 20)
UNION ALL
SELECT 'each slot is of a hot account, of its type and currency',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM ledger_account WHERE slot_of_id IS NOT NULL),
       ARRAY(SELECT slot.public_id::text
             FROM ledger_account AS slot
             LEFT JOIN ledger_account AS hot ON hot.id = slot.slot_of_id
             WHERE slot.slot_of_id IS NOT NULL AND (
                 hot.mode IS NULL OR hot.mode = 'plain' OR hot.slot_of_id IS NOT NULL
                 OR (slot.kind, slot.currency) IS DISTINCT FROM (hot.kind, hot.currency)) LIMIT 20)
UNION ALL
SELECT 'no account is below its floor',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM ledger_account),
       ARRAY(SELECT public_id::text FROM bent WHERE low LIMIT 20)
UNION ALL
SELECT 'no account is above its ceiling',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM ledger_account),
       ARRAY(SELECT public_id::text FROM bent WHERE high LIMIT 20)
UNION ALL
SELECT 'no entry took its account beyond the bounds of its time',
       ARRAY['ledger_entry', 'ledger_account_bound', 'ledger_transaction'],
       (SELECT count(*) FROM change),
       ARRAY(SELECT id::text FROM beyond LIMIT 20)
UNION ALL
SELECT 'a closed account is empty, with nothing held on it',
       ARRAY['ledger_account', 'ledger_hold_open'],
       (SELECT count(*) FROM ledger_account WHERE status = 'closed'),
       ARRAY(SELECT public_id::text FROM ledger_account AS a
             WHERE status = 'closed' AND (posted_minor <> 0 OR EXISTS (
                 SELECT FROM ledger_hold_open WHERE account_id = a.id)) LIMIT 20)
UNION ALL
SELECT 'the bounds of an account are the latest that were set',
       ARRAY['ledger_account_bound', 'ledger_account'],
       (SELECT count(*) FROM ledger_account_bound),
       ARRAY(SELECT public_id::text FROM off_bounds LIMIT 20)
UNION ALL
SELECT 'there is one set of books',
       ARRAY['ledger_books'],
       (SELECT count(*) FROM ledger_books),
       ARRAY(SELECT count(*) || ' rows' FROM ledger_books HAVING count(*) <> 1)
