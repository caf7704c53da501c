-- Every invariant of what is booked: name, tables, how many rows it looked at, up to 20 that offend.
WITH per_account AS (
    SELECT account_id, count(*) AS entries, min(version) AS first, max(version) AS last,
           sum(debit) AS debits, sum(credit) AS credits
    FROM ledger_entry GROUP BY account_id
), account AS (
    SELECT a.id, a.public_id, a.posted_minor, a.version,
           coalesce(p.entries, 0) AS entries, coalesce(p.first, 1) AS first,
           coalesce(p.last, 0) AS last,
           CASE WHEN a.kind IN ('asset', 'expense') THEN 1 ELSE -1 END
               * (coalesce(p.debits, 0) - coalesce(p.credits, 0)) AS summed
    FROM ledger_account AS a LEFT JOIN per_account AS p ON p.account_id = a.id
), stepped AS (
    SELECT e.id, e.balance_after,
           lag(e.balance_after, 1, 0::bigint) OVER w
               + CASE WHEN a.kind IN ('asset', 'expense') THEN e.debit - e.credit
                      ELSE e.credit - e.debit END AS expected
    FROM ledger_entry AS e JOIN ledger_account AS a ON a.id = e.account_id
    WINDOW w AS (PARTITION BY e.account_id ORDER BY e.version)
), per_transaction AS (
    SELECT t.public_id, count(e.id) AS legs,
           bool_or(e.id IS NULL) AS bare
    FROM ledger_transaction AS t LEFT JOIN ledger_entry AS e ON e.transaction_id = t.id
    GROUP BY t.id
), per_transaction_currency AS (
    SELECT transaction_id, currency, sum(debit) - sum(credit) AS difference
    FROM ledger_entry GROUP BY transaction_id, currency
), misfit AS (
    SELECT e.id FROM ledger_entry AS e
    LEFT JOIN ledger_account AS a ON a.id = e.account_id
    LEFT JOIN ledger_transaction AS t ON t.id = e.transaction_id
    WHERE t.id IS NULL OR e.currency IS DISTINCT FROM a.currency
        OR least(e.debit, e.credit) <> 0 OR greatest(e.debit, e.credit) <= 0
), per_currency AS (
    SELECT currency, sum(debit) - sum(credit) AS difference FROM ledger_entry GROUP BY currency
)
SELECT 'debits equal credits in each currency',
       ARRAY['ledger_entry'],
       (SELECT count(*) FROM ledger_entry),
       ARRAY(SELECT currency::text FROM per_currency WHERE difference <> 0 LIMIT 20)
UNION ALL
SELECT 'each transaction is zero-sum per currency',
       ARRAY['ledger_entry', 'ledger_transaction'],
       (SELECT count(*) FROM per_transaction_currency),
       ARRAY(SELECT t.public_id::text FROM per_transaction_currency AS p
             JOIN ledger_transaction AS t ON t.id = p.transaction_id
             WHERE p.difference <> 0 LIMIT 20)
UNION ALL
SELECT 'each transaction has two legs or more',
       ARRAY['ledger_transaction', 'ledger_entry'],
       (SELECT count(*) FROM per_transaction),
       ARRAY(SELECT public_id::text FROM per_transaction WHERE bare OR legs < 2 LIMIT 20)
UNION ALL
SELECT 'each balance is the sum of its entries',
       ARRAY['ledger_account', 'ledger_entry'],
       (SELECT count(*) FROM account),
       ARRAY(SELECT public_id::text FROM account WHERE posted_minor <> summed LIMIT 20)
UNION ALL
SELECT 'versions have no gap and match the account',
       ARRAY['ledger_account', 'ledger_entry'],
       (SELECT count(*) FROM account),
       ARRAY(SELECT public_id::text FROM account
             WHERE version <> entries OR last <> entries OR first <> 1 LIMIT 20)
UNION ALL
SELECT 'each entry continues the one before it',
       ARRAY['ledger_entry'],
       (SELECT count(*) FROM stepped),
       ARRAY(SELECT id::text FROM stepped WHERE balance_after <> expected LIMIT 20)
UNION ALL
SELECT 'each entry is one side of a transaction, in the currency of its account',
       ARRAY['ledger_entry', 'ledger_account', 'ledger_transaction'],
       (SELECT count(*) FROM ledger_entry),
       ARRAY(SELECT id::text FROM misfit LIMIT 20)
UNION ALL
SELECT 'no transaction counts from after it was recorded',
       ARRAY['ledger_transaction'],
       (SELECT count(*) FROM ledger_transaction),
       ARRAY(SELECT public_id::text FROM ledger_transaction
             WHERE effective_at > recorded_at LIMIT 20)
