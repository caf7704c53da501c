DROP FUNCTION ledger_chain_of(bigint),
    ledger_reverse_all(jsonb, jsonb, jsonb, jsonb, uuid, timestamptz, text, text, text, text, text[]);
