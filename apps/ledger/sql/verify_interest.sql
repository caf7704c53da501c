-- The invariants of interest and fees: name, how many rows each looked at, and up to 20 that offend.
WITH accrual AS (
    SELECT r.*, lag(r.number, 1, 0::bigint) OVER w AS number_before,
           lag(r.paid_total, 1, 0::numeric) OVER w AS paid_before,
           lag(r.charged_total, 1, 0::numeric) OVER w AS charged_before
    FROM ledger_interest_accrual AS r
    WINDOW w AS (PARTITION BY r.account_id ORDER BY r.number)
), revised AS (
    SELECT a.*, lag(a.paid_grains, 1, 0::numeric) OVER w AS paid_earlier,
           lag(a.charged_grains, 1, 0::numeric) OVER w AS charged_earlier,
           lag(a.revision, 1, -1) OVER w AS revision_before
    FROM accrual AS a
    WINDOW w AS (PARTITION BY a.account_id, a.day ORDER BY a.revision)
), spaced AS (
    SELECT r.id, r.day, lag(r.day) OVER (PARTITION BY r.account_id ORDER BY r.day) AS before,
           s.effective_on
    FROM ledger_interest_accrual AS r
    JOIN ledger_interest_assignment AS s ON s.id = r.assignment_id
    WHERE r.revision = 0
), newest AS (
    SELECT DISTINCT ON (account_id, day) id, account_id, day, base_minor
    FROM ledger_interest_accrual ORDER BY account_id, day, revision DESC
), seen AS (
    SELECT account_id, max(seen_version) AS version FROM ledger_interest_accrual GROUP BY account_id
), stood AS (
    SELECT id, base_minor, sum(minor) OVER (PARTITION BY account_id ORDER BY day) AS minor
    FROM (
        SELECT NULL AS id, e.account_id, ledger_day(t.effective_at) AS day, NULL AS base_minor,
               e.credit - e.debit AS minor
        FROM seen
        JOIN ledger_entry AS e ON e.account_id = seen.account_id
        JOIN ledger_transaction AS t ON t.id = e.transaction_id
        WHERE e.version <= seen.version
            OR EXISTS (SELECT FROM ledger_interest_capital WHERE transaction_id = t.id)
        UNION ALL
        SELECT id, account_id, day, base_minor, 0 FROM newest
    ) AS moves
), said AS (
    SELECT r.id, r.paid_grains + r.charged_grains AS grains,
           ledger_interest_of_day(r.version_id, c.day_count, s.effective_on, r.day, r.base_minor)
               AS expected
    FROM ledger_interest_accrual AS r
    JOIN ledger_interest_assignment AS s ON s.id = r.assignment_id
    JOIN ledger_interest_schedule AS c ON c.id = s.schedule_id
), wanted AS (
    SELECT r.transaction_id, 'interest' AS kind, w.account_id, w.minor
    FROM ledger_interest_accrual AS r
    JOIN ledger_interest_assignment AS s ON s.id = r.assignment_id
    JOIN ledger_interest_schedule AS c ON c.id = s.schedule_id
    CROSS JOIN LATERAL (VALUES (c.expense_account_id, r.paid_minor),
                               (c.payable_account_id, -r.paid_minor),
                               (c.receivable_account_id, r.charged_minor),
                               (c.income_account_id, -r.charged_minor)) AS w (account_id, minor)
    WHERE r.transaction_id IS NOT NULL
    UNION ALL
    SELECT r.transaction_id, 'capitalisation', w.account_id, w.minor
    FROM ledger_interest_capital AS r
    JOIN ledger_interest_assignment AS s ON s.id = r.assignment_id
    JOIN ledger_interest_schedule AS c ON c.id = s.schedule_id
    CROSS JOIN LATERAL (VALUES (c.payable_account_id, r.paid_minor),
                               (r.account_id, r.charged_minor - r.paid_minor),
                               (c.receivable_account_id, -r.charged_minor)) AS w (account_id, minor)
    WHERE r.transaction_id IS NOT NULL
    UNION ALL
    SELECT f.transaction_id, 'fee', w.account_id, w.minor
    FROM ledger_fee AS f
    JOIN ledger_fee_version AS v ON v.id = f.version_id
    JOIN ledger_fee_schedule AS c ON c.id = v.schedule_id
    CROSS JOIN LATERAL (VALUES (f.account_id, f.fee_minor),
                               (c.income_account_id, -f.fee_minor)) AS w (account_id, minor)
    WHERE f.transaction_id IS NOT NULL
), differing AS (
    SELECT transaction_id FROM (
        SELECT transaction_id, account_id, minor FROM wanted
        UNION ALL
        SELECT e.transaction_id, coalesce(a.slot_of_id, a.id), e.credit - e.debit
        FROM ledger_entry AS e JOIN ledger_account AS a ON a.id = e.account_id
        WHERE e.transaction_id IN (SELECT transaction_id FROM wanted)
    ) AS moves
    GROUP BY transaction_id, account_id HAVING sum(minor) <> 0
    UNION
    SELECT w.transaction_id FROM wanted AS w JOIN ledger_transaction AS t ON t.id = w.transaction_id
    WHERE t.kind <> w.kind
), last_capital AS (
    SELECT DISTINCT ON (account_id) id, account_id, day, number
    FROM ledger_interest_capital ORDER BY account_id, id DESC
), capital AS (
    SELECT c.id, moved.paid, moved.charged, accrued.paid AS paid_grains,
           accrued.charged AS charged_grains
    FROM last_capital AS c
    CROSS JOIN LATERAL (
        SELECT sum(paid_minor) AS paid, sum(charged_minor) AS charged
        FROM ledger_interest_capital WHERE account_id = c.account_id AND day <= c.day) AS moved
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(paid_grains), 0) AS paid, coalesce(sum(charged_grains), 0) AS charged
        FROM (SELECT DISTINCT ON (day) paid_grains, charged_grains FROM ledger_interest_accrual
              WHERE account_id = c.account_id AND day <= c.day AND number <= c.number
              ORDER BY day, revision DESC) AS known) AS accrued
)
SELECT 'interest leaves no day out and counts none twice',
       ARRAY['ledger_interest_accrual'],
       (SELECT count(*) FROM revised),
       ARRAY(SELECT id::text FROM revised
             WHERE number <> number_before + 1 OR revision <> revision_before + 1
             UNION SELECT id::text FROM spaced WHERE day <> before + 1 AND day <> effective_on
             LIMIT 20)
UNION ALL
SELECT 'accrued interest adds up and its whole units are booked',
       ARRAY['ledger_interest_accrual'],
       (SELECT count(*) FROM revised),
       ARRAY(SELECT id::text FROM revised
             WHERE paid_total <> paid_before + paid_grains - paid_earlier
                OR charged_total <> charged_before + charged_grains - charged_earlier
                OR paid_minor <> ledger_interest_whole(paid_total)
                                 - ledger_interest_whole(paid_before)
                OR charged_minor <> ledger_interest_whole(charged_total)
                                    - ledger_interest_whole(charged_before) LIMIT 20)
UNION ALL
SELECT 'the interest of each day is what its terms say',
       ARRAY['ledger_interest_accrual', 'ledger_interest_version',
             'ledger_interest_tier', 'ledger_interest_schedule'],
       (SELECT count(*) FROM said),
       ARRAY(SELECT id::text FROM said WHERE grains IS DISTINCT FROM expected LIMIT 20)
UNION ALL
SELECT 'interest accrues on the balance of the day',
       ARRAY['ledger_interest_accrual', 'ledger_interest_assignment', 'ledger_entry'],
       (SELECT count(*) FROM newest),
       ARRAY(SELECT id::text FROM stood WHERE id IS NOT NULL AND base_minor <> minor LIMIT 20)
UNION ALL
SELECT 'interest and fees are booked by their transactions',
       ARRAY['ledger_interest_accrual', 'ledger_interest_capital', 'ledger_fee', 'ledger_transaction'],
       (SELECT count(DISTINCT transaction_id) FROM wanted),
       ARRAY(SELECT transaction_id::text FROM differing LIMIT 20)
UNION ALL
SELECT 'capitalised interest is what had accrued',
       ARRAY['ledger_interest_capital'],
       (SELECT count(*) FROM last_capital),
       ARRAY(SELECT id::text FROM capital
             WHERE paid <> ledger_interest_whole(paid_grains)
                OR charged <> ledger_interest_whole(charged_grains) LIMIT 20)
UNION ALL
SELECT 'each fee is by the terms in force',
       ARRAY['ledger_fee', 'ledger_fee_schedule', 'ledger_fee_version', 'ledger_fee_tier'],
       (SELECT count(*) FROM ledger_fee),
       ARRAY(SELECT f.id::text FROM ledger_fee AS f
             JOIN ledger_fee_version AS v ON v.id = f.version_id
             WHERE v.effective_on > ledger_day(f.effective_at) OR EXISTS (
                 SELECT FROM ledger_fee_version AS o WHERE o.schedule_id = v.schedule_id
                     AND o.effective_on > v.effective_on
                     AND o.effective_on <= ledger_day(f.effective_at))
                 OR f.fee_minor NOT BETWEEN coalesce(v.min_minor, 0)
                                    AND coalesce(v.max_minor, f.fee_minor) LIMIT 20)
