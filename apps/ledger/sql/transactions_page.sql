-- accounts bigint[]: those with a leg on one of them, newest recorded first; since, until, at
-- timestamptz, id bigint, limit, filter jsonb: see the function. Returns the entry's number and time,
-- and the transaction's number.
SELECT e.id, e.recorded_at, e.transaction_id
FROM ledger_entries_of(ledger_entries_page(
    %(accounts)s::bigint[], false, true, %(since)s::timestamptz, %(until)s::timestamptz,
    %(at)s::timestamptz, %(id)s::bigint, %(limit)s, %(filter)s::jsonb)) AS e
ORDER BY e.n
