DROP FUNCTION ledger_exchange(jsonb, jsonb, jsonb, timestamptz, text, text, text);
DROP TRIGGER conversion_append_only ON ledger_conversion;
DROP TRIGGER conversion_no_truncate ON ledger_conversion;
DROP TRIGGER conversion_agrees ON ledger_conversion;
ALTER TABLE ledger_conversion DROP CONSTRAINT conversion_exact,
    DROP CONSTRAINT conversion_lowest_terms, DROP CONSTRAINT conversion_sold,
    DROP CONSTRAINT conversion_bought;
DROP FUNCTION ledger_conversion_agrees(), ledger_rounded(numeric, numeric, text);
