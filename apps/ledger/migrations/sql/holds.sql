-- Holds: money that stays on its account and may not be spent. Rows are added and never changed;
-- ledger_hold_open is their sum, and moves by triggers alone, as balances do. All of it happens under
-- the lock of the hold's account, so that a post, a capture and the end of a hold cannot pass each other.
--
-- A hold counts until its end comes, not until somebody writes that it came: what is past its end
-- keeps nothing, however late the job is that closes it.

ALTER TABLE ledger_hold ADD CONSTRAINT hold_account_currency
    FOREIGN KEY (account_id, currency) REFERENCES ledger_account (id, currency);

ALTER TABLE ledger_hold_open SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- --- append-only, for every role

CREATE TRIGGER hold_append_only BEFORE UPDATE OR DELETE ON ledger_hold
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER hold_no_truncate BEFORE TRUNCATE ON ledger_hold
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER hold_extension_append_only BEFORE UPDATE OR DELETE ON ledger_hold_extension
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER hold_extension_no_truncate BEFORE TRUNCATE ON ledger_hold_extension
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER hold_capture_append_only BEFORE UPDATE OR DELETE ON ledger_hold_capture
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER hold_capture_no_truncate BEFORE TRUNCATE ON ledger_hold_capture
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER hold_end_append_only BEFORE UPDATE OR DELETE ON ledger_hold_end
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER hold_end_no_truncate BEFORE TRUNCATE ON ledger_hold_end
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER hold_open_no_truncate BEFORE TRUNCATE ON ledger_hold_open
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();

CREATE FUNCTION ledger_hold_open_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN -- 1: this trigger alone; 2: another table's trigger moves it
        RAISE EXCEPTION 'an open hold is moved by what happens to it alone'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER hold_open_guard BEFORE INSERT OR UPDATE OR DELETE ON ledger_hold_open
    FOR EACH ROW EXECUTE FUNCTION ledger_hold_open_guard();

-- --- what happens to a hold, and what each insert must find

CREATE FUNCTION ledger_held(p_account bigint, p_at timestamptz) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
    SELECT coalesce(sum(left_minor), 0) FROM ledger_hold_open
    WHERE account_id = p_account AND expires_at > p_at
$$;

CREATE FUNCTION ledger_hold_placed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_account record;
BEGIN
    SELECT status, posted_minor, floor_minor INTO v_account
        FROM ledger_account WHERE id = NEW.account_id FOR NO KEY UPDATE;
    IF v_account.status = 'closed' THEN
        PERFORM ledger_refuse('account-closed', 'the account is closed');
    ELSIF v_account.status <> 'open' THEN
        PERFORM ledger_refuse('account-frozen', 'the account is frozen');
    ELSIF v_account.posted_minor - ledger_held(NEW.account_id, NEW.recorded_at) - NEW.amount_minor
          < v_account.floor_minor THEN
        PERFORM ledger_refuse('insufficient-funds', 'the account would fall below its floor');
    END IF;
    INSERT INTO ledger_hold_open (hold_id, account_id, left_minor, expires_at)
    VALUES (NEW.id, NEW.account_id, NEW.amount_minor, NEW.expires_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER hold_placed AFTER INSERT ON ledger_hold
    FOR EACH ROW EXECUTE FUNCTION ledger_hold_placed();

-- Lock the account of a hold and return the open hold. Refuses one that is at its end.
CREATE FUNCTION ledger_hold_still_open(p_hold bigint, p_at timestamptz) RETURNS ledger_hold_open
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_open ledger_hold_open;
BEGIN
    PERFORM FROM ledger_account
        WHERE id = (SELECT account_id FROM ledger_hold WHERE id = p_hold) FOR NO KEY UPDATE;
    SELECT * INTO v_open FROM ledger_hold_open WHERE hold_id = p_hold;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('hold-ended', 'the hold has ended');
    ELSIF v_open.expires_at <= p_at THEN
        PERFORM ledger_refuse('hold-lapsed', 'the end of the hold has come');
    END IF;
    RETURN v_open;
END
$$;

CREATE FUNCTION ledger_hold_extended() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF (ledger_hold_still_open(NEW.hold_id, NEW.recorded_at)).expires_at >= NEW.expires_at THEN
        PERFORM ledger_refuse('hold-not-extended', 'a hold is extended to a later end alone');
    END IF;
    UPDATE ledger_hold_open SET expires_at = NEW.expires_at WHERE hold_id = NEW.hold_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER hold_extended AFTER INSERT ON ledger_hold_extension
    FOR EACH ROW EXECUTE FUNCTION ledger_hold_extended();

CREATE FUNCTION ledger_hold_captured() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_open ledger_hold_open := ledger_hold_still_open(NEW.hold_id, NEW.recorded_at);
BEGIN
    IF NEW.amount_minor > v_open.left_minor AND NOT (
        SELECT over_capture FROM ledger_account WHERE id = v_open.account_id) THEN
        PERFORM ledger_refuse('capture-exceeds-hold', 'the capture takes more than is held');
    END IF;
    IF NEW.final OR NEW.amount_minor >= v_open.left_minor THEN
        INSERT INTO ledger_hold_end
            (hold_id, outcome, released_minor, source, reference, recorded_at)
        VALUES (NEW.hold_id, 'captured', greatest(v_open.left_minor - NEW.amount_minor, 0), '', '',
                NEW.recorded_at);
    ELSE
        UPDATE ledger_hold_open SET left_minor = left_minor - NEW.amount_minor
            WHERE hold_id = NEW.hold_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER hold_captured AFTER INSERT ON ledger_hold_capture
    FOR EACH ROW EXECUTE FUNCTION ledger_hold_captured();

-- At COMMIT the transaction that a capture names must have taken that much from the hold's account.
CREATE FUNCTION ledger_hold_capture_posted() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF NEW.amount_minor IS DISTINCT FROM (
        SELECT sum(CASE WHEN a.kind IN ('asset', 'expense') THEN e.credit - e.debit
                        ELSE e.debit - e.credit END)
        FROM ledger_hold AS h
        JOIN ledger_account AS a ON a.id = h.account_id
        JOIN ledger_transaction AS t ON t.public_id = NEW.transaction_id
        JOIN ledger_entry AS e ON e.transaction_id = t.id AND e.account_id = h.account_id
        WHERE h.id = NEW.hold_id
    ) THEN
        RAISE EXCEPTION 'a capture is posted by its transaction' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER hold_capture_posted AFTER INSERT ON ledger_hold_capture
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_hold_capture_posted();

CREATE FUNCTION ledger_hold_ended() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_open ledger_hold_open;
BEGIN
    PERFORM FROM ledger_account
        WHERE id = (SELECT account_id FROM ledger_hold WHERE id = NEW.hold_id) FOR NO KEY UPDATE;
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
CREATE TRIGGER hold_ended AFTER INSERT ON ledger_hold_end
    FOR EACH ROW EXECUTE FUNCTION ledger_hold_ended();

-- --- an account keeps what is held: no floor above it, no closing over it

CREATE FUNCTION ledger_account_keeps_holds() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_held numeric := (SELECT coalesce(sum(left_minor), 0) FROM ledger_hold_open
                       WHERE account_id = NEW.id);
BEGIN
    IF v_held > 0 AND (NEW.status = 'closed' OR NEW.posted_minor - v_held < NEW.floor_minor) THEN
        RAISE EXCEPTION 'an account keeps what is held on it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER account_keeps_holds AFTER UPDATE OF status, floor_minor ON ledger_account
    FOR EACH ROW WHEN (NEW.status = 'closed' OR NEW.floor_minor IS DISTINCT FROM OLD.floor_minor)
    EXECUTE FUNCTION ledger_account_keeps_holds();

ALTER TABLE ledger_hold ENABLE ALWAYS TRIGGER hold_append_only;
ALTER TABLE ledger_hold ENABLE ALWAYS TRIGGER hold_no_truncate;
ALTER TABLE ledger_hold ENABLE ALWAYS TRIGGER hold_placed;
ALTER TABLE ledger_hold_extension ENABLE ALWAYS TRIGGER hold_extension_append_only;
ALTER TABLE ledger_hold_extension ENABLE ALWAYS TRIGGER hold_extension_no_truncate;
ALTER TABLE ledger_hold_extension ENABLE ALWAYS TRIGGER hold_extended;
ALTER TABLE ledger_hold_capture ENABLE ALWAYS TRIGGER hold_capture_append_only;
ALTER TABLE ledger_hold_capture ENABLE ALWAYS TRIGGER hold_capture_no_truncate;
ALTER TABLE ledger_hold_capture ENABLE ALWAYS TRIGGER hold_captured;
ALTER TABLE ledger_hold_capture ENABLE ALWAYS TRIGGER hold_capture_posted;
ALTER TABLE ledger_hold_end ENABLE ALWAYS TRIGGER hold_end_append_only;
ALTER TABLE ledger_hold_end ENABLE ALWAYS TRIGGER hold_end_no_truncate;
ALTER TABLE ledger_hold_end ENABLE ALWAYS TRIGGER hold_ended;
ALTER TABLE ledger_hold_open ENABLE ALWAYS TRIGGER hold_open_no_truncate;
ALTER TABLE ledger_hold_open ENABLE ALWAYS TRIGGER hold_open_guard;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER account_keeps_holds;

-- --- entries: as before, and what is held does not count as money there is

CREATE OR REPLACE FUNCTION ledger_entries_apply() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_at timestamptz; -- holds count that end after it
    v_late boolean;
    v_refusal text;
    v_last record;
BEGIN
    PERFORM FROM ledger_account WHERE id = ANY (ARRAY(SELECT account_id FROM added))
        ORDER BY id FOR NO KEY UPDATE;

    SELECT min(header.recorded_at), bool_or(header.written_by <> pg_current_xact_id())
        INTO v_at, v_late
        FROM added AS e
        CROSS JOIN LATERAL (
            SELECT recorded_at, written_by FROM ledger_transaction
            WHERE id = e.transaction_id LIMIT 1) AS header;
    IF v_late THEN
        RAISE EXCEPTION 'a transaction takes no further legs' USING ERRCODE = 'check_violation';
    END IF;

    SELECT CASE
        WHEN status = 'closed' THEN 'account-closed'
        WHEN status = 'frozen' OR (status = 'frozen_debit' AND change < 0) THEN 'account-frozen'
        WHEN abs(balance) > 9223372036854775807 THEN 'balance-overflow'
        WHEN change < 0 AND balance - held < floor_minor THEN 'insufficient-funds'
        ELSE 'does-not-continue'
    END INTO v_refusal
    FROM (
        SELECT a.status, a.floor_minor, e.version, e.balance_after, change, promised.held,
               a.version + row_number() OVER continued AS expected_version,
               a.posted_minor + sum(change) OVER continued AS balance
        FROM added AS e
        CROSS JOIN LATERAL (
            SELECT kind, status, floor_minor, version, posted_minor
            FROM ledger_account WHERE id = e.account_id LIMIT 1) AS a
        CROSS JOIN LATERAL (
            SELECT CASE WHEN a.kind IN ('asset', 'expense') THEN e.debit - e.credit
                        ELSE e.credit - e.debit END AS change) AS c
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(left_minor), 0) AS held FROM ledger_hold_open
            WHERE account_id = e.account_id AND expires_at > v_at) AS promised
        WINDOW continued AS (PARTITION BY e.account_id ORDER BY e.version)
    ) AS counted
    WHERE status = 'closed' OR status = 'frozen' OR (status = 'frozen_debit' AND change < 0)
        OR abs(balance) > 9223372036854775807 OR (change < 0 AND balance - held < floor_minor)
        OR version <> expected_version OR balance_after <> balance
    ORDER BY version LIMIT 1;
    IF FOUND THEN
        PERFORM ledger_refuse(v_refusal, CASE v_refusal
            WHEN 'account-closed' THEN 'the account is closed'
            WHEN 'account-frozen' THEN 'the account is frozen'
            WHEN 'balance-overflow' THEN 'the balance would leave the range of 64 bits'
            WHEN 'insufficient-funds' THEN 'the account would fall below its floor'
            ELSE 'the entry does not continue its account' END);
    END IF;

    IF EXISTS (SELECT FROM added GROUP BY transaction_id, currency
               HAVING sum(debit) <> sum(credit)) THEN
        PERFORM ledger_refuse('unbalanced', 'debits and credits differ');
    END IF;

    FOR v_last IN SELECT DISTINCT ON (account_id) account_id, balance_after, version
                  FROM added ORDER BY account_id, version DESC LOOP
        UPDATE ledger_account SET posted_minor = v_last.balance_after, version = v_last.version
            WHERE id = v_last.account_id;
    END LOOP;
    RETURN NULL;
END
$$;

-- --- the functions: one round trip each, safe to repeat under the same source and reference

CREATE FUNCTION ledger_hold_id(p_hold uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_id bigint := (SELECT id FROM ledger_hold WHERE public_id = p_hold);
BEGIN
    IF v_id IS NULL THEN
        PERFORM ledger_refuse('hold-not-found', 'no such hold');
    END IF;
    RETURN v_id;
END
$$;

-- p_hold {id, account, amount, currency, expires_at, source, reference, fingerprint, event}
CREATE FUNCTION ledger_place_hold(
    p_hold jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text,
    p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_hold record;
    v_account record;
    v_earlier record;
BEGIN
    SELECT * INTO v_hold FROM jsonb_to_record(p_hold) AS h (
        id uuid, account uuid, amount bigint, currency text, expires_at timestamptz, source text,
        reference text, fingerprint text, event uuid);
    SELECT id, currency INTO v_account FROM ledger_account WHERE public_id = v_hold.account;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('account-not-found', 'no such account');
    ELSIF v_account.currency <> v_hold.currency THEN
        PERFORM ledger_refuse('currency-mismatch', 'the account keeps another currency');
    END IF;

    INSERT INTO ledger_hold (public_id, account_id, amount_minor, currency, source, reference,
                             fingerprint, expires_at, recorded_at)
    VALUES (v_hold.id, v_account.id, v_hold.amount, v_hold.currency, v_hold.source,
            v_hold.reference, v_hold.fingerprint, v_hold.expires_at, p_now)
    ON CONFLICT (source, reference) DO NOTHING;
    IF NOT FOUND THEN
        SELECT public_id, fingerprint INTO v_earlier FROM ledger_hold
            WHERE source = v_hold.source AND reference = v_hold.reference;
        IF v_earlier.fingerprint <> v_hold.fingerprint THEN
            PERFORM ledger_refuse('reference-reused', 'this reference names another hold');
        END IF;
        RETURN QUERY SELECT v_earlier.public_id, true;
        RETURN;
    END IF;

    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.hold.place', 'hold:' || v_hold.id,
                         jsonb_build_object('account', v_hold.account), p_request_id);
    PERFORM outbox_emit(v_hold.event, p_event_name,
                        jsonb_build_object('hold_id', v_hold.id, 'expires_at', v_hold.expires_at),
                        p_request_id, p_now, p_subscribers);
    RETURN QUERY SELECT v_hold.id, false;
END
$$;

-- p_capture {hold, receiver, amount, final, id, source, reference, fingerprint, effective_at, event};
--           amount null: all that is left; id: of the transaction that it posts
-- Locks both accounts in id order before it looks, as posts do. The capture is written first, so
-- that what it takes is no longer held when the transaction asks for it.
CREATE FUNCTION ledger_capture_hold(
    p_capture jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text,
    p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, amount_minor bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_capture record;
    v_hold record;
    v_to bigint;
    v_amount bigint;
    v_earlier record;
BEGIN
    SELECT * INTO v_capture FROM jsonb_to_record(p_capture) AS c (
        hold uuid, receiver uuid, amount bigint, final boolean, id uuid, source text, reference text,
        fingerprint text, event uuid);
    SELECT h.id, h.currency, a.id AS account_id, a.public_id AS account, a.kind INTO v_hold
        FROM ledger_hold AS h JOIN ledger_account AS a ON a.id = h.account_id
        WHERE h.id = ledger_hold_id(v_capture.hold);
    SELECT id INTO v_to FROM ledger_account WHERE public_id = v_capture.receiver;
    IF v_to IS NULL THEN
        PERFORM ledger_refuse('account-not-found', 'no such account');
    ELSIF v_to = v_hold.account_id THEN
        PERFORM ledger_refuse('same-account', 'held money goes to another account');
    END IF;
    PERFORM FROM ledger_account WHERE id IN (v_hold.account_id, v_to)
        ORDER BY id FOR NO KEY UPDATE;

    SELECT t.public_id, t.fingerprint, c.amount_minor INTO v_earlier
        FROM ledger_transaction AS t
        LEFT JOIN ledger_hold_capture AS c ON c.transaction_id = t.public_id
        WHERE t.source = v_capture.source AND t.reference = v_capture.reference;
    IF FOUND THEN
        IF v_earlier.fingerprint <> v_capture.fingerprint OR v_earlier.amount_minor IS NULL THEN
            PERFORM ledger_refuse('reference-reused', 'this reference names another posting');
        END IF;
        RETURN QUERY SELECT v_earlier.public_id, v_earlier.amount_minor, true;
        RETURN;
    END IF;

    v_amount := coalesce(v_capture.amount,
                         (ledger_hold_still_open(v_hold.id, p_now)).left_minor);
    INSERT INTO ledger_hold_capture (hold_id, transaction_id, amount_minor, final, recorded_at)
    VALUES (v_hold.id, v_capture.id, v_amount, v_capture.final, p_now);
    IF (SELECT p.replayed FROM ledger_post(
            jsonb_build_array(jsonb_build_object(
                'id', v_capture.id, 'kind', 'capture', 'source', v_capture.source,
                'reference', v_capture.reference, 'fingerprint', v_capture.fingerprint,
                'effective_at', p_capture ->> 'effective_at', 'currency', v_hold.currency)),
            jsonb_build_array(
                jsonb_build_object('n', 1, 'debit', v_amount, 'credit', 0, 'account',
                    CASE WHEN v_hold.kind IN ('asset', 'expense') THEN v_capture.receiver
                         ELSE v_hold.account END),
                jsonb_build_object('n', 1, 'debit', 0, 'credit', v_amount, 'account',
                    CASE WHEN v_hold.kind IN ('asset', 'expense') THEN v_hold.account
                         ELSE v_capture.receiver END)),
            p_now, p_actor_kind, p_actor_key, p_request_id, '', '{}') AS p) THEN
        PERFORM ledger_refuse('reference-reused', 'this reference names another posting');
    END IF;

    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.hold.capture',
                         'hold:' || v_capture.hold,
                         jsonb_build_object('transaction', v_capture.id), p_request_id);
    PERFORM outbox_emit(v_capture.event, p_event_name,
                        jsonb_build_object('hold_id', v_capture.hold,
                                           'transaction_id', v_capture.id),
                        p_request_id, p_now, p_subscribers);
    RETURN QUERY SELECT v_capture.id, v_amount, false;
END
$$;

-- p_void {hold, source, reference, event}
CREATE FUNCTION ledger_void_hold(
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
    PERFORM FROM ledger_account
        WHERE id = (SELECT account_id FROM ledger_hold WHERE id = v_hold) FOR NO KEY UPDATE;
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

-- p_extension {hold, expires_at, source, reference}
CREATE FUNCTION ledger_extend_hold(
    p_extension jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_wanted record;
    v_hold bigint;
BEGIN
    SELECT * INTO v_wanted FROM jsonb_to_record(p_extension) AS e (
        hold uuid, expires_at timestamptz, source text, reference text);
    v_hold := ledger_hold_id(v_wanted.hold);
    INSERT INTO ledger_hold_extension (hold_id, expires_at, source, reference, recorded_at)
    VALUES (v_hold, v_wanted.expires_at, v_wanted.source, v_wanted.reference, p_now)
    ON CONFLICT (source, reference) DO NOTHING;
    IF NOT FOUND THEN
        IF NOT EXISTS (SELECT FROM ledger_hold_extension
                       WHERE source = v_wanted.source AND reference = v_wanted.reference
                           AND hold_id = v_hold AND expires_at = v_wanted.expires_at) THEN
            PERFORM ledger_refuse('reference-reused', 'this reference names another extension');
        END IF;
        RETURN true;
    END IF;
    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.hold.extend',
                         'hold:' || v_wanted.hold,
                         jsonb_build_object('expires_at', v_wanted.expires_at), p_request_id);
    RETURN false;
END
$$;

-- Close up to p_limit holds whose end has come; returns how many. What they kept was free already.
CREATE FUNCTION ledger_expire_holds(
    p_limit int, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text,
    p_event_name text, p_subscribers text[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_due bigint[] := ARRAY(SELECT hold_id FROM ledger_hold_open WHERE expires_at <= p_now
                            ORDER BY expires_at, hold_id LIMIT p_limit);
    v_ended bigint;
BEGIN
    PERFORM FROM ledger_account
        WHERE id IN (SELECT account_id FROM ledger_hold_open WHERE hold_id = ANY (v_due))
        ORDER BY id FOR NO KEY UPDATE;
    WITH ended AS ( -- extended or closed while this waited: not due any more
        INSERT INTO ledger_hold_end
            (hold_id, outcome, released_minor, source, reference, recorded_at)
        SELECT hold_id, 'expired', left_minor, '', '', p_now FROM ledger_hold_open
        WHERE hold_id = ANY (v_due) AND expires_at <= p_now
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

-- --- least power

REVOKE ALL ON FUNCTION
    ledger_hold_open_guard(), ledger_held(bigint, timestamptz), ledger_hold_placed(),
    ledger_hold_still_open(bigint, timestamptz), ledger_hold_extended(), ledger_hold_captured(),
    ledger_hold_capture_posted(), ledger_hold_ended(), ledger_account_keeps_holds(),
    ledger_hold_id(uuid),
    ledger_place_hold(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_capture_hold(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_void_hold(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_extend_hold(jsonb, timestamptz, text, text, text),
    ledger_expire_holds(int, timestamptz, text, text, text, text, text[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ledger_place_hold(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_capture_hold(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_void_hold(jsonb, timestamptz, text, text, text, text, text[]),
    ledger_extend_hold(jsonb, timestamptz, text, text, text),
    ledger_expire_holds(int, timestamptz, text, text, text, text, text[])
    TO probity_app;
REVOKE ALL ON ledger_hold, ledger_hold_extension, ledger_hold_capture, ledger_hold_end,
    ledger_hold_open FROM PUBLIC;
GRANT SELECT ON ledger_hold, ledger_hold_extension, ledger_hold_capture, ledger_hold_end,
    ledger_hold_open TO probity_app, probity_report;
GRANT SELECT (over_capture) ON ledger_account TO probity_report;
