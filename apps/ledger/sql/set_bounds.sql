-- account uuid, floor, ceiling bigint, effective_at, now timestamptz, actor_kind, actor_key, request_id text
SELECT ledger_set_bounds(
    %(account)s, %(floor)s::bigint, %(ceiling)s::bigint, %(effective_at)s, %(now)s, %(actor_kind)s,
    %(actor_key)s, %(request_id)s
)
