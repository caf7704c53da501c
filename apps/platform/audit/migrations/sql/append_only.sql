-- Append-only, in two ways: triggers refuse change to every role, the owner and superusers included
-- (ENABLE ALWAYS: also under session_replication_role = replica); grants let the app role do nothing else.

-- Every append-only table of every house hangs its triggers on this one function.
CREATE FUNCTION probity_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
END
$$;
REVOKE ALL ON FUNCTION probity_refuse_change() FROM PUBLIC;

CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_append_only;
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_no_truncate;

ALTER TABLE audit_event ADD CONSTRAINT audit_event_detail_is_object
    CHECK (jsonb_typeof(detail) = 'object');

-- The door. Python's record() and the SQL functions of other houses both write through it, and the
-- transaction's number comes from the server, so that nobody can claim another one.
CREATE FUNCTION audit_record(
    p_recorded_at timestamptz, p_actor_kind text, p_actor_key text, p_action text, p_subject text,
    p_detail jsonb, p_request_id text
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_event (recorded_at, actor_kind, actor_key, action, subject, detail, request_id)
    VALUES (p_recorded_at, p_actor_kind, p_actor_key, p_action, p_subject,
            coalesce(p_detail, '{}'), coalesce(p_request_id, ''));
END
$$;
REVOKE ALL ON FUNCTION audit_record(timestamptz, text, text, text, text, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_record(timestamptz, text, text, text, text, jsonb, text) TO probity_app;

-- All columns but id and xid: those are the server's to give. The report role gets nothing: an
-- actor's key points at a person.
REVOKE ALL ON audit_event FROM PUBLIC;
GRANT SELECT ON audit_event TO probity_app;
GRANT INSERT (recorded_at, actor_kind, actor_key, action, subject, detail, request_id)
    ON audit_event TO probity_app;
