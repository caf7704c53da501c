DROP FUNCTION ledger_interest_accruals_add_up(), ledger_interest_capital_adds_up(),
    ledger_interest_schedule_guard(), ledger_interest_version_guard(),
    ledger_interest_tier_guard(), ledger_interest_assignment_guard() CASCADE;
DROP FUNCTION ledger_interest_of_day(bigint, text, date, date, bigint),
    ledger_year_shares(text, date, date), ledger_shares_of_era(date), ledger_interest_whole(numeric),
    ledger_transaction_moves(bigint, text, bigint[], numeric[]), ledger_interest_lock();
