DROP FUNCTION ledger_open_periods(jsonb, timestamptz, text, text, text),
    ledger_close_period(int, text, uuid[], timestamptz, text, text, text),
    ledger_ask_reopening(int, text, timestamptz, text, text, text),
    ledger_reopen_period(bigint, timestamptz, text, text, text);
DROP TRIGGER period_append_only ON ledger_period;
DROP TRIGGER period_no_truncate ON ledger_period;
DROP TRIGGER period_follows ON ledger_period;
DROP TRIGGER period_closing_append_only ON ledger_period_closing;
DROP TRIGGER period_closing_no_truncate ON ledger_period_closing;
DROP TRIGGER period_closes ON ledger_period_closing;
DROP TRIGGER closing_journal_append_only ON ledger_closing_journal;
DROP TRIGGER closing_journal_no_truncate ON ledger_closing_journal;
DROP TRIGGER closing_journal_fits ON ledger_closing_journal;
DROP TRIGGER reopening_request_append_only ON ledger_reopening_request;
DROP TRIGGER reopening_request_no_truncate ON ledger_reopening_request;
DROP TRIGGER period_reopening_append_only ON ledger_period_reopening;
DROP TRIGGER period_reopening_no_truncate ON ledger_period_reopening;
DROP TRIGGER period_reopens ON ledger_period_reopening;
DROP FUNCTION ledger_period_follows(), ledger_period_closes(), ledger_closing_journal_fits(),
    ledger_period_reopens(), ledger_midnight(date), ledger_books_lock();
