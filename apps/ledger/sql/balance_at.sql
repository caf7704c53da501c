-- account_id uuid; as_of, known_at timestamptz, null: no bound
SELECT currency, kind, debit, credit
FROM ledger_turnover(%(account_id)s, %(as_of)s::timestamptz, %(known_at)s::timestamptz)
