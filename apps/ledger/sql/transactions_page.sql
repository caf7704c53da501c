-- accounts bigint[]: those with a leg on one of them, newest recorded first; since, until, at
-- timestamptz, id bigint, limit, filter jsonb: see the function. Returns the entry's number and time,
-- and the transaction's number.
SELECT e.id, t.recorded_at, t.id
FROM unnest(ledger_entries_page(
    %(accounts)s::bigint[], false, true, %(since)s::timestamptz, %(until)s::timestamptz,
    %(at)s::timestamptz, %(id)s::bigint, %(limit)s, %(filter)s::jsonb)) WITH ORDINALITY AS p (id, n)
JOIN ledger_entry AS e ON e.id = p.id
JOIN ledger_transaction AS t ON t.id = e.transaction_id
ORDER BY p.n
