-- limit jsonb, now timestamptz, actor_kind, actor_key, request_id text
SELECT ledger_set_limit(%(limit)s::jsonb, %(now)s, %(actor_kind)s, %(actor_key)s, %(request_id)s)
