-- account_id uuid; since, until timestamptz; known_at timestamptz, null: no bound; at timestamptz, id
-- bigint: the movement behind which it goes on, null: from the first; limit, most bigint.
-- First a row with what stood there before and how many movements there are; then up to `limit` of
-- them, but none where there are more than `most` (null: however many). One statement, one snapshot.
WITH account AS (
    SELECT a.*, ledger_parts(%(account_id)s) AS parts FROM ledger_account AS a
    WHERE a.public_id = %(account_id)s
), head AS MATERIALIZED (
    SELECT a.id, a.code, a.name, a.kind, a.currency, a.parts, before.debit, before.credit,
           upto.entries - before.entries AS movements
    FROM account AS a
    CROSS JOIN LATERAL ledger_sum_at(
        a.parts, %(since)s::timestamptz - interval '1 microsecond',
        %(known_at)s::timestamptz) AS before
    CROSS JOIN LATERAL ledger_sum_at(
        a.parts, %(until)s::timestamptz, %(known_at)s::timestamptz) AS upto
), page AS MATERIALIZED (
    SELECT found.id, found.n
    FROM head AS h
    CROSS JOIN LATERAL unnest(ledger_entries_page(
        h.parts, true, false, %(since)s::timestamptz, %(until)s::timestamptz,
        %(at)s::timestamptz, %(id)s::bigint,
        CASE WHEN h.movements > %(most)s::bigint THEN 0 ELSE %(limit)s END,
        jsonb_build_object('known_at', %(known_at)s::timestamptz)))
        WITH ORDINALITY AS found (id, n)
)
SELECT 0 AS n, NULL::bigint AS id, NULL::uuid, NULL::timestamptz, NULL::timestamptz, NULL, NULL, NULL,
       NULL::bigint, NULL, NULL::bigint, NULL::bigint,
       jsonb_build_object(
           'code', code, 'name', name, 'kind', kind, 'currency', currency, 'debit', debit::text,
           'credit', credit::text, 'movements', movements)
FROM head
UNION ALL
SELECT p.n, e.id, t.public_id, t.effective_at, t.recorded_at, t.kind, t.source, t.reference,
       other.key, other.code, e.debit, e.credit, NULL
FROM page AS p
JOIN ledger_entry AS e ON e.id = p.id
JOIN ledger_transaction AS t ON t.id = e.transaction_id
LEFT JOIN LATERAL ( -- the one account on the other side, or its parent where it is a slot
    SELECT coalesce(above.id, a.id) AS key, coalesce(above.code, a.code) AS code
    FROM (
        SELECT min(o.account_id) AS first, max(o.account_id) AS last FROM ledger_entry AS o
        WHERE o.transaction_id = e.transaction_id AND o.currency = e.currency
            AND (o.debit > 0) <> (e.debit > 0)) AS o
    JOIN ledger_account AS a ON a.id = o.first
    LEFT JOIN ledger_account AS above ON above.id = a.slot_of_id
    WHERE o.first = o.last) AS other ON true
ORDER BY n
