DROP TRIGGER outbox_delivery_states ON outbox_delivery;
DROP FUNCTION outbox_delivery_states();
ALTER FUNCTION outbox_emit(uuid, text, jsonb, text, timestamptz, text[])
    SET search_path = pg_catalog, public, pg_temp;
