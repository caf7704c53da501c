-- Bulk loads: how far each file has come. It only goes forward, and once finished nothing moves.

CREATE FUNCTION ledger_import_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.done_postings <> 0 THEN
            RAISE EXCEPTION 'an import starts at its first posting' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF OLD.finished_at IS NOT NULL
          OR NEW.done_postings < OLD.done_postings OR NEW.booked_postings < OLD.booked_postings
          OR (NEW.id, NEW.digest, NEW.source, NEW.rows, NEW.postings, NEW.entries, NEW.began_at)
              IS DISTINCT FROM
             (OLD.id, OLD.digest, OLD.source, OLD.rows, OLD.postings, OLD.entries, OLD.began_at) THEN
        RAISE EXCEPTION 'an import keeps what it is, and only goes forward'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER import_guard BEFORE INSERT OR UPDATE ON ledger_import
    FOR EACH ROW EXECUTE FUNCTION ledger_import_guard();
CREATE TRIGGER import_no_delete BEFORE DELETE ON ledger_import
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER import_no_truncate BEFORE TRUNCATE ON ledger_import
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
ALTER TABLE ledger_import ENABLE ALWAYS TRIGGER import_guard;
ALTER TABLE ledger_import ENABLE ALWAYS TRIGGER import_no_delete;
ALTER TABLE ledger_import ENABLE ALWAYS TRIGGER import_no_truncate;

REVOKE ALL ON FUNCTION ledger_import_guard() FROM PUBLIC;
REVOKE ALL ON ledger_import FROM PUBLIC;
GRANT SELECT, INSERT ON ledger_import TO probity_app;
GRANT UPDATE (done_postings, booked_postings, finished_at, stopped_for)
    ON ledger_import TO probity_app;
GRANT SELECT ON ledger_import TO probity_report;
