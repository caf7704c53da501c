-- accounts uuid[], sources text[], refs text[], holds boolean: are they of holds. The accounts there
-- are, and the places (from 1) of what is booked already.
SELECT public_id, holder_id, kind, currency, NULL::bigint AS place
FROM ledger_account WHERE public_id = ANY (%(accounts)s::uuid[])
UNION ALL
SELECT NULL, NULL, NULL, NULL, w.place
FROM unnest(%(sources)s::text[], %(refs)s::text[]) WITH ORDINALITY AS w (source, reference, place)
WHERE CASE WHEN %(holds)s
    THEN EXISTS (SELECT FROM ledger_hold AS h
                 WHERE h.source = w.source AND h.reference = w.reference)
    ELSE EXISTS (SELECT FROM ledger_transaction AS t
                 WHERE t.source = w.source AND t.reference = w.reference) END
