-- number int, reason text, now timestamptz, actor_kind, actor_key, request_id text
SELECT ledger_ask_reopening(
    %(number)s, %(reason)s, %(now)s, %(actor_kind)s, %(actor_key)s, %(request_id)s
)
