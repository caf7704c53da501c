-- The rules of a delivery in a trigger: as CHECKs they cost more than the row (docs/adr/0015).
CREATE FUNCTION outbox_delivery_states() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_broken text := CASE
        WHEN NEW.state NOT IN ('pending', 'done', 'dead') THEN 'outbox_delivery_state'
        WHEN NEW.attempts < 0 OR NEW.dispatches < 0 THEN 'outbox_delivery_counts'
        WHEN (NEW.state = 'done') <> (NEW.done_at IS NOT NULL) THEN 'outbox_delivery_done_has_time'
        WHEN NEW.state <> 'pending' AND (NEW.claimed_until IS NOT NULL OR NEW.running)
            THEN 'outbox_delivery_lease_only_pending'
        WHEN NEW.running AND NEW.claimed_until IS NULL THEN 'outbox_delivery_running_has_lease' END;
BEGIN
    IF v_broken IS NOT NULL THEN
        RAISE EXCEPTION 'a delivery may not be so: %', v_broken
            USING ERRCODE = 'check_violation', CONSTRAINT = v_broken, TABLE = 'outbox_delivery';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER outbox_delivery_states BEFORE INSERT OR UPDATE ON outbox_delivery
    FOR EACH ROW EXECUTE FUNCTION outbox_delivery_states();
ALTER TABLE outbox_delivery ENABLE ALWAYS TRIGGER outbox_delivery_states;

-- The door as it was, with its tables named in full instead of a path, which each call would pay for.
CREATE OR REPLACE FUNCTION outbox_emit(
    p_event_id uuid, p_name text, p_payload jsonb, p_request_id text, p_created_at timestamptz,
    p_subscribers text[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_event bigint;
BEGIN
    INSERT INTO public.outbox_event (event_id, name, payload, request_id, created_at)
    VALUES (p_event_id, p_name, p_payload, coalesce(p_request_id, ''), p_created_at)
    RETURNING id INTO v_event;
    IF coalesce(cardinality(p_subscribers), 0) = 0 THEN
        RETURN;
    END IF;

    INSERT INTO public.outbox_delivery
        (event_id, subscriber, state, attempts, dispatches, available_at, running, last_error)
    SELECT v_event, subscriber, 'pending', 0, 0, now(), false, ''
    FROM unnest(p_subscribers) AS subscriber;
    IF NOT pg_try_advisory_xact_lock_shared(public.outbox_sleep_lock()) THEN
        PERFORM pg_notify('outbox', '');
    END IF;
END
$$;
REVOKE ALL ON FUNCTION outbox_delivery_states() FROM PUBLIC;
