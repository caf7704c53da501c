DROP FUNCTION ledger_post_many(uuid[], text[], text[], text[], text[], timestamptz[], text[], uuid[],
    int[], uuid[], bigint[], bigint[], text[], timestamptz, text, text, text, uuid[], text, text[]);
DROP FUNCTION ledger_transfer(uuid, text, text, text, uuid, uuid, bigint, text, timestamptz, timestamptz,
    text, text, text, uuid, text, text[], text, jsonb, uuid);
DROP FUNCTION ledger_mind_books(timestamptz, timestamptz);
DROP FUNCTION ledger_check_repeats(text[], text[], text[]);
DROP FUNCTION ledger_book_legs(bigint[], boolean, int[], uuid[], bigint[], bigint[], text[], timestamptz);
DROP FUNCTION ledger_set_bounds(uuid, bigint, bigint, timestamptz, timestamptz, text, text, text);
DROP FUNCTION ledger_bounds_fall_due(bigint[], timestamptz);
DROP TRIGGER hold_open_counted ON ledger_hold_open;
DROP FUNCTION ledger_hold_open_counted();
DROP TRIGGER account_moved ON ledger_account;
DROP FUNCTION ledger_account_moved();
DROP TRIGGER account_guard ON ledger_account;
CREATE TRIGGER account_guard BEFORE INSERT OR UPDATE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_guard();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER account_guard;
DROP TRIGGER account_stands ON ledger_account;
DROP FUNCTION ledger_account_stands();
