-- number int, reason text, journals uuid[], now timestamptz, actor_kind, actor_key, request_id text
SELECT ledger_close_period(
    %(number)s, %(reason)s, %(journals)s::uuid[], %(now)s, %(actor_kind)s, %(actor_key)s,
    %(request_id)s
)
