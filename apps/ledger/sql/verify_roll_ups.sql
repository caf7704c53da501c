-- The invariants of roll-ups: name, tables, rows looked at, and up to 20 that offend.
WITH dated AS (
    SELECT e.account_id, e.version, e.debit, e.credit, ledger_day(t.effective_at) AS effective_on,
           ledger_day(t.recorded_at) AS recorded_on
    FROM ledger_entry AS e JOIN ledger_transaction AS t ON t.id = e.transaction_id
), counted AS (
    SELECT r.id, r.entries, r.first_version, r.last_version, r.debit_minor, r.credit_minor,
           count(d.version) AS found, min(d.version) AS first, max(d.version) AS last,
           sum(d.debit) AS debit, sum(d.credit) AS credit
    FROM ledger_roll_up AS r
    LEFT JOIN dated AS d ON d.account_id = r.account_id
        AND d.effective_on = r.effective_on AND d.recorded_on = r.recorded_on
        AND d.version BETWEEN r.first_version AND r.last_version
    GROUP BY r.id
), per_account AS (
    SELECT account_id, sum(entries) AS entries, max(last_version) AS last
    FROM ledger_roll_up GROUP BY account_id
)
SELECT 'each roll-up is the sum of its entries',
       ARRAY['ledger_roll_up', 'ledger_entry'],
       (SELECT count(*) FROM counted),
       ARRAY(SELECT id::text FROM counted
             WHERE (entries, first_version, last_version, debit_minor, credit_minor)
                 IS DISTINCT FROM (found, first, last, debit, credit) LIMIT 20)
UNION ALL
SELECT 'roll-ups leave no entry out',
       ARRAY['ledger_roll_up', 'ledger_account'],
       (SELECT count(*) FROM per_account),
       ARRAY(SELECT a.public_id::text FROM per_account AS p
             JOIN ledger_account AS a ON a.id = p.account_id WHERE p.entries <> p.last LIMIT 20)
