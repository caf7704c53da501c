-- Holds, many in one call, and in chains. What is new in the order of locks: a hold is locked by its
-- row in ledger_hold_open, before any header, and headers are before accounts here too. So nobody who
-- has an account waits for a header, and a capture and a post of one reference cannot wait for each
-- other in a ring.
--
--     chain, holds by id, headers by (source, reference), accounts by id, references of new holds

-- --- what happens to a hold

-- Lock an open hold and return it. Refuses one that is at its end.
CREATE OR REPLACE FUNCTION ledger_hold_still_open(p_hold bigint, p_at timestamptz)
RETURNS ledger_hold_open
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_open ledger_hold_open;
BEGIN
    SELECT * INTO v_open FROM ledger_hold_open WHERE hold_id = p_hold FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('hold-ended', 'the hold has ended');
    ELSIF v_open.expires_at <= p_at THEN
        PERFORM ledger_refuse('hold-lapsed', 'the end of the hold has come');
    END IF;
    RETURN v_open;
END
$$;

-- Lock the accounts of holds that are locked, in their order: what is held is counted on them.
CREATE FUNCTION ledger_lock_held(p_holds bigint[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
    SELECT FROM ledger_account
    WHERE id = ANY (ARRAY(SELECT account_id FROM ledger_hold_open WHERE hold_id = ANY (p_holds)))
    ORDER BY slot_of_id IS NOT NULL, id FOR NO KEY UPDATE
$$;

CREATE OR REPLACE FUNCTION ledger_hold_extended() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_open ledger_hold_open := ledger_hold_still_open(NEW.hold_id, NEW.recorded_at);
BEGIN
    IF v_open.expires_at >= NEW.expires_at THEN
        PERFORM ledger_refuse('hold-not-extended', 'a hold is extended to a later end alone');
    END IF;
    PERFORM FROM ledger_account WHERE id = v_open.account_id FOR NO KEY UPDATE;
    UPDATE ledger_hold_open SET expires_at = NEW.expires_at WHERE hold_id = NEW.hold_id;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ledger_hold_ended() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_open ledger_hold_open;
BEGIN
    DELETE FROM ledger_hold_open WHERE hold_id = NEW.hold_id RETURNING * INTO v_open;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a hold ends once' USING ERRCODE = 'check_violation';
    ELSIF (NEW.outcome = 'expired') <> (v_open.expires_at <= NEW.recorded_at)
          OR (NEW.outcome = 'captured' AND pg_trigger_depth() < 2) -- 2: a capture ends it
          OR (NEW.outcome <> 'captured' AND NEW.released_minor <> v_open.left_minor) THEN
        RAISE EXCEPTION 'the hold does not end so' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

-- All holds of a statement at once: their accounts are locked in id order.
DROP TRIGGER hold_placed ON ledger_hold;
DROP FUNCTION ledger_hold_placed();
CREATE FUNCTION ledger_holds_placed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_locked record;
    v_refusal text;
BEGIN
    SELECT bool_or(bounds_due_at <= at) AS due, array_agg(id) AS ids, min(at) AS at INTO v_locked FROM (
        SELECT id, bounds_due_at, (SELECT min(recorded_at) FROM added) AS at FROM ledger_account
        WHERE id = ANY (ARRAY(SELECT account_id FROM added))
        ORDER BY slot_of_id IS NOT NULL, id FOR NO KEY UPDATE) AS locked;
    IF v_locked.due THEN
        PERFORM ledger_bounds_fall_due(v_locked.ids, v_locked.at);
    END IF;
    SELECT CASE WHEN a.status = 'closed' THEN 'account-closed'
                WHEN a.status <> 'open' THEN 'account-frozen'
                WHEN a.mode <> 'plain' THEN 'account-hot'
                ELSE 'insufficient-funds' END
        INTO v_refusal
        FROM (SELECT account_id, sum(amount_minor) AS minor FROM added GROUP BY account_id) AS w
        CROSS JOIN LATERAL (
            SELECT id, status, mode, posted_minor, floor_minor
            FROM ledger_account WHERE id = w.account_id LIMIT 1) AS a
        WHERE a.status <> 'open' OR a.mode <> 'plain'
            OR a.posted_minor - ledger_held(a.id, v_locked.at) - w.minor < a.floor_minor
        ORDER BY a.id LIMIT 1;
    IF FOUND THEN
        PERFORM ledger_refuse(v_refusal, CASE v_refusal
            WHEN 'account-closed' THEN 'the account is closed'
            WHEN 'account-frozen' THEN 'the account is frozen'
            WHEN 'account-hot' THEN 'an account that many write to has no holds'
            ELSE 'the account would fall below its floor' END);
    END IF;
    INSERT INTO ledger_hold_open (hold_id, account_id, left_minor, expires_at)
    SELECT id, account_id, amount_minor, expires_at FROM added;
    RETURN NULL;
END
$$;
CREATE TRIGGER hold_placed AFTER INSERT ON ledger_hold
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_holds_placed();
ALTER TABLE ledger_hold ENABLE ALWAYS TRIGGER hold_placed;

-- --- the functions

-- p_holds [{id, account, amount, currency, expires_at, source, reference, fingerprint, event, chain}]
-- A repeat is answered before its end is looked at, which may have come since.
CREATE FUNCTION ledger_place_holds(
    p_holds jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text,
    p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_fresh uuid[];
    v_wrong text;
BEGIN
    SELECT CASE WHEN a.currency IS NULL THEN 'account-not-found' ELSE 'currency-mismatch' END
        INTO v_wrong
        FROM jsonb_to_recordset(p_holds) AS w (account uuid, currency text)
        LEFT JOIN LATERAL (
            SELECT currency FROM ledger_account WHERE public_id = w.account LIMIT 1) AS a ON true
        WHERE a.currency IS DISTINCT FROM w.currency OR a.currency IS NULL
        LIMIT 1;
    IF FOUND THEN
        PERFORM ledger_refuse(v_wrong, CASE v_wrong
            WHEN 'account-not-found' THEN 'no such account'
            ELSE 'the account keeps another currency' END);
    END IF;

    PERFORM FROM ledger_account -- also for what row triggers look at
        WHERE public_id = ANY (ARRAY(
            SELECT account FROM jsonb_to_recordset(p_holds) AS w (account uuid)))
        ORDER BY slot_of_id IS NOT NULL, id FOR NO KEY UPDATE;

    WITH wanted AS (
        SELECT w.*, a.id AS account_id
        FROM ROWS FROM (jsonb_to_recordset(p_holds) AS (
            id uuid, account uuid, amount bigint, currency text, expires_at timestamptz,
            source text, reference text, fingerprint text, chain uuid)) WITH ORDINALITY
            AS w (id, account, amount, currency, expires_at, source, reference, fingerprint, chain,
                  n)
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_account WHERE public_id = w.account LIMIT 1) AS a
    ), added AS (
        INSERT INTO ledger_hold (public_id, account_id, amount_minor, currency, source, reference,
                                 fingerprint, expires_at, recorded_at, chain_id)
        SELECT id, account_id, amount, currency, source, reference, fingerprint, expires_at, p_now,
               chain
        FROM wanted WHERE expires_at > p_now ORDER BY source, reference, n
        ON CONFLICT DO NOTHING
        RETURNING public_id
    )
    SELECT coalesce(array_agg(public_id), '{}') INTO v_fresh FROM added;

    SELECT CASE WHEN h.fingerprint IS NULL THEN 'malformed-hold' ELSE 'reference-reused' END
        INTO v_wrong
        FROM jsonb_to_recordset(p_holds) AS w (source text, reference text, fingerprint text)
        LEFT JOIN LATERAL (
            SELECT fingerprint FROM ledger_hold
            WHERE source = w.source AND reference = w.reference LIMIT 1) AS h ON true
        WHERE h.fingerprint IS DISTINCT FROM w.fingerprint
        LIMIT 1;
    IF FOUND THEN
        PERFORM ledger_refuse(v_wrong, CASE v_wrong
            WHEN 'malformed-hold' THEN 'a hold ends later than it begins'
            ELSE 'this reference names another hold' END);
    END IF;

    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.hold.place', 'hold:' || w.id,
                         jsonb_build_object('account', w.account), p_request_id),
            outbox_emit(w.event, p_event_name,
                        jsonb_build_object('hold_id', w.id, 'expires_at', w.expires_at),
                        p_request_id, p_now, p_subscribers)
    FROM jsonb_to_recordset(p_holds)
        AS w (id uuid, account uuid, event uuid, expires_at timestamptz)
    WHERE w.id = ANY (v_fresh);

    RETURN QUERY
        SELECT h.public_id, w.id <> ALL (v_fresh)
        FROM ROWS FROM (jsonb_to_recordset(p_holds) AS (id uuid, source text, reference text))
            WITH ORDINALITY AS w (id, source, reference, n)
        CROSS JOIN LATERAL (
            SELECT public_id FROM ledger_hold
            WHERE source = w.source AND reference = w.reference LIMIT 1) AS h
        ORDER BY w.n;
END
$$;

CREATE OR REPLACE FUNCTION ledger_place_hold(
    p_hold jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text,
    p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT * FROM ledger_place_holds(
        jsonb_build_array(p_hold), p_now, p_actor_kind, p_actor_key, p_request_id, p_event_name,
        p_subscribers);
END
$$;

-- p_captures [{hold, receiver, amount, final, id, source, reference, fingerprint, effective_at,
--            event}]; amount null: all that is left; id: of the transaction that it posts
-- p_chain    whose holds they are; null: of none
-- Headers come first, then the accounts, then the captures, so that what they take is no longer held
-- when the legs ask for it.
CREATE FUNCTION ledger_capture_holds(
    p_captures jsonb, p_chain uuid, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, amount_minor bigint, replayed boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_capture record;
    v_hold record;
    v_earlier record;
    v_fresh jsonb := '[]';
BEGIN
    PERFORM FROM ledger_hold_open
        WHERE hold_id = ANY (ARRAY(
            SELECT ledger_hold_id(c.hold) FROM jsonb_to_recordset(p_captures) AS c (hold uuid)))
        ORDER BY hold_id FOR UPDATE;

    FOR v_capture IN SELECT c.*, said FROM jsonb_array_elements(p_captures) AS p (said)
        CROSS JOIN LATERAL jsonb_to_record(said) AS c (
            hold uuid, receiver uuid, amount bigint, id uuid, source text, reference text,
            fingerprint text)
    LOOP
        SELECT h.id, h.currency, h.chain_id, a.public_id AS account,
               a.kind IN ('asset', 'expense') AS by_debit INTO v_hold
            FROM ledger_hold AS h JOIN ledger_account AS a ON a.id = h.account_id
            WHERE h.id = ledger_hold_id(v_capture.hold);
        IF v_hold.chain_id IS DISTINCT FROM p_chain THEN
            PERFORM ledger_refuse('chained', 'a hold of a chain is captured with its chain');
        ELSIF v_capture.receiver = v_hold.account THEN
            PERFORM ledger_refuse('same-account', 'held money goes to another account');
        END IF;

        SELECT t.public_id, t.fingerprint, c.amount_minor INTO v_earlier
            FROM ledger_transaction AS t
            LEFT JOIN ledger_hold_capture AS c ON c.transaction_id = t.public_id
            WHERE t.source = v_capture.source AND t.reference = v_capture.reference;
        IF FOUND THEN
            IF v_earlier.fingerprint <> v_capture.fingerprint OR v_earlier.amount_minor IS NULL THEN
                PERFORM ledger_refuse('reference-reused', 'this reference names another posting');
            END IF;
            RETURN QUERY SELECT v_earlier.public_id, v_earlier.amount_minor, true;
            CONTINUE;
        END IF;
        v_capture.amount := coalesce(
            v_capture.amount, (ledger_hold_still_open(v_hold.id, p_now)).left_minor);
        v_fresh := v_fresh || (v_capture.said || jsonb_build_object(
            'hold_id', v_hold.id, 'amount', v_capture.amount, 'currency', v_hold.currency,
            'debit', CASE WHEN v_hold.by_debit THEN v_capture.receiver ELSE v_hold.account END,
            'credit', CASE WHEN v_hold.by_debit THEN v_hold.account ELSE v_capture.receiver END));
        RETURN QUERY SELECT v_capture.id, v_capture.amount, false;
    END LOOP;
    IF v_fresh <> '[]' THEN
        PERFORM ledger_book_captures(v_fresh, p_chain, p_now, p_actor_kind, p_actor_key,
                                     p_request_id, p_event_name, p_subscribers);
    END IF;
END
$$;

-- p_captures as above, each with {hold_id, currency, debit, credit} too; their holds are locked.
CREATE FUNCTION ledger_book_captures(
    p_captures jsonb, p_chain uuid, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_headers bigint[];
    v record;
BEGIN
    PERFORM ledger_mind_books((SELECT min(effective_at) FROM jsonb_to_recordset(p_captures)
                                   AS c (effective_at timestamptz)), p_now);
    WITH wanted AS (
        SELECT * FROM jsonb_to_recordset(p_captures) AS c (
            id uuid, source text, reference text, fingerprint text, effective_at timestamptz)
    ), added AS (
        INSERT INTO ledger_transaction
            (public_id, kind, source, reference, fingerprint, effective_at, recorded_at, actor_kind,
             actor_key, chain_id)
        SELECT id, 'capture', source, reference, fingerprint, effective_at, p_now, p_actor_kind,
               p_actor_key, p_chain
        FROM wanted ORDER BY source, reference
        ON CONFLICT (source, reference) DO NOTHING
        RETURNING id, public_id
    )
    SELECT array_agg(added.id ORDER BY n) INTO v_headers
        FROM jsonb_array_elements(p_captures) WITH ORDINALITY AS p (said, n)
        JOIN added ON added.public_id = (said ->> 'id')::uuid;
    IF coalesce(cardinality(v_headers), 0) < jsonb_array_length(p_captures) THEN
        PERFORM ledger_refuse('reference-reused', 'this reference names another posting');
    END IF;

    SELECT array_agg(n::int ORDER BY n, side) AS places, array_agg(account ORDER BY n, side) AS accounts,
           array_agg(debited ORDER BY n, side) AS debits, array_agg(credited ORDER BY n, side) AS credits,
           array_agg(currency ORDER BY n, side) AS currencies
        INTO v
        FROM jsonb_array_elements(p_captures) WITH ORDINALITY AS p (said, n)
        CROSS JOIN LATERAL jsonb_to_record(said) AS c (
            amount bigint, currency text, debit uuid, credit uuid)
        CROSS JOIN LATERAL (VALUES (1, debit, amount, 0::bigint), (2, credit, 0::bigint, amount))
            AS leg (side, account, debited, credited);
    PERFORM FROM ledger_account WHERE public_id = ANY (v.accounts) AND mode = 'plain'
        ORDER BY slot_of_id IS NOT NULL, id FOR NO KEY UPDATE;
    INSERT INTO ledger_hold_capture (hold_id, transaction_id, amount_minor, final, recorded_at)
    SELECT hold_id, id, amount, final, p_now FROM jsonb_to_recordset(p_captures) AS c (
        hold_id bigint, id uuid, amount bigint, final boolean);
    PERFORM ledger_book_legs(
        v_headers, EXISTS (SELECT FROM ledger_account WHERE mode <> 'plain'
                           AND public_id = ANY (v.accounts)),
        v.places, v.accounts, v.debits, v.credits, v.currencies, p_now);

    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.transaction.post',
                         'transaction:' || id, '{"kind": "capture"}', p_request_id),
            audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.hold.capture', 'hold:' || hold,
                         jsonb_build_object('transaction', id), p_request_id),
            outbox_emit(event, p_event_name,
                        jsonb_build_object('hold_id', hold, 'transaction_id', id), p_request_id,
                        p_now, p_subscribers)
    FROM jsonb_to_recordset(p_captures) AS c (id uuid, hold uuid, event uuid);
END
$$;

CREATE OR REPLACE FUNCTION ledger_capture_hold(
    p_capture jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text,
    p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, amount_minor bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT * FROM ledger_capture_holds(
        jsonb_build_array(p_capture), NULL, p_now, p_actor_kind, p_actor_key, p_request_id,
        p_event_name, p_subscribers);
END
$$;

-- p_void {hold, source, reference, event}
CREATE OR REPLACE FUNCTION ledger_void_hold(
    p_void jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text,
    p_event_name text, p_subscribers text[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_void record;
    v_hold bigint;
BEGIN
    SELECT * INTO v_void FROM jsonb_to_record(p_void) AS v (
        hold uuid, source text, reference text, event uuid);
    v_hold := ledger_hold_id(v_void.hold);
    IF EXISTS (SELECT FROM ledger_hold WHERE id = v_hold AND chain_id IS NOT NULL) THEN
        PERFORM ledger_refuse('chained', 'a hold of a chain is voided with its chain');
    END IF;
    PERFORM FROM ledger_hold_open WHERE hold_id = v_hold FOR UPDATE;
    IF EXISTS (SELECT FROM ledger_hold_end WHERE hold_id = v_hold AND outcome = 'voided'
               AND source = v_void.source AND reference = v_void.reference) THEN
        RETURN true;
    END IF;
    INSERT INTO ledger_hold_end (hold_id, outcome, released_minor, source, reference, recorded_at)
    SELECT v_hold, 'voided', (ledger_hold_still_open(v_hold, p_now)).left_minor, v_void.source,
           v_void.reference, p_now;
    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.hold.void',
                         'hold:' || v_void.hold, '{}', p_request_id);
    PERFORM outbox_emit(v_void.event, p_event_name, jsonb_build_object('hold_id', v_void.hold),
                        p_request_id, p_now, p_subscribers);
    RETURN false;
END
$$;

-- Close up to p_limit holds whose end has come; returns how many. What they kept was free already.
-- A hold that somebody is at is left to the next run.
CREATE OR REPLACE FUNCTION ledger_expire_holds(
    p_limit int, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text,
    p_event_name text, p_subscribers text[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_due bigint[];
    v_ended bigint;
BEGIN
    SELECT array_agg(hold_id) INTO v_due FROM (
        SELECT hold_id FROM ledger_hold_open WHERE expires_at <= p_now
        ORDER BY expires_at, hold_id LIMIT p_limit FOR UPDATE SKIP LOCKED) AS due;
    PERFORM ledger_lock_held(v_due);
    WITH ended AS (
        INSERT INTO ledger_hold_end
            (hold_id, outcome, released_minor, source, reference, recorded_at)
        SELECT hold_id, 'expired', left_minor, '', '', p_now FROM ledger_hold_open
        WHERE hold_id = ANY (v_due)
        RETURNING hold_id
    ), told AS (
        SELECT audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.hold.expire',
                            'hold:' || h.public_id, '{}', p_request_id),
               outbox_emit(gen_random_uuid(), p_event_name,
                           jsonb_build_object('hold_id', h.public_id), p_request_id, p_now,
                           p_subscribers)
        FROM ended JOIN ledger_hold AS h ON h.id = ended.hold_id
    )
    SELECT count(*) INTO v_ended FROM told;
    RETURN v_ended;
END
$$;

REVOKE ALL ON FUNCTION ledger_holds_placed(), ledger_lock_held(bigint[]),
    ledger_book_captures(jsonb, uuid, timestamptz, text, text, text, text, text[]),
    ledger_place_holds(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_capture_holds(jsonb, uuid, timestamptz, text, text, text, text, text[]) FROM PUBLIC;
