-- chain uuid, postings, legs jsonb, now timestamptz, actor_kind, actor_key, request_id,
-- event_name text, subscribers text[]
SELECT public_id, replayed
FROM ledger_post_chain(
    %(chain)s, %(postings)s::jsonb, %(legs)s::jsonb, %(now)s, %(actor_kind)s, %(actor_key)s,
    %(request_id)s, %(event_name)s, %(subscribers)s::text[]
)
