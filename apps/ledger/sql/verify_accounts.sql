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
)
SELECT 'the tree of accounts has no circle',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM ledger_account),
       ARRAY(SELECT public_id::text FROM ledger_account
             WHERE id NOT IN (SELECT id FROM rooted) LIMIT 20)
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
SELECT 'no account is above its ceiling',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM ledger_account),
       ARRAY(SELECT public_id::text FROM ledger_account WHERE posted_minor > ceiling_minor LIMIT 20)
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
