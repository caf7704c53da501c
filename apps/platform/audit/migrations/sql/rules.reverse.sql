DROP TRIGGER audit_event_says ON audit_event;
DROP FUNCTION audit_event_says();
ALTER TABLE audit_event ADD CONSTRAINT audit_event_detail_is_object
    CHECK (jsonb_typeof(detail) = 'object');
ALTER FUNCTION audit_record(timestamptz, text, text, text, text, jsonb, text)
    SET search_path = pg_catalog, public, pg_temp;
