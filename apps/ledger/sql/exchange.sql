-- conversion, posting, legs jsonb, now timestamptz, actor_kind, actor_key, request_id text
SELECT public_id, replayed
FROM ledger_exchange(
    %(conversion)s::jsonb, %(posting)s::jsonb, %(legs)s::jsonb, %(now)s, %(actor_kind)s,
    %(actor_key)s, %(request_id)s
)
