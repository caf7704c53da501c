-- Chains: transactions and holds that stand or fall together. Whoever adds to a chain or ends it has its
-- row, before anything else, so that nothing joins a chain that ends.

CREATE TRIGGER chain_append_only BEFORE UPDATE OR DELETE ON ledger_chain
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER chain_no_truncate BEFORE TRUNCATE ON ledger_chain
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER chain_end_append_only BEFORE UPDATE OR DELETE ON ledger_chain_end
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER chain_end_no_truncate BEFORE TRUNCATE ON ledger_chain_end
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();

-- --- what joins a chain finds it, and finds it open. No foreign key: it would be asked of every post,
-- and a chain is never deleted. Metadata is small, and an object. One trigger for both, of those rows alone
-- that have either: a CHECK would be compiled by every post.

CREATE FUNCTION ledger_chain_join(p_chain uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM FROM ledger_chain WHERE id = p_chain FOR SHARE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('chain-not-found', 'no such chain');
    ELSIF EXISTS (SELECT FROM ledger_chain_end WHERE chain_id = p_chain) THEN
        PERFORM ledger_refuse('chain-ended', 'the chain has ended');
    END IF;
END
$$;

CREATE FUNCTION ledger_transaction_besides() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF jsonb_typeof(NEW.metadata) <> 'object' OR octet_length(NEW.metadata::text) > 4096 THEN
        RAISE EXCEPTION 'metadata is a small object' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'transaction_metadata', TABLE = 'ledger_transaction';
    END IF;
    IF NEW.chain_id IS NOT NULL THEN
        PERFORM ledger_chain_join(NEW.chain_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER transaction_besides AFTER INSERT ON ledger_transaction
    FOR EACH ROW WHEN (NEW.chain_id IS NOT NULL OR NEW.metadata IS NOT NULL)
    EXECUTE FUNCTION ledger_transaction_besides();

CREATE FUNCTION ledger_hold_in_chain() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_chain_join(NEW.chain_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER hold_in_chain AFTER INSERT ON ledger_hold
    FOR EACH ROW WHEN (NEW.chain_id IS NOT NULL) EXECUTE FUNCTION ledger_hold_in_chain();

-- At COMMIT a chain that has ended holds nothing; voided it has booked nothing, and reversed it has
-- booked something, all of which is undone whole.
CREATE FUNCTION ledger_chain_agrees() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_booked bigint;
    v_undone bigint;
BEGIN
    SELECT count(*), count(r.id) INTO v_booked, v_undone
        FROM ledger_transaction AS t
        LEFT JOIN ledger_reversal AS r ON r.reversed_id = t.id AND r.whole
        WHERE t.chain_id = NEW.chain_id;
    IF v_booked <> v_undone OR (NEW.outcome = 'reversed') <> (v_booked > 0)
       OR EXISTS (SELECT FROM ledger_hold AS h JOIN ledger_hold_open AS o ON o.hold_id = h.id
                  WHERE h.chain_id = NEW.chain_id AND o.expires_at > NEW.recorded_at) THEN
        RAISE EXCEPTION 'the chain does not end so' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER chain_agrees AFTER INSERT ON ledger_chain_end
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_chain_agrees();

ALTER TABLE ledger_chain ENABLE ALWAYS TRIGGER chain_append_only;
ALTER TABLE ledger_chain ENABLE ALWAYS TRIGGER chain_no_truncate;
ALTER TABLE ledger_chain_end ENABLE ALWAYS TRIGGER chain_end_append_only;
ALTER TABLE ledger_chain_end ENABLE ALWAYS TRIGGER chain_end_no_truncate;
ALTER TABLE ledger_chain_end ENABLE ALWAYS TRIGGER chain_agrees;
ALTER TABLE ledger_transaction ENABLE ALWAYS TRIGGER transaction_besides;
ALTER TABLE ledger_hold ENABLE ALWAYS TRIGGER hold_in_chain;

-- --- the functions: one round trip each, safe to repeat

-- Lock a chain and return how it ended, '' when it has not.
CREATE FUNCTION ledger_chain_lock(p_chain uuid) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM FROM ledger_chain WHERE id = p_chain FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('chain-not-found', 'no such chain');
    END IF;
    RETURN coalesce((SELECT outcome FROM ledger_chain_end WHERE chain_id = p_chain), '');
END
$$;

-- Open a chain unless it is there; each of p_members must say that it is of it.
CREATE FUNCTION ledger_chain_open(
    p_chain uuid, p_members jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (SELECT FROM jsonb_to_recordset(p_members) AS m (chain uuid)
               WHERE m.chain IS DISTINCT FROM p_chain) THEN
        PERFORM ledger_refuse('malformed-chain', 'each member of a chain says which it is of');
    END IF;
    INSERT INTO ledger_chain (id, recorded_at) VALUES (p_chain, p_now) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.chain.open',
                             'chain:' || p_chain, '{}', p_request_id);
    END IF;
    PERFORM ledger_chain_lock(p_chain);
END
$$;

-- p_postings, p_legs as ledger_post takes them; they are booked in their order, all or none.
CREATE FUNCTION ledger_post_chain(
    p_chain uuid, p_postings jsonb, p_legs jsonb, p_now timestamptz, p_actor_kind text,
    p_actor_key text, p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_chain_open(p_chain, p_postings, p_now, p_actor_kind, p_actor_key, p_request_id);
    RETURN QUERY SELECT * FROM ledger_post(p_postings, p_legs, p_now, p_actor_kind, p_actor_key,
                                           p_request_id, p_event_name, p_subscribers);
END
$$;

-- p_holds as ledger_place_holds takes them; they are placed all or none.
CREATE FUNCTION ledger_hold_chain(
    p_chain uuid, p_holds jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_chain_open(p_chain, p_holds, p_now, p_actor_kind, p_actor_key, p_request_id);
    RETURN QUERY SELECT * FROM ledger_place_holds(p_holds, p_now, p_actor_kind, p_actor_key,
                                                  p_request_id, p_event_name, p_subscribers);
END
$$;

-- p_captures as ledger_capture_holds takes them: of every hold of the chain that is open, whole.
CREATE FUNCTION ledger_capture_chain(
    p_chain uuid, p_captures jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, amount_minor bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_named uuid[] := ARRAY(SELECT hold FROM jsonb_to_recordset(p_captures) AS c (hold uuid));
BEGIN
    PERFORM ledger_chain_lock(p_chain);
    IF EXISTS (SELECT FROM ledger_hold AS h JOIN ledger_hold_open AS o ON o.hold_id = h.id
               WHERE h.chain_id = p_chain) THEN -- else it is a repeat, or refused by its holds
        IF EXISTS (SELECT FROM ledger_hold AS h
                   LEFT JOIN ledger_hold_open AS o ON o.hold_id = h.id
                   LEFT JOIN ledger_hold_end AS e ON e.hold_id = h.id
                   WHERE h.chain_id = p_chain
                       AND (o.expires_at <= p_now OR e.outcome = 'expired')) THEN
            PERFORM ledger_refuse('hold-lapsed', 'the end of a hold of the chain has come');
        ELSIF EXISTS (SELECT FROM ledger_hold AS h JOIN ledger_hold_open AS o ON o.hold_id = h.id
                      WHERE h.chain_id = p_chain AND h.public_id <> ALL (v_named)) THEN
            PERFORM ledger_refuse('malformed-chain', 'a chain is captured with all that it holds');
        END IF;
    END IF;
    RETURN QUERY SELECT * FROM ledger_capture_holds(
        p_captures, p_chain, p_now, p_actor_kind, p_actor_key, p_request_id, p_event_name,
        p_subscribers);
END
$$;

-- Void what a chain holds, and end it. What is past its end is free already.
CREATE FUNCTION ledger_chain_close(
    p_chain uuid, p_outcome text, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_held bigint[];
BEGIN
    SELECT array_agg(hold_id) INTO v_held FROM (
        SELECT o.hold_id FROM ledger_hold AS h JOIN ledger_hold_open AS o ON o.hold_id = h.id
        WHERE h.chain_id = p_chain AND o.expires_at > p_now
        ORDER BY o.hold_id FOR UPDATE OF o) AS locked;
    PERFORM ledger_lock_held(v_held);
    WITH ended AS (
        INSERT INTO ledger_hold_end
            (hold_id, outcome, released_minor, source, reference, recorded_at)
        SELECT hold_id, 'voided', left_minor, 'chain:' || p_chain, p_outcome, p_now
        FROM ledger_hold_open WHERE hold_id = ANY (v_held)
        RETURNING hold_id
    ), told AS (
        SELECT audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.hold.void',
                            'hold:' || h.public_id, '{}', p_request_id),
               outbox_emit(gen_random_uuid(), p_event_name,
                           jsonb_build_object('hold_id', h.public_id), p_request_id, p_now,
                           p_subscribers)
        FROM ended JOIN ledger_hold AS h ON h.id = ended.hold_id
    )
    INSERT INTO ledger_chain_end (chain_id, outcome, recorded_at)
    SELECT p_chain, p_outcome, p_now FROM (SELECT count(*) FROM told) AS counted;
    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.chain.' || p_outcome,
                         'chain:' || p_chain, '{}', p_request_id);
END
$$;

-- Returns whether it had been done before.
CREATE FUNCTION ledger_void_chain(
    p_chain uuid, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text,
    p_event_name text, p_subscribers text[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_ended text := ledger_chain_lock(p_chain);
BEGIN
    IF v_ended = 'voided' THEN
        RETURN true;
    ELSIF v_ended <> '' THEN
        PERFORM ledger_refuse('chain-ended', 'the chain has ended');
    ELSIF EXISTS (SELECT FROM ledger_transaction WHERE chain_id = p_chain) THEN
        PERFORM ledger_refuse('chain-booked', 'a chain that has booked is reversed');
    END IF;
    PERFORM ledger_chain_close(p_chain, 'voided', p_now, p_actor_kind, p_actor_key, p_request_id,
                               p_event_name, p_subscribers);
    RETURN false;
END
$$;

-- p_reversals, p_parts, p_postings, p_legs as ledger_reverse_all takes them: of every transaction of
-- the chain, whole. p_void_*: the event of what the chain still holds.
CREATE FUNCTION ledger_reverse_chain(
    p_chain uuid, p_reversals jsonb, p_parts jsonb, p_postings jsonb, p_legs jsonb,
    p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text, p_event_name text,
    p_subscribers text[], p_void_event_name text, p_void_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_ended text := ledger_chain_lock(p_chain);
BEGIN
    IF v_ended = 'reversed' THEN
        RETURN QUERY
            SELECT undoing.public_id, true FROM ledger_transaction AS t
            JOIN ledger_reversal AS r ON r.reversed_id = t.id AND r.whole
            JOIN ledger_transaction AS undoing ON undoing.id = r.transaction_id
            WHERE t.chain_id = p_chain
            ORDER BY (SELECT min(id) FROM ledger_entry WHERE transaction_id = undoing.id);
        RETURN;
    ELSIF v_ended <> '' THEN
        PERFORM ledger_refuse('chain-ended', 'the chain has ended');
    ELSIF ARRAY(SELECT public_id FROM ledger_transaction WHERE chain_id = p_chain ORDER BY public_id)
          <> ARRAY(SELECT reversed FROM jsonb_to_recordset(p_reversals) AS r (reversed uuid)
                   ORDER BY reversed) THEN
        PERFORM ledger_refuse('chain-moved', 'the chain has grown: look again');
    END IF;
    PERFORM ledger_chain_close( -- first: what it holds may be what is to be given back
        p_chain, 'reversed', p_now, p_actor_kind, p_actor_key, p_request_id, p_void_event_name,
        p_void_subscribers);
    RETURN QUERY SELECT * FROM ledger_reverse_all(
        p_reversals, p_parts, p_postings, p_legs, p_chain, p_now, p_actor_kind, p_actor_key,
        p_request_id, p_event_name, p_subscribers);
END
$$;

-- --- least power

REVOKE ALL ON FUNCTION ledger_chain_join(uuid), ledger_transaction_besides(),
    ledger_hold_in_chain(), ledger_chain_agrees(), ledger_chain_lock(uuid),
    ledger_chain_open(uuid, jsonb, timestamptz, text, text, text),
    ledger_chain_close(uuid, text, timestamptz, text, text, text, text, text[]),
    ledger_post_chain(uuid, jsonb, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_hold_chain(uuid, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_capture_chain(uuid, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_void_chain(uuid, timestamptz, text, text, text, text, text[]),
    ledger_reverse_chain(uuid, jsonb, jsonb, jsonb, jsonb, timestamptz, text, text, text, text,
                         text[], text, text[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ledger_post_chain(uuid, jsonb, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_hold_chain(uuid, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_capture_chain(uuid, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_void_chain(uuid, timestamptz, text, text, text, text, text[]),
    ledger_reverse_chain(uuid, jsonb, jsonb, jsonb, jsonb, timestamptz, text, text, text, text,
                         text[], text, text[])
    TO probity_app;
REVOKE ALL ON ledger_chain, ledger_chain_end FROM PUBLIC;
GRANT SELECT ON ledger_chain, ledger_chain_end TO probity_app, probity_report;
