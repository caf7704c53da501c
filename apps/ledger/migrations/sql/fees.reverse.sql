DROP FUNCTION ledger_fee_guard(), ledger_fee_tier_guard(), ledger_fee_version_guard(),
    ledger_fee_schedule_guard() CASCADE;
DROP FUNCTION ledger_fees_lock();
