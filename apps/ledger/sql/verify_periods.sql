-- The invariants of periods: name, tables, rows looked at, and up to 20 that offend.
WITH standing AS (
    SELECT p.number, p.starts_on, p.ends_on, c.id, c.recorded_at
    FROM ledger_period_closing AS c JOIN ledger_period AS p ON p.number = c.period_id
    WHERE NOT EXISTS (SELECT FROM ledger_period_reopening WHERE closing_id = c.id)
), closed AS (
    SELECT CASE WHEN number > 1 THEN ledger_midnight(starts_on) ELSE '-infinity' END AS since,
           ledger_midnight(ends_on + 1) AS before, recorded_at
    FROM standing
)
SELECT 'periods follow each other without a gap',
       ARRAY['ledger_period'],
       (SELECT count(*) FROM ledger_period),
       ARRAY(SELECT number::text FROM (
                 SELECT number, starts_on, lag(ends_on) OVER w + 1 AS expected,
                        row_number() OVER w AS place
                 FROM ledger_period WINDOW w AS (ORDER BY number)) AS p
             WHERE number <> place OR starts_on <> coalesce(expected, starts_on) LIMIT 20)
UNION ALL
SELECT 'the books are closed as far as their closings say',
       ARRAY['ledger_books', 'ledger_period_closing', 'ledger_period', 'ledger_period_reopening'],
       (SELECT count(*) FROM ledger_period_closing) + 1,
       ARRAY(SELECT 'books' FROM ledger_books
             WHERE closed_before IS DISTINCT FROM (SELECT max(before) FROM closed))
       || ARRAY(SELECT number::text FROM (
                    SELECT number, row_number() OVER (ORDER BY number, id) AS place
                    FROM standing) AS s WHERE number <> place LIMIT 20)
UNION ALL
SELECT 'each reopening was asked for and agreed to by two people',
       ARRAY['ledger_period_reopening', 'ledger_reopening_request'],
       (SELECT count(*) FROM ledger_period_reopening),
       ARRAY(SELECT a.closing_id::text FROM ledger_period_reopening AS a
             LEFT JOIN ledger_reopening_request AS r ON r.id = a.request_id
             WHERE (r.closing_id = a.closing_id AND r.actor_key <> a.actor_key
                    AND r.actor_kind = 'staff' AND a.actor_kind = 'staff') IS NOT TRUE LIMIT 20)
UNION ALL
SELECT 'nothing was booked into a period after it was closed',
       ARRAY['ledger_transaction', 'ledger_period_closing'],
       (SELECT count(*) FROM ledger_transaction),
       ARRAY(SELECT t.public_id::text FROM closed AS c
             JOIN ledger_transaction AS t ON t.effective_at >= c.since AND t.effective_at < c.before
                 -- the clocks of two hosts differ, by less than a minute
                 AND t.recorded_at > c.recorded_at + interval '1 minute' LIMIT 20)
UNION ALL
SELECT 'each closing entry moves results to equity',
       ARRAY['ledger_closing_journal', 'ledger_transaction', 'ledger_entry'],
       (SELECT count(*) FROM ledger_closing_journal),
       ARRAY(SELECT j.transaction_id::text FROM ledger_closing_journal AS j
             LEFT JOIN ledger_transaction AS t ON t.id = j.transaction_id
             JOIN ledger_period_closing AS c ON c.id = j.closing_id
             JOIN ledger_period AS p ON p.number = c.period_id
             WHERE (t.kind = 'closing' AND t.effective_at >= ledger_midnight(p.starts_on)
                    AND t.effective_at < ledger_midnight(p.ends_on + 1)) IS NOT TRUE
                 OR EXISTS (SELECT FROM ledger_entry AS e
                            JOIN ledger_account AS a ON a.id = e.account_id
                            WHERE e.transaction_id = j.transaction_id
                                AND a.kind NOT IN ('income', 'expense', 'equity')) LIMIT 20)
