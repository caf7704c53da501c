-- account_id uuid; by_effect boolean; since, until, at timestamptz, id, limit bigint: see the function.
-- Newest first, each with the balance after it in the order of the list: what stood there before the
-- oldest entry of the page, and what came since.
WITH account AS (
    SELECT ledger_parts(%(account_id)s) AS parts, a.kind IN ('asset', 'expense') AS by_debit
    FROM ledger_account AS a WHERE a.public_id = %(account_id)s
), page AS MATERIALIZED (
    SELECT e.*, CASE WHEN %(by_effect)s THEN e.effective_at ELSE e.recorded_at END AS at
    FROM account AS a
    CROSS JOIN LATERAL ledger_entries_of(ledger_entries_page(
        a.parts, %(by_effect)s, true, %(since)s::timestamptz, %(until)s::timestamptz,
        %(at)s::timestamptz, %(id)s::bigint, %(limit)s, '{}')) AS e
), oldest AS (
    SELECT at, id, at - interval '1 microsecond' AS before FROM page ORDER BY at, id LIMIT 1
), base AS (
    SELECT s.debit + coalesce(same.debit, 0) AS debit, s.credit + coalesce(same.credit, 0) AS credit
    FROM account AS a
    CROSS JOIN oldest AS o
    CROSS JOIN LATERAL ledger_sum_at(a.parts,
        CASE WHEN %(by_effect)s THEN o.before END, CASE WHEN %(by_effect)s THEN NULL ELSE o.before END
    ) AS s
    CROSS JOIN LATERAL (
        SELECT sum(debit) AS debit, sum(credit) AS credit
        FROM ledger_entries_within(
            a.parts,
            CASE WHEN %(by_effect)s THEN o.at ELSE '-infinity' END,
            CASE WHEN %(by_effect)s THEN o.at ELSE 'infinity' END,
            CASE WHEN %(by_effect)s THEN '-infinity' ELSE o.at END,
            CASE WHEN %(by_effect)s THEN 'infinity' ELSE o.at END)
        WHERE entry_id < o.id) AS same
)
SELECT p.id, p.at, p.public_id, own.public_id, own.holder_id, p.version, p.debit, p.credit,
       p.currency, p.balance_after, p.effective_at, p.recorded_at,
       CASE WHEN a.by_debit THEN 1 ELSE -1 END
           * (b.debit - b.credit + sum(p.debit - p.credit) OVER (ORDER BY p.at, p.id)) AS running
FROM page AS p
CROSS JOIN account AS a
CROSS JOIN base AS b
CROSS JOIN LATERAL (
    SELECT public_id, holder_id FROM ledger_account WHERE id = p.account_id LIMIT 1) AS own
ORDER BY p.at DESC, p.id DESC
