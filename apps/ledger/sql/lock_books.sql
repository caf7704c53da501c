-- Waits for backdated posts on their way, and keeps others out until the transaction ends. Whoever is
-- backdated takes this lock before any account, and so does a closing: neither waits for the other twice.
SELECT pg_advisory_xact_lock(ledger_books_lock())
