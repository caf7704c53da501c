-- Bounds of an account, with their history, and until when the books are closed.

CREATE TRIGGER account_bound_append_only BEFORE UPDATE OR DELETE ON ledger_account_bound
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER account_bound_no_truncate BEFORE TRUNCATE ON ledger_account_bound
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
ALTER TABLE ledger_account_bound ENABLE ALWAYS TRIGGER account_bound_append_only;
ALTER TABLE ledger_account_bound ENABLE ALWAYS TRIGGER account_bound_no_truncate;

INSERT INTO ledger_books (id) VALUES (1);
CREATE FUNCTION ledger_books_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR pg_trigger_depth() < 2 THEN -- 2: the closing of a period moves it
        RAISE EXCEPTION 'the books are closed and opened by periods alone'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER books_guard BEFORE INSERT OR UPDATE OR DELETE ON ledger_books
    FOR EACH ROW EXECUTE FUNCTION ledger_books_guard();
CREATE TRIGGER books_no_truncate BEFORE TRUNCATE ON ledger_books
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
ALTER TABLE ledger_books ENABLE ALWAYS TRIGGER books_guard;
ALTER TABLE ledger_books ENABLE ALWAYS TRIGGER books_no_truncate;

REVOKE ALL ON FUNCTION ledger_books_guard() FROM PUBLIC;
REVOKE ALL ON ledger_account_bound, ledger_books FROM PUBLIC;
GRANT SELECT ON ledger_account_bound, ledger_books TO probity_app, probity_report;
GRANT SELECT (parent_id, ceiling_minor, bounds_due_at, limited, mode, slot_of_id, slot)
    ON ledger_account TO probity_report;
-- Who booked it points at a person; what callers keep with it may say anything.
REVOKE SELECT ON ledger_transaction FROM probity_report;
GRANT SELECT (id, public_id, kind, source, reference, fingerprint, effective_at, recorded_at,
    written_by, actor_kind, chain_id) ON ledger_transaction TO probity_report;
