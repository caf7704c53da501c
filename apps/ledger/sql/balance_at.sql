-- account_id uuid; as_of, known_at timestamptz, null: no bound; one of them is given
SELECT currency, kind, debit, credit, held, floor_minor, entries
FROM ledger_balance_at(%(account_id)s, %(as_of)s::timestamptz, %(known_at)s::timestamptz)
