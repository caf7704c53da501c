DROP TRIGGER account_stays_limited ON ledger_account;
DROP TRIGGER reversal_parts_give_back ON ledger_reversal_part;
DROP TRIGGER reversal_of_reversal_counts ON ledger_reversal;
DROP TRIGGER limit_waiver_append_only ON ledger_limit_waiver;
DROP TRIGGER limit_waiver_no_truncate ON ledger_limit_waiver;
DROP TRIGGER hold_within_limits ON ledger_hold;
DROP TRIGGER limit_append_only ON ledger_limit;
DROP TRIGGER limit_no_truncate ON ledger_limit;
DROP TRIGGER limit_begins ON ledger_limit;
DROP TRIGGER limit_catches_up ON ledger_limit;
DROP TRIGGER limit_version_append_only ON ledger_limit_version;
DROP TRIGGER limit_version_no_truncate ON ledger_limit_version;
DROP TRIGGER limit_use_no_delete ON ledger_limit_use;
DROP TRIGGER limit_use_no_truncate ON ledger_limit_use;
DROP TRIGGER limit_use_guard ON ledger_limit_use;
DROP FUNCTION ledger_set_limit(jsonb, timestamptz, text, text, text), ledger_limits_give_back(),
    ledger_limits_count_reversal(), ledger_hold_within_limits(),
    ledger_limit_begins(), ledger_limit_catches_up(), ledger_limits_check(bigint[]),
    ledger_limit_flows(bigint[], bigint[]),
    ledger_limit_refuse(text, text, int, text, text, numeric),
    ledger_limit_maximum(bigint, timestamptz), ledger_limit_window(text, int, date),
    ledger_limit_use_guard();
