-- since, before, known_before timestamptz, null: no bound; kinds text[], null: all; closings boolean
SELECT a.public_id, a.code, a.name, a.kind, a.currency, p.public_id, a.id, t.debit, t.credit
FROM ledger_turnovers(%(since)s::timestamptz, %(before)s::timestamptz,
                      %(known_before)s::timestamptz, %(kinds)s::text[], %(closings)s) AS t
JOIN ledger_account AS a ON a.id = t.account_id
LEFT JOIN ledger_account AS p ON p.id = a.parent_id
ORDER BY a.currency, a.code
