DROP TRIGGER account_bound_append_only ON ledger_account_bound;
DROP TRIGGER account_bound_no_truncate ON ledger_account_bound;
DROP TRIGGER books_guard ON ledger_books;
DROP TRIGGER books_no_truncate ON ledger_books;
DROP FUNCTION ledger_books_guard();
GRANT SELECT ON ledger_transaction TO probity_report;
