DROP TRIGGER hold_placed ON ledger_hold;
DROP FUNCTION ledger_holds_placed(), ledger_lock_held(bigint[]),
    ledger_book_captures(jsonb, uuid, timestamptz, text, text, text, text, text[]),
    ledger_place_holds(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_capture_holds(jsonb, uuid, timestamptz, text, text, text, text, text[]);
