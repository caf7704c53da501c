-- after bigint, accounts int, spans bigint: the account to go on behind (null: none is left), and
-- how many spans were added
SELECT upto, added FROM ledger_add_spans(%(after)s, %(accounts)s, %(spans)s)
