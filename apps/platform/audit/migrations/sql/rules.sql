-- A CHECK is read and compiled anew by each statement that inserts: three of them cost more than the event
-- itself (docs/adr/0015). The same rules in a trigger are compiled once for a session. They hold for every role.
CREATE FUNCTION audit_event_says() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_broken text := CASE
        WHEN NEW.actor_kind NOT IN ('staff', 'client', 'system') THEN 'audit_event_actor_kind'
        WHEN NEW.actor_key = '' OR NEW.action = '' OR NEW.subject = ''
            THEN 'audit_event_says_who_and_what'
        WHEN jsonb_typeof(NEW.detail) <> 'object' THEN 'audit_event_detail_is_object' END;
BEGIN
    IF v_broken IS NOT NULL THEN
        RAISE EXCEPTION 'an audit event may not be so: %', v_broken
            USING ERRCODE = 'check_violation', CONSTRAINT = v_broken, TABLE = 'audit_event';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_event_says BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_says();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_says;
ALTER TABLE audit_event DROP CONSTRAINT audit_event_detail_is_object;

-- Names its table in full instead of setting a path, which each call would pay for.
CREATE OR REPLACE FUNCTION audit_record(
    p_recorded_at timestamptz, p_actor_kind text, p_actor_key text, p_action text, p_subject text,
    p_detail jsonb, p_request_id text
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.audit_event
        (recorded_at, actor_kind, actor_key, action, subject, detail, request_id)
    VALUES (p_recorded_at, p_actor_kind, p_actor_key, p_action, p_subject,
            coalesce(p_detail, '{}'), coalesce(p_request_id, ''));
END
$$;
REVOKE ALL ON FUNCTION audit_event_says() FROM PUBLIC;
