-- postings and legs column by column, see ledger_post_many; now timestamptz; actor_kind, actor_key, request_id,
-- event_name text, events uuid[], subscribers text[]
SELECT public_id, replayed
FROM ledger_post_many(
    %(ids)s::uuid[], %(kinds)s::text[], %(sources)s::text[], %(references)s::text[],
    %(fingerprints)s::text[], %(effective)s::timestamptz[], %(metadata)s::text[], %(chains)s::uuid[],
    %(places)s::int[], %(accounts)s::uuid[], %(debits)s::bigint[], %(credits)s::bigint[],
    %(currencies)s::text[], %(now)s, %(actor_kind)s, %(actor_key)s, %(request_id)s, %(events)s::uuid[],
    %(event_name)s, %(subscribers)s::text[]
)
