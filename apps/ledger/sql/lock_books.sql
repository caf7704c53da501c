-- Waits for backdated posts on their way, and keeps others out until the transaction ends.
SELECT pg_advisory_xact_lock(ledger_books_lock())
