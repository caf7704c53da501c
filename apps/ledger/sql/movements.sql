-- account_id uuid; low, high, at timestamptz; known_at timestamptz, id bigint, null: no bound; limit
SELECT m.*, NULL
FROM ledger_movements(
    ledger_parts(%(account_id)s), %(low)s::timestamptz, %(high)s::timestamptz,
    coalesce(%(known_at)s::timestamptz, 'infinity'), %(at)s::timestamptz, %(id)s::bigint,
    %(limit)s) AS m
