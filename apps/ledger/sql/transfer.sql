-- id, debit, credit, chain, event uuid, source, reference, fingerprint, kind, currency text, amount bigint,
-- effective_at, now timestamptz, metadata jsonb; actor_kind, actor_key, request_id, event_name text,
-- subscribers text[]
SELECT public_id, replayed
FROM ledger_transfer(
    %(id)s, %(source)s, %(reference)s, %(fingerprint)s, %(debit)s, %(credit)s, %(amount)s::bigint,
    %(currency)s, %(effective_at)s, %(now)s, %(actor_kind)s, %(actor_key)s, %(request_id)s, %(event)s,
    %(event_name)s, %(subscribers)s::text[], %(kind)s, %(metadata)s::jsonb, %(chain)s
)
