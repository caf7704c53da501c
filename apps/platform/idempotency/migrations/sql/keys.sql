-- An answer once kept never changes. The app role may write it once, and may drop keys that are old.
CREATE FUNCTION idempotency_guard_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.created_at > now() - interval '24 hours' THEN
            RAISE EXCEPTION 'a key lives for 24 hours at least'
                USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status IS NOT NULL OR NEW.status IS NULL
       OR (NEW.id, NEW.scope, NEW.key, NEW.fingerprint, NEW.created_at)
          IS DISTINCT FROM (OLD.id, OLD.scope, OLD.key, OLD.fingerprint, OLD.created_at) THEN
        RAISE EXCEPTION 'an answer is kept once and never changes'
            USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION idempotency_guard_key() FROM PUBLIC;

CREATE TRIGGER idempotency_key_guard BEFORE UPDATE OR DELETE ON idempotency_key
    FOR EACH ROW EXECUTE FUNCTION idempotency_guard_key();
CREATE TRIGGER idempotency_key_no_truncate BEFORE TRUNCATE ON idempotency_key
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
ALTER TABLE idempotency_key ENABLE ALWAYS TRIGGER idempotency_key_guard;
ALTER TABLE idempotency_key ENABLE ALWAYS TRIGGER idempotency_key_no_truncate;

-- A claim commits together with its answer or not at all: a key without an answer, which nobody
-- could ever replay or execute, cannot come to be.
CREATE FUNCTION idempotency_demand_answer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM idempotency_key WHERE id = NEW.id AND status IS NULL) THEN
        RAISE EXCEPTION 'a key was claimed and got no answer'
            USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION idempotency_demand_answer() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER idempotency_key_has_answer AFTER INSERT ON idempotency_key
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION idempotency_demand_answer();
ALTER TABLE idempotency_key ENABLE ALWAYS TRIGGER idempotency_key_has_answer;

-- Claim a key: no row when it is the caller's to execute, else what is known of it. An uncommitted
-- duplicate makes the INSERT wait; if that one commits, its answer is read by the next statement
-- (READ COMMITTED: a new snapshot), and if it rolls back, the INSERT goes through. Waiting ends with
-- lock_timeout, which is told as a status of NULL. The block with EXCEPTION is a savepoint, so the
-- caller's transaction stays usable.
CREATE FUNCTION idempotency_claim(p_scope text, p_key text, p_fingerprint text, p_now timestamptz)
RETURNS TABLE (fingerprint text, status int, body text, media_type text)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    LOOP
        BEGIN
            INSERT INTO idempotency_key (scope, key, fingerprint, media_type, created_at)
            VALUES (p_scope, p_key, p_fingerprint, '', p_now)
            ON CONFLICT (scope, key) DO NOTHING;
            IF FOUND THEN
                RETURN;
            END IF;
        EXCEPTION WHEN lock_not_available THEN
            RETURN QUERY SELECT p_fingerprint, NULL::int, NULL::text, ''::text;
            RETURN;
        END;
        RETURN QUERY
            SELECT known.fingerprint::text, known.status::int, known.body, known.media_type::text
            FROM idempotency_key AS known WHERE known.scope = p_scope AND known.key = p_key;
        IF FOUND THEN
            RETURN;
        END IF;
        -- The key was pruned between the two statements: it is free again.
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION idempotency_claim(text, text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency_claim(text, text, text, timestamptz) TO probity_app;

REVOKE ALL ON idempotency_key FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON idempotency_key TO probity_app;
GRANT UPDATE (status, body, media_type, answered_at) ON idempotency_key TO probity_app;
