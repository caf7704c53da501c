-- periods jsonb, now timestamptz, actor_kind, actor_key, request_id text
SELECT ledger_open_periods(
    %(periods)s::jsonb, %(now)s, %(actor_kind)s, %(actor_key)s, %(request_id)s
)
