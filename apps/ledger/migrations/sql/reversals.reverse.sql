DROP FUNCTION
    ledger_reverse(jsonb, jsonb, jsonb, jsonb, timestamptz, text, text, text, text, text[]);
DROP TRIGGER reversal_append_only ON ledger_reversal;
DROP TRIGGER reversal_no_truncate ON ledger_reversal;
DROP TRIGGER reversal_agrees ON ledger_reversal;
DROP TRIGGER reversal_part_append_only ON ledger_reversal_part;
DROP TRIGGER reversal_part_no_truncate ON ledger_reversal_part;
DROP TRIGGER reversal_parts_fit ON ledger_reversal_part;
DROP FUNCTION ledger_reversal_parts_fit(), ledger_reversal_agrees();
