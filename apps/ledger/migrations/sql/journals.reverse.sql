DROP FUNCTION ledger_post_each(jsonb, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_post_halves(jsonb, jsonb, timestamptz, text, text, text, text, text[]);
