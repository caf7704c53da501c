-- What was made again beside what is kept: what, live tables, rows made, up to 20 that differ.
WITH live_roll_up AS ( -- several runs may have added to one day
    SELECT account_id, effective_on, recorded_on, sum(entries) AS entries,
           min(first_version) AS first_version, max(last_version) AS last_version,
           sum(debit_minor) AS debit_minor, sum(credit_minor) AS credit_minor
    FROM public.ledger_roll_up GROUP BY account_id, effective_on, recorded_on
)
SELECT 'balances and versions of accounts',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM account),
       ARRAY(SELECT format('account %s: kept %s at version %s, made %s at version %s', a.public_id,
                           a.posted_minor, a.version, m.posted_minor, m.version)
             FROM account AS m FULL JOIN public.ledger_account AS a ON a.id = m.account_id
             WHERE (a.posted_minor, a.version) IS DISTINCT FROM (m.posted_minor, m.version)
             LIMIT 20)
UNION ALL
SELECT 'running balances of entries',
       ARRAY['ledger_entry'],
       (SELECT count(*) FROM running),
       ARRAY(SELECT format('entry %s: kept %s at version %s, made %s at version %s', e.id,
                           e.balance_after, e.version, m.balance_minor, m.version)
             FROM running AS m FULL JOIN public.ledger_entry AS e ON e.id = m.entry_id
             WHERE (e.balance_after, e.version) IS DISTINCT FROM (m.balance_minor, m.version)
             LIMIT 20)
UNION ALL
SELECT 'bounds of accounts',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM bound),
       ARRAY(SELECT format('account %s: kept %s to %s, made %s to %s', a.public_id,
                           coalesce(a.floor_minor::text, 'any'),
                           coalesce(a.ceiling_minor::text, 'any'),
                           coalesce(m.floor_minor::text, 'any'),
                           coalesce(m.ceiling_minor::text, 'any'))
             FROM bound AS m JOIN public.ledger_account AS a ON a.id = m.account_id
             WHERE (a.floor_minor, a.ceiling_minor) IS DISTINCT FROM (m.floor_minor, m.ceiling_minor)
                 AND coalesce(a.bounds_due_at, 'infinity') > m.effective_at -- else it is due, not kept
             LIMIT 20)
UNION ALL
SELECT 'what accounts say is held',
       ARRAY['ledger_account'],
       (SELECT count(*) FROM held),
       ARRAY(SELECT format('account %s: kept %s, made %s', a.public_id, a.held_minor,
                           coalesce(m.held_minor, 0))
             FROM public.ledger_account AS a LEFT JOIN held AS m ON m.account_id = a.id
             WHERE a.held_minor <> coalesce(m.held_minor, 0) LIMIT 20)
UNION ALL
SELECT 'until when the books are closed',
       ARRAY['ledger_books'],
       (SELECT count(*) FROM books),
       ARRAY(SELECT format('kept %s, made %s', coalesce(b.closed_before::text, 'open'),
                           coalesce(m.closed_before::text, 'open'))
             FROM public.ledger_books AS b CROSS JOIN books AS m
             WHERE b.closed_before IS DISTINCT FROM m.closed_before)
UNION ALL
SELECT 'open holds',
       ARRAY['ledger_hold_open'],
       (SELECT count(*) FROM hold_open),
       ARRAY(SELECT format('hold %s: kept %s until %s, made %s until %s', h.public_id,
                           coalesce(o.left_minor::text, 'nothing'),
                           coalesce(o.expires_at::text, 'never'),
                           coalesce(m.left_minor::text, 'nothing'),
                           coalesce(m.expires_at::text, 'never'))
             FROM hold_open AS m
             FULL JOIN public.ledger_hold_open AS o ON o.hold_id = m.hold_id
             LEFT JOIN public.ledger_hold AS h ON h.id = coalesce(m.hold_id, o.hold_id)
             WHERE (o.account_id, o.left_minor, o.expires_at)
                 IS DISTINCT FROM (m.account_id, m.left_minor, m.expires_at) LIMIT 20)
UNION ALL
SELECT 'roll-ups',
       ARRAY['ledger_roll_up'],
       (SELECT count(*) FROM roll_up),
       ARRAY(SELECT format('account %s, %s recorded %s: kept %s entries (%s/%s), made %s (%s/%s)',
                           a.public_id, coalesce(m.effective_on, r.effective_on),
                           coalesce(m.recorded_on, r.recorded_on), coalesce(r.entries, 0),
                           r.debit_minor, r.credit_minor, coalesce(m.entries, 0),
                           m.debit_minor, m.credit_minor)
             FROM roll_up AS m
             FULL JOIN live_roll_up AS r USING (account_id, effective_on, recorded_on)
             LEFT JOIN public.ledger_account AS a ON a.id = account_id
             WHERE (r.entries, r.first_version, r.last_version, r.debit_minor, r.credit_minor)
                 IS DISTINCT FROM (m.entries, m.first_version, m.last_version, m.debit_minor,
                                   m.credit_minor) LIMIT 20)
