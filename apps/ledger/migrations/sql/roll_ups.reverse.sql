DROP FUNCTION ledger_turnover(uuid, timestamptz, timestamptz);
DROP FUNCTION ledger_roll_up(bigint, int, int);
DROP TRIGGER roll_up_append_only ON ledger_roll_up;
DROP TRIGGER roll_up_no_truncate ON ledger_roll_up;
DROP TRIGGER roll_ups_add_up ON ledger_roll_up;
DROP FUNCTION ledger_roll_ups_add_up(), ledger_day(timestamptz);
