DROP FUNCTION audit_record(timestamptz, text, text, text, text, jsonb, text);
ALTER TABLE audit_event DROP CONSTRAINT audit_event_detail_is_object;
DROP TRIGGER audit_event_append_only ON audit_event;
DROP TRIGGER audit_event_no_truncate ON audit_event;
DROP FUNCTION probity_refuse_change();
