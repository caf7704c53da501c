-- chain uuid, now timestamptz, actor_kind, actor_key, request_id, event_name text, subscribers text[]
SELECT ledger_void_chain(
    %(chain)s, %(now)s, %(actor_kind)s, %(actor_key)s, %(request_id)s, %(event_name)s,
    %(subscribers)s::text[]
)
