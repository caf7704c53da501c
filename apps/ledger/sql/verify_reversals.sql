-- The invariants of reversals: name, tables, rows looked at, and up to 20 that offend.
WITH undone AS (
    SELECT e.id, e.transaction_id, greatest(e.debit, e.credit) AS minor, sum(p.amount_minor) AS undone
    FROM ledger_reversal_part AS p JOIN ledger_entry AS e ON e.id = p.entry_id GROUP BY e.id
), move AS (
    SELECT r.id, e.account_id, e.debit > 0 AS is_credit, p.amount_minor AS minor
    FROM ledger_reversal AS r
    JOIN ledger_reversal_part AS p ON p.reversal_id = r.id
    JOIN ledger_entry AS e ON e.id = p.entry_id
    UNION ALL
    SELECT r.id, e.account_id, e.credit > 0, -greatest(e.debit, e.credit)
    FROM ledger_reversal AS r JOIN ledger_entry AS e ON e.transaction_id = r.transaction_id
), differing AS (
    SELECT id FROM (SELECT id FROM move GROUP BY id, account_id, is_credit HAVING sum(minor) <> 0)
        AS m GROUP BY id
), short AS (
    SELECT r.id FROM ledger_reversal AS r JOIN ledger_entry AS e ON e.transaction_id = r.reversed_id
    LEFT JOIN ledger_reversal_part AS p ON p.entry_id = e.id AND p.reversal_id = r.id
    WHERE r.whole AND p.amount_minor IS DISTINCT FROM greatest(e.debit, e.credit) GROUP BY r.id
), stray AS (
    SELECT p.id FROM ledger_reversal_part AS p
    JOIN ledger_entry AS e ON e.id = p.entry_id
    LEFT JOIN ledger_reversal AS r ON r.id = p.reversal_id
    WHERE r.reversed_id IS DISTINCT FROM e.transaction_id
)
SELECT 'each reversal undoes what its parts say, and a whole one all',
       ARRAY['ledger_reversal', 'ledger_reversal_part', 'ledger_entry'],
       (SELECT count(*) FROM ledger_reversal),
       ARRAY(SELECT id::text FROM differing UNION SELECT id::text FROM short LIMIT 20)
UNION ALL
SELECT 'each part is of a leg of the transaction that is reversed',
       ARRAY['ledger_reversal_part', 'ledger_reversal', 'ledger_entry'],
       (SELECT count(*) FROM ledger_reversal_part),
       ARRAY(SELECT id::text FROM stray LIMIT 20)
UNION ALL
SELECT 'no leg is reversed beyond its amount',
       ARRAY['ledger_reversal_part', 'ledger_entry'],
       (SELECT count(*) FROM undone),
       ARRAY(SELECT id::text FROM undone WHERE undone > minor LIMIT 20)
