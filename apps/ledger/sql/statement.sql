-- account_id uuid; since, until timestamptz; known_at timestamptz, null: no bound; most bigint.
-- First a row with what stood there before and how many movements there are; then the movements, but
-- none where there are more than `most`. One statement, one snapshot.
WITH head AS MATERIALIZED (
    SELECT a.code, a.name, a.kind, a.currency, parts, before.debit, before.credit,
           upto.entries - before.entries AS movements
    FROM ledger_account AS a
    CROSS JOIN LATERAL (SELECT ledger_parts(%(account_id)s) AS parts) AS p
    CROSS JOIN LATERAL ledger_sum_at(
        parts, %(since)s::timestamptz - interval '1 microsecond',
        %(known_at)s::timestamptz) AS before
    CROSS JOIN LATERAL ledger_sum_at(
        parts, %(until)s::timestamptz, %(known_at)s::timestamptz) AS upto
    WHERE a.public_id = %(account_id)s
)
SELECT NULL::bigint AS id, NULL::uuid, NULL::bigint AS effective, NULL::bigint, NULL, NULL, NULL,
       NULL::bigint, NULL, NULL::bigint, NULL::bigint,
       jsonb_build_object(
           'code', code, 'name', name, 'kind', kind, 'currency', currency, 'debit', debit::text,
           'credit', credit::text, 'movements', movements)
FROM head
UNION ALL
SELECT m.*, NULL
FROM head AS h
CROSS JOIN LATERAL ledger_movements(
    h.parts, %(since)s::timestamptz, %(until)s::timestamptz,
    coalesce(%(known_at)s::timestamptz, 'infinity'), NULL, NULL, %(most)s) AS m
WHERE h.movements <= %(most)s
ORDER BY effective NULLS FIRST, id NULLS FIRST
