DROP TRIGGER account_keeps_holds ON ledger_account;
DROP FUNCTION ledger_place_hold(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_capture_hold(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_void_hold(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_extend_hold(jsonb, timestamptz, text, text, text),
    ledger_expire_holds(int, timestamptz, text, text, text, text, text[]),
    ledger_hold_id(uuid), ledger_hold_still_open(bigint, timestamptz),
    ledger_account_keeps_holds(), ledger_held(bigint, timestamptz);
DROP TRIGGER hold_append_only ON ledger_hold;
DROP TRIGGER hold_no_truncate ON ledger_hold;
DROP TRIGGER hold_placed ON ledger_hold;
DROP TRIGGER hold_extension_append_only ON ledger_hold_extension;
DROP TRIGGER hold_extension_no_truncate ON ledger_hold_extension;
DROP TRIGGER hold_extended ON ledger_hold_extension;
DROP TRIGGER hold_capture_append_only ON ledger_hold_capture;
DROP TRIGGER hold_capture_no_truncate ON ledger_hold_capture;
DROP TRIGGER hold_captured ON ledger_hold_capture;
DROP TRIGGER hold_capture_posted ON ledger_hold_capture;
DROP TRIGGER hold_end_append_only ON ledger_hold_end;
DROP TRIGGER hold_end_no_truncate ON ledger_hold_end;
DROP TRIGGER hold_ended ON ledger_hold_end;
DROP TRIGGER hold_open_no_truncate ON ledger_hold_open;
DROP TRIGGER hold_open_guard ON ledger_hold_open;
DROP FUNCTION ledger_hold_open_guard(), ledger_hold_placed(), ledger_hold_extended(),
    ledger_hold_captured(), ledger_hold_capture_posted(), ledger_hold_ended();
ALTER TABLE ledger_hold DROP CONSTRAINT hold_account_currency;
