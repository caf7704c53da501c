-- request bigint, now timestamptz, actor_kind, actor_key, request_id text
SELECT ledger_reopen_period(
    %(request)s, %(now)s, %(actor_kind)s, %(actor_key)s, %(request_id)s
)
