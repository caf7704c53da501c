DROP FUNCTION
    ledger_post_chain(uuid, jsonb, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_hold_chain(uuid, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_capture_chain(uuid, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_void_chain(uuid, timestamptz, text, text, text, text, text[]),
    ledger_reverse_chain(uuid, jsonb, jsonb, jsonb, jsonb, timestamptz, text, text, text, text,
                         text[], text, text[]),
    ledger_chain_lock(uuid),
    ledger_chain_open(uuid, jsonb, timestamptz, text, text, text),
    ledger_chain_close(uuid, text, timestamptz, text, text, text, text, text[]);
DROP TRIGGER chain_append_only ON ledger_chain;
DROP TRIGGER chain_no_truncate ON ledger_chain;
DROP TRIGGER chain_end_append_only ON ledger_chain_end;
DROP TRIGGER chain_end_no_truncate ON ledger_chain_end;
DROP TRIGGER chain_agrees ON ledger_chain_end;
DROP TRIGGER transaction_besides ON ledger_transaction;
DROP TRIGGER hold_in_chain ON ledger_hold;
DROP FUNCTION ledger_chain_join(uuid), ledger_transaction_besides(), ledger_hold_in_chain(),
    ledger_chain_agrees();
