DROP FUNCTION outbox_emit(uuid, text, jsonb, text, timestamptz, text[]);
DROP FUNCTION outbox_sleep_lock();
DROP TRIGGER outbox_event_append_only ON outbox_event;
DROP TRIGGER outbox_event_no_truncate ON outbox_event;
DROP TRIGGER outbox_inbox_append_only ON outbox_inbox;
DROP TRIGGER outbox_inbox_no_truncate ON outbox_inbox;
