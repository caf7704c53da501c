-- What rules/ decides, said once more where nothing gets past it.

-- A statement follows one of its own account, at the balance where that one closed.
CREATE FUNCTION payments_statement_follows() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.previous_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM payments_statement AS earlier
        WHERE earlier.id = NEW.previous_id
          AND earlier.bank_account_id = NEW.bank_account_id
          AND earlier.closing_minor = NEW.opening_minor
    ) THEN
        RAISE EXCEPTION 'a statement opens at the closing balance of the one before'
            USING ERRCODE = 'integrity_constraint_violation', TABLE = 'payments_statement';
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION payments_statement_follows() FROM PUBLIC;
CREATE TRIGGER payments_statement_follows BEFORE INSERT ON payments_statement
    FOR EACH ROW EXECUTE FUNCTION payments_statement_follows();

-- At the end of the transaction its entries are there, all of them, and add up to what it says.
CREATE FUNCTION payments_statement_complete() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found_count bigint;
    found_minor numeric;
BEGIN
    SELECT count(*), coalesce(sum(amount_minor), 0) INTO found_count, found_minor
    FROM payments_statement_entry WHERE statement_id = NEW.id;
    IF found_count <> NEW.entry_count OR found_minor <> NEW.booked_minor THEN
        RAISE EXCEPTION 'a statement has the entries it counts, and they add up'
            USING ERRCODE = 'integrity_constraint_violation', TABLE = 'payments_statement';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION payments_statement_complete() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER payments_statement_complete AFTER INSERT ON payments_statement
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payments_statement_complete();

-- Positions run from 1 to the count, so once a statement is complete no entry can come later: its
-- position would be taken, or beyond the count.
CREATE FUNCTION payments_statement_entry_counted() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM arrived JOIN payments_statement AS whole ON whole.id = arrived.statement_id
        WHERE arrived.position > whole.entry_count
    ) THEN
        RAISE EXCEPTION 'a statement has no more entries than it counts'
            USING ERRCODE = 'integrity_constraint_violation', TABLE = 'payments_statement_entry';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION payments_statement_entry_counted() FROM PUBLIC;
CREATE TRIGGER payments_statement_entry_counted AFTER INSERT ON payments_statement_entry
    REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION payments_statement_entry_counted();

ALTER TABLE payments_statement ENABLE ALWAYS TRIGGER payments_statement_follows;
ALTER TABLE payments_statement ENABLE ALWAYS TRIGGER payments_statement_complete;
ALTER TABLE payments_statement_entry ENABLE ALWAYS TRIGGER payments_statement_entry_counted;

-- Append-only, all four, against every role; and the app role can do nothing else in any case.
CREATE TRIGGER payments_bank_account_append_only BEFORE UPDATE OR DELETE ON payments_bank_account
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER payments_bank_account_no_truncate BEFORE TRUNCATE ON payments_bank_account
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER payments_statement_file_append_only BEFORE UPDATE OR DELETE ON payments_statement_file
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER payments_statement_file_no_truncate BEFORE TRUNCATE ON payments_statement_file
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER payments_statement_append_only BEFORE UPDATE OR DELETE ON payments_statement
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER payments_statement_no_truncate BEFORE TRUNCATE ON payments_statement
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER payments_statement_entry_append_only BEFORE UPDATE OR DELETE ON payments_statement_entry
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER payments_statement_entry_no_truncate BEFORE TRUNCATE ON payments_statement_entry
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
ALTER TABLE payments_bank_account ENABLE ALWAYS TRIGGER payments_bank_account_append_only;
ALTER TABLE payments_bank_account ENABLE ALWAYS TRIGGER payments_bank_account_no_truncate;
ALTER TABLE payments_statement_file ENABLE ALWAYS TRIGGER payments_statement_file_append_only;
ALTER TABLE payments_statement_file ENABLE ALWAYS TRIGGER payments_statement_file_no_truncate;
ALTER TABLE payments_statement ENABLE ALWAYS TRIGGER payments_statement_append_only;
ALTER TABLE payments_statement ENABLE ALWAYS TRIGGER payments_statement_no_truncate;
ALTER TABLE payments_statement_entry ENABLE ALWAYS TRIGGER payments_statement_entry_append_only;
ALTER TABLE payments_statement_entry ENABLE ALWAYS TRIGGER payments_statement_entry_no_truncate;

REVOKE ALL ON payments_bank_account, payments_statement_file, payments_statement,
    payments_statement_entry FROM PUBLIC;
GRANT SELECT, INSERT ON payments_bank_account, payments_statement_file, payments_statement,
    payments_statement_entry TO probity_app;
GRANT SELECT ON payments_bank_account, payments_statement_file, payments_statement,
    payments_statement_entry TO probity_report;
