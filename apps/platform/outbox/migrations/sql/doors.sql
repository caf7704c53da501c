-- Events and receipts are append-only for every role.
CREATE TRIGGER outbox_event_append_only BEFORE UPDATE OR DELETE ON outbox_event
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER outbox_event_no_truncate BEFORE TRUNCATE ON outbox_event
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER outbox_inbox_append_only BEFORE UPDATE OR DELETE ON outbox_inbox
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER outbox_inbox_no_truncate BEFORE TRUNCATE ON outbox_inbox
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
ALTER TABLE outbox_event ENABLE ALWAYS TRIGGER outbox_event_append_only;
ALTER TABLE outbox_event ENABLE ALWAYS TRIGGER outbox_event_no_truncate;
ALTER TABLE outbox_inbox ENABLE ALWAYS TRIGGER outbox_inbox_append_only;
ALTER TABLE outbox_inbox ENABLE ALWAYS TRIGGER outbox_inbox_no_truncate;

-- The advisory lock that stands for "the relay sleeps". The number is the word "outbox" in ASCII.
CREATE FUNCTION outbox_sleep_lock() RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 122550254464888;
REVOKE ALL ON FUNCTION outbox_sleep_lock() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_sleep_lock() TO probity_app;

-- The door: one event, one delivery for each subscriber, and a ring of the bell if the relay sleeps.
--
-- Waking up without a NOTIFY at each commit. A commit with a NOTIFY takes a lock that is global to
-- the cluster and holds it through its flush, so that all such commits queue. Hence: the relay,
-- which is LISTENing, takes the sleep lock exclusively (session level, never waiting for it), looks
-- at the table once more, and only then sleeps. An emitter tries the same lock shared, until the
-- end of its transaction; failing to get it means that somebody sleeps, and it notifies. A busy
-- relay does not hold the lock, so emitters share it and notify nobody.
--   Why no event is slept over. Take an emitter E and a relay R that sleeps.
--   1. E tried before R got the lock, and got it. R cannot have got the lock before E ended, and E's
--      rows are visible before its locks go (CommitTransaction: ProcArrayEndTransaction, then
--      ResourceOwnerRelease). R's look after getting the lock therefore sees them.
--   2. E tried while R held the lock. E notifies; the message leaves when E commits, and R has been
--      LISTENing since before it took the lock. However long E takes, R or its successor hears it.
--   3. E tried after R let go. R is awake and looks before it next sleeps; and then case 1 holds.
--   4. E was rolled back to a savepoint: the rows, the shared lock and the NOTIFY go together.
--   5. R dies asleep: its session ends and the lock with it. Half-dead (its network gone), it costs
--      needless NOTIFYs until the server drops it, and loses nothing.
--   6. A second relay does not get the lock and polls; so does R while emitters are in flight.
-- And all of it is a hint: a relay that hears nothing looks once a second, as retries need anyway.
CREATE FUNCTION outbox_emit(
    p_event_id uuid, p_name text, p_payload jsonb, p_request_id text, p_created_at timestamptz,
    p_subscribers text[]
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_event bigint;
BEGIN
    INSERT INTO outbox_event (event_id, name, payload, request_id, created_at)
    VALUES (p_event_id, p_name, p_payload, coalesce(p_request_id, ''), p_created_at)
    RETURNING id INTO v_event;

    IF coalesce(cardinality(p_subscribers), 0) = 0 THEN
        RETURN;
    END IF;

    INSERT INTO outbox_delivery
        (event_id, subscriber, state, attempts, dispatches, available_at, running, last_error)
    SELECT v_event, subscriber, 'pending', 0, 0, now(), false, ''
    FROM unnest(p_subscribers) AS subscriber;

    IF NOT pg_try_advisory_xact_lock_shared(outbox_sleep_lock()) THEN
        PERFORM pg_notify('outbox', '');
    END IF;
END
$$;
REVOKE ALL ON FUNCTION outbox_emit(uuid, text, jsonb, text, timestamptz, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_emit(uuid, text, jsonb, text, timestamptz, text[]) TO probity_app;

REVOKE ALL ON outbox_event, outbox_delivery, outbox_inbox, outbox_pulse FROM PUBLIC;
GRANT SELECT, INSERT ON outbox_event, outbox_inbox TO probity_app;
GRANT SELECT, INSERT ON outbox_delivery TO probity_app;
GRANT UPDATE (state, attempts, dispatches, available_at, claimed_until, running, last_error, done_at)
    ON outbox_delivery TO probity_app;
GRANT SELECT, INSERT, UPDATE ON outbox_pulse TO probity_app;
-- Payloads hold ids of customers' transfers: the report role sees how delivery goes, not of what.
GRANT SELECT ON outbox_delivery, outbox_pulse TO probity_report;
