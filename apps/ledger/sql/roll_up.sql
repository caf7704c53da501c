-- after bigint, accounts int, entries int
SELECT upto, more FROM ledger_roll_up(%(after)s, %(accounts)s, %(entries)s)
