-- chain uuid, reversals, parts, postings, legs jsonb, now timestamptz, actor_kind, actor_key,
-- request_id, event_name text, subscribers text[], void_event_name text, void_subscribers text[]
SELECT public_id, replayed
FROM ledger_reverse_chain(
    %(chain)s, %(reversals)s::jsonb, %(parts)s::jsonb, %(postings)s::jsonb, %(legs)s::jsonb, %(now)s,
    %(actor_kind)s, %(actor_key)s, %(request_id)s, %(event_name)s, %(subscribers)s::text[],
    %(void_event_name)s, %(void_subscribers)s::text[]
)
