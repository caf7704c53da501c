-- Posting, of this release. What was learned by measuring what a post costs (docs/adr/0015):
-- a CHECK is read and compiled anew by each statement, so a table that every post writes has its rules in
-- a trigger that is compiled once for a session; and each statement costs more than what it does, so there are few.

-- --- accounts: the same rules as before, and bounds and what is held are the database's to move

CREATE OR REPLACE FUNCTION ledger_account_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_broken text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.public_id, NEW.kind, NEW.currency, NEW.mode, NEW.parent_id, NEW.slot_of_id, NEW.slot)
           IS DISTINCT FROM (OLD.public_id, OLD.kind, OLD.currency, OLD.mode, OLD.parent_id,
                             OLD.slot_of_id, OLD.slot)
        THEN
            RAISE EXCEPTION 'an account keeps its id, kind, currency, mode and place'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.posted_minor <> 0 OR NEW.version <> 0 OR NEW.held_minor <> 0 THEN
        RAISE EXCEPTION 'an account starts empty' USING ERRCODE = 'check_violation';
    END IF;

    v_broken := CASE
        WHEN NEW.currency !~ '^[A-Z]{3}$' THEN 'account_iso'
        WHEN NEW.kind NOT IN ('asset', 'liability', 'equity', 'income', 'expense') THEN 'account_kind'
        WHEN NEW.status NOT IN ('open', 'frozen_debit', 'frozen', 'closed') THEN 'account_status'
        WHEN NEW.status = 'closed' AND NEW.posted_minor <> 0 THEN 'account_closed_empty'
        WHEN NEW.mode NOT IN ('plain', 'slots', 'deferred') THEN 'account_mode'
        WHEN NEW.mode <> 'plain' AND (NEW.floor_minor IS NOT NULL OR NEW.ceiling_minor IS NOT NULL)
            THEN 'account_hot_unbounded'
        WHEN NEW.limited AND (NEW.mode <> 'plain' OR NEW.slot IS NOT NULL)
            THEN 'account_limited_plain'
        WHEN NEW.floor_minor > NEW.ceiling_minor THEN 'account_bounds'
        WHEN (NEW.slot_of_id IS NULL) <> (NEW.slot IS NULL) OR NEW.slot < 0
            OR (NEW.slot IS NOT NULL AND NEW.mode <> 'plain') THEN 'account_slot' END;
    IF v_broken IS NOT NULL THEN
        RAISE EXCEPTION 'an account may not be so: %', v_broken
            USING ERRCODE = 'check_violation', CONSTRAINT = v_broken, TABLE = 'ledger_account';
    END IF;

    IF TG_OP = 'INSERT' AND NEW.floor_minor > 0 THEN -- it starts at zero
        RAISE EXCEPTION 'an account starts within its bounds'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_floor', TABLE = 'ledger_account';
    ELSIF TG_OP = 'UPDATE' AND (NEW.floor_minor, NEW.ceiling_minor, NEW.bounds_due_at)
          IS DISTINCT FROM (OLD.floor_minor, OLD.ceiling_minor, OLD.bounds_due_at) THEN
        PERFORM FROM ledger_account_bound AS b
            WHERE b.account_id = NEW.id
                AND b.effective_at < coalesce(NEW.bounds_due_at, 'infinity')
                AND (b.floor_minor, b.ceiling_minor)
                    IS NOT DISTINCT FROM (NEW.floor_minor, NEW.ceiling_minor)
                AND NOT EXISTS (
                    SELECT FROM ledger_account_bound AS later
                    WHERE later.account_id = NEW.id
                        AND (later.effective_at, later.id) > (b.effective_at, b.id)
                        AND later.effective_at < coalesce(NEW.bounds_due_at, 'infinity'));
        IF NOT FOUND THEN
            RAISE EXCEPTION 'bounds are what the history of bounds says'
                USING ERRCODE = 'check_violation', TABLE = 'ledger_account';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

DROP TRIGGER account_guard ON ledger_account;
CREATE TRIGGER account_guard BEFORE INSERT OR UPDATE OF
        public_id, kind, currency, status, mode, slot_of_id, slot, parent_id, floor_minor, ceiling_minor,
        bounds_due_at, limited ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_guard();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER account_guard;

-- Once for a statement: a row trigger here would cost each post more than the update itself.
CREATE FUNCTION ledger_account_moved() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN -- 1: this trigger alone; 2: another table's trigger moves it
        RAISE EXCEPTION 'a balance is moved by entries alone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER account_moved AFTER UPDATE OF posted_minor, version, held_minor ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_account_moved();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER account_moved;

-- A slot is of the kind and currency of its account, which is one that has slots; a parent is of the same kind.
-- Neither ever changes, and an account cannot stand below one that is not there yet: the chart has no circles.
CREATE FUNCTION ledger_account_stands() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.slot_of_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM ledger_account WHERE id = NEW.slot_of_id AND mode <> 'plain'
                AND kind = NEW.kind AND currency = NEW.currency)
       OR NEW.parent_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM ledger_account WHERE id = NEW.parent_id AND kind = NEW.kind
                AND slot_of_id IS NULL AND id <> NEW.id) THEN
        RAISE EXCEPTION 'an account does not fit where it shall stand'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_stands', TABLE = 'ledger_account';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER account_stands AFTER INSERT ON ledger_account
    FOR EACH ROW WHEN (NEW.slot_of_id IS NOT NULL OR NEW.parent_id IS NOT NULL)
    EXECUTE FUNCTION ledger_account_stands();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER account_stands;

-- What open holds keep, ended or not: a post that leaves more than that need not look at them.
CREATE FUNCTION ledger_hold_open_counted() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE ledger_account SET held_minor = held_minor
            + CASE WHEN TG_OP = 'DELETE' THEN 0 ELSE NEW.left_minor END
            - CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE OLD.left_minor END
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.account_id ELSE NEW.account_id END;
    RETURN NULL;
END
$$;
CREATE TRIGGER hold_open_counted AFTER INSERT OR UPDATE OF left_minor OR DELETE ON ledger_hold_open
    FOR EACH ROW EXECUTE FUNCTION ledger_hold_open_counted();
ALTER TABLE ledger_hold_open ENABLE ALWAYS TRIGGER hold_open_counted;

-- An account that closes waits for its holds; a floor above what they leave stops what lowers it.
CREATE OR REPLACE FUNCTION ledger_account_keeps_holds() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.status = 'closed' AND NEW.held_minor <> 0 THEN
        RAISE EXCEPTION 'an account keeps what is held on it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

-- --- bounds: what is due is applied under the account's lock, before anything is counted

CREATE FUNCTION ledger_bounds_fall_due(p_accounts bigint[], p_at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    UPDATE ledger_account AS a
        SET floor_minor = b.floor_minor, ceiling_minor = b.ceiling_minor, bounds_due_at = (
            SELECT min(effective_at) FROM ledger_account_bound
            WHERE account_id = a.id AND effective_at > p_at)
        FROM unnest(p_accounts) AS wanted (id)
        CROSS JOIN LATERAL (
            SELECT floor_minor, ceiling_minor FROM ledger_account_bound
            WHERE account_id = wanted.id AND effective_at <= p_at
            ORDER BY effective_at DESC, id DESC LIMIT 1) AS b
        WHERE a.id = wanted.id AND a.bounds_due_at <= p_at;
END
$$;

-- Set the bounds of an account from p_effective_at on, now or later. Returns false when they were so.
CREATE FUNCTION ledger_set_bounds(
    p_account uuid, p_floor bigint, p_ceiling bigint, p_effective_at timestamptz, p_now timestamptz,
    p_actor_kind text, p_actor_key text, p_request_id text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v record;
    v_before record;
BEGIN
    SELECT id, mode, opened_at, floor_minor, ceiling_minor INTO v
        FROM ledger_account WHERE public_id = p_account FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('account-not-found', 'no such account');
    ELSIF v.mode <> 'plain' THEN
        PERFORM ledger_refuse('account-hot', 'an account that many write to has no bounds');
    ELSIF p_floor > p_ceiling OR p_effective_at < p_now THEN
        PERFORM ledger_refuse('malformed-bounds', 'bounds begin now or later, the floor below the ceiling');
    END IF;
    INSERT INTO ledger_account_bound
        (account_id, floor_minor, ceiling_minor, effective_at, recorded_at)
    SELECT v.id, v.floor_minor, v.ceiling_minor, v.opened_at, v.opened_at
    WHERE NOT EXISTS (SELECT FROM ledger_account_bound WHERE account_id = v.id);

    SELECT floor_minor, ceiling_minor INTO v_before FROM ledger_account_bound
        WHERE account_id = v.id AND effective_at <= p_effective_at
        ORDER BY effective_at DESC, id DESC LIMIT 1;
    IF (v_before.floor_minor, v_before.ceiling_minor) IS NOT DISTINCT FROM (p_floor, p_ceiling) THEN
        RETURN false;
    END IF;
    INSERT INTO ledger_account_bound
        (account_id, floor_minor, ceiling_minor, effective_at, recorded_at)
    VALUES (v.id, p_floor, p_ceiling, p_effective_at, p_now);
    UPDATE ledger_account AS a
        SET floor_minor = b.floor_minor, ceiling_minor = b.ceiling_minor, bounds_due_at = (
            SELECT min(effective_at) FROM ledger_account_bound
            WHERE account_id = v.id AND effective_at > p_now)
        FROM (SELECT floor_minor, ceiling_minor FROM ledger_account_bound
              WHERE account_id = v.id AND effective_at <= p_now
              ORDER BY effective_at DESC, id DESC LIMIT 1) AS b
        WHERE a.id = v.id;
    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.account.bounds',
                         'account:' || p_account,
                         jsonb_build_object('floor', p_floor, 'ceiling', p_ceiling,
                                            'effective_at', p_effective_at), p_request_id);
    RETURN true;
END
$$;

-- --- entries: any insert must continue its accounts, and moves them
--
-- As before, a statement brings its legs with version and balance_after in them, and this trigger believes
-- neither. The two legs of a transfer that are plainly fine (their account is open and has nothing special about
-- it) are checked and moved by one UPDATE; all else goes the long way, which counts and says why not.
-- It is also what the foreign keys of an entry would say, at the only moment at which they could fail: the
-- header is of this very database transaction, the account exists and keeps that currency, and neither is
-- ever renumbered or deleted.

CREATE OR REPLACE FUNCTION ledger_entries_apply() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v record;
    v_first record;
    v_legs int := 0;
    v_moved bigint[] := '{}';
    v_limited boolean;
    v_refusal text;
BEGIN
    FOR v IN SELECT transaction_id, account_id, version, debit, credit, currency, balance_after
             FROM added LIMIT 3 LOOP
        v_legs := v_legs + 1;
        EXIT WHEN v_legs > 2;
        IF v_legs = 1 THEN
            v_first := v;
        END IF;
    END LOOP;
    IF v_legs = 0 THEN
        RETURN NULL;
    ELSIF v_legs = 2 AND v.transaction_id = v_first.transaction_id
          AND v.account_id <> v_first.account_id AND v.currency = v_first.currency
          AND v.debit = v_first.credit AND v.credit = v_first.debit THEN
        UPDATE ledger_account AS a SET posted_minor = e.balance_after, version = e.version
            FROM (VALUES
                (v.account_id, v.version, v.debit, v.credit, v.balance_after),
                (v_first.account_id, v_first.version, v_first.debit, v_first.credit,
                 v_first.balance_after)) AS e (account_id, version, debit, credit, balance_after)
            WHERE a.id = e.account_id AND a.currency = v.currency AND a.version = e.version - 1
                AND status = 'open' AND mode = 'plain' AND NOT limited AND bounds_due_at IS NULL
                AND CASE WHEN (kind IN ('asset', 'expense')) = (e.debit > 0)
                    THEN e.balance_after::numeric = posted_minor::numeric + e.debit + e.credit
                        AND (ceiling_minor IS NULL OR e.balance_after <= ceiling_minor)
                    ELSE e.balance_after::numeric = posted_minor::numeric - e.debit - e.credit
                        AND (floor_minor IS NULL
                             OR e.balance_after::numeric - held_minor >= floor_minor) END
                AND least(e.debit, e.credit) = 0 AND greatest(e.debit, e.credit) > 0
                AND EXISTS (
                    SELECT FROM ledger_transaction AS t
                    WHERE t.id = v.transaction_id AND t.written_by = pg_current_xact_id()
                        AND t.effective_at >= t.recorded_at - interval '1 minute'
                        AND t.effective_at <= t.recorded_at);
        GET DIAGNOSTICS v_legs = ROW_COUNT;
        IF v_legs = 2 THEN
            RETURN NULL;
        ELSIF v_legs = 1 THEN -- it is the one at the version of its leg: no other entry can have that one
            v_moved := ARRAY(
                SELECT id FROM ledger_account
                WHERE (id = v.account_id AND version = v.version AND version > 0)
                    OR (id = v_first.account_id AND version = v_first.version AND version > 0));
        END IF;
    END IF;

    -- The long way.
    SELECT min(e.transaction_id) = max(e.transaction_id) AND min(e.currency) = max(e.currency) AS one,
           sum(e.debit) - sum(e.credit) AS difference,
           bool_and(least(e.debit, e.credit) = 0 AND greatest(e.debit, e.credit) > 0) AS one_side,
           bool_or(t.written_by IS DISTINCT FROM pg_current_xact_id()) AS late,
           bool_or(t.effective_at > t.recorded_at) AS ahead,
           bool_or(t.effective_at < t.recorded_at - interval '1 minute') AS backdated,
           min(t.effective_at) AS effective_at, min(t.recorded_at) AS recorded_at
        INTO v
        FROM added AS e
        LEFT JOIN LATERAL (
            SELECT written_by, effective_at, recorded_at FROM ledger_transaction
            WHERE id = e.transaction_id LIMIT 1) AS t ON true;
    IF v.late THEN
        RAISE EXCEPTION 'a transaction takes no further legs' USING ERRCODE = 'check_violation';
    ELSIF NOT v.one_side THEN
        RAISE EXCEPTION 'a leg is a debit or a credit' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'entry_one_side', TABLE = 'ledger_entry';
    ELSIF v.ahead THEN
        RAISE EXCEPTION 'a transaction does not count from the future' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'transaction_not_future',
            TABLE = 'ledger_transaction';
    ELSIF NOT v.one THEN
        IF EXISTS (SELECT FROM added GROUP BY transaction_id, currency
                   HAVING sum(debit) <> sum(credit)) THEN
            PERFORM ledger_refuse('unbalanced', 'debits and credits differ');
        END IF;
    ELSIF v.difference <> 0 THEN
        PERFORM ledger_refuse('unbalanced', 'debits and credits differ');
    END IF;
    -- A period closes a minute after its end at the earliest: what counts from now on falls into none.
    IF v.backdated THEN
        PERFORM pg_advisory_xact_lock_shared(ledger_books_lock());
        IF v.effective_at < (SELECT closed_before FROM ledger_books) THEN
            PERFORM ledger_refuse('period-closed', 'the books of that day are closed');
        END IF;
    END IF;

    PERFORM FROM ledger_account WHERE id = ANY (ARRAY(SELECT account_id FROM added))
        ORDER BY slot_of_id IS NOT NULL, id FOR NO KEY UPDATE;
    SELECT CASE
        WHEN status IS NULL THEN 'account-not-found'
        WHEN its_currency <> currency THEN 'currency-mismatch'
        WHEN status = 'closed' THEN 'account-closed'
        WHEN status = 'frozen' OR (status = 'frozen_debit' AND change < 0) THEN 'account-frozen'
        WHEN abs(balance) > 9223372036854775807 THEN 'balance-overflow'
        WHEN change < 0 AND balance - held < floor_minor THEN 'insufficient-funds'
        WHEN change > 0 AND balance > ceiling_minor THEN 'above-ceiling'
        ELSE 'does-not-continue'
    END INTO v_refusal
    FROM (
        SELECT a.status, a.currency AS its_currency, a.floor_minor, a.ceiling_minor, e.currency,
               e.version, e.balance_after, change, promised.held, a.bounds_due_at, a.mode,
               a.version + row_number() OVER continued AS expected_version,
               a.posted_minor + sum(change) OVER continued AS balance
        FROM added AS e
        LEFT JOIN LATERAL (
            SELECT kind, currency, status, floor_minor, ceiling_minor, version, posted_minor,
                   held_minor, bounds_due_at, mode
            FROM ledger_account WHERE id = e.account_id LIMIT 1) AS a ON true
        CROSS JOIN LATERAL (
            SELECT CASE WHEN a.kind IN ('asset', 'expense') THEN e.debit - e.credit
                        ELSE e.credit - e.debit END AS change) AS c
        CROSS JOIN LATERAL (
            SELECT CASE WHEN a.held_minor = 0 OR a.floor_minor IS NULL THEN 0
                        ELSE (SELECT coalesce(sum(left_minor), 0) FROM ledger_hold_open
                              WHERE account_id = e.account_id AND expires_at > v.recorded_at)
                        END AS held) AS promised
        WHERE e.account_id <> ALL (v_moved)
        WINDOW continued AS (PARTITION BY e.account_id ORDER BY e.version)
    ) AS counted
    WHERE status IS NULL OR its_currency <> currency
        OR status = 'closed' OR status = 'frozen' OR (status = 'frozen_debit' AND change < 0)
        OR abs(balance) > 9223372036854775807 OR (change < 0 AND balance - held < floor_minor)
        OR (change > 0 AND balance > ceiling_minor)
        OR version <> expected_version OR balance_after <> balance
        OR bounds_due_at <= v.recorded_at
    ORDER BY version LIMIT 1;
    IF FOUND THEN
        PERFORM ledger_refuse(v_refusal, CASE v_refusal
            WHEN 'account-not-found' THEN 'no such account'
            WHEN 'currency-mismatch' THEN 'the account keeps another currency'
            WHEN 'account-closed' THEN 'the account is closed'
            WHEN 'account-frozen' THEN 'the account is frozen'
            WHEN 'balance-overflow' THEN 'the balance would leave the range of 64 bits'
            WHEN 'insufficient-funds' THEN 'the account would fall below its floor'
            WHEN 'above-ceiling' THEN 'the account would rise above its ceiling'
            ELSE 'the entry does not continue its account' END);
    END IF;

    WITH last AS (
        SELECT DISTINCT ON (account_id) account_id, balance_after, version
        FROM added WHERE account_id <> ALL (v_moved)
        ORDER BY account_id, version DESC
    ), moved AS (
        UPDATE ledger_account AS a SET posted_minor = last.balance_after, version = last.version
        FROM last WHERE a.id = last.account_id
        RETURNING a.limited
    ) SELECT bool_or(limited) INTO v_limited FROM moved;
    IF v_limited THEN
        PERFORM ledger_limits_check(ARRAY(SELECT DISTINCT transaction_id FROM added));
    END IF;
    RETURN NULL;
END
$$;

-- --- legs are booked on headers that this database transaction has just written
--
-- p_headers      ids of the headers by place, 0 where the posting had been booked before
-- p_places       of each leg, the place of its posting, from 1
-- Refuses what the accounts refuse. Order of locks: headers by (source, reference), so that two callers with
-- the same reference wait for each other there; then accounts by id, slots after them. Whoever waited
-- reads what the other one committed.

CREATE FUNCTION ledger_book_legs(
    p_headers bigint[], p_to_slots boolean, p_places int[], p_accounts uuid[], p_debits bigint[],
    p_credits bigint[], p_currencies text[], p_now timestamptz
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v record;
    v_accounts uuid[] := p_accounts;
BEGIN
    SELECT bool_or(bounds_due_at <= p_now) AS due, array_agg(id) AS ids, count(*) AS found INTO v FROM (
        SELECT id, bounds_due_at FROM ledger_account
        WHERE public_id = ANY (p_accounts) AND (mode = 'plain' OR NOT p_to_slots)
        ORDER BY slot_of_id IS NOT NULL, id FOR NO KEY UPDATE) AS locked;
    IF v.due THEN
        PERFORM ledger_bounds_fall_due(v.ids, p_now);
    END IF;
    -- An account that many write to has slots, of which a transaction takes one; they are locked after the rest.
    IF p_to_slots AND v.found < (SELECT count(DISTINCT account) FROM unnest(p_accounts) AS account) THEN
        SELECT array_agg(CASE WHEN a.mode <> 'plain' THEN (
                   SELECT s.public_id FROM ledger_account AS s
                   WHERE s.slot_of_id = a.id AND s.slot = p_headers[l.place] % 16
                   ) ELSE l.account END ORDER BY l.n)
            INTO v_accounts
            FROM unnest(p_places, p_accounts) WITH ORDINALITY AS l (place, account, n)
            LEFT JOIN LATERAL (
                SELECT id, mode FROM ledger_account WHERE public_id = l.account LIMIT 1
            ) AS a ON true;
        PERFORM FROM ledger_account WHERE public_id = ANY (v_accounts) AND slot_of_id IS NOT NULL
            ORDER BY id FOR NO KEY UPDATE;
    END IF;

    -- Within a transaction what raises an account comes before what lowers it. A balance that does not fit is
    -- written as 0, and so is an account that is not there: the trigger counts again, and refuses them.
    INSERT INTO ledger_entry
        (transaction_id, account_id, version, debit, credit, currency, balance_after)
    SELECT header, id, version + row_number() OVER continued, debit, credit, currency,
           CASE WHEN abs(posted_minor + sum(change) OVER continued) <= 9223372036854775807
                THEN posted_minor + sum(change) OVER continued ELSE 0 END
    FROM (
        SELECT p_headers[l.place] AS header, l.place, l.debit, l.credit, l.currency,
               coalesce(a.id, 0) AS id, coalesce(a.version, 0) AS version,
               coalesce(a.posted_minor, 0) AS posted_minor,
               CASE WHEN a.kind IN ('asset', 'expense') THEN l.debit - l.credit
                    ELSE l.credit - l.debit END AS change
        FROM unnest(p_places, v_accounts, p_debits, p_credits, p_currencies)
            AS l (place, account, debit, credit, currency)
        LEFT JOIN LATERAL (
            SELECT id, kind, version, posted_minor
            FROM ledger_account WHERE public_id = l.account LIMIT 1) AS a ON true
        WHERE p_headers[l.place] <> 0
    ) AS legs
    WINDOW continued AS (PARTITION BY id ORDER BY place, change DESC ROWS UNBOUNDED PRECEDING)
    ORDER BY place, change DESC, id;
END
$$;

-- Refuse unless each of the references names what was booked under it before.
CREATE FUNCTION ledger_check_repeats(p_sources text[], p_references text[], p_fingerprints text[])
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_wrong text;
BEGIN
    SELECT coalesce(t.fingerprint, 'none') INTO v_wrong
        FROM unnest(p_sources, p_references, p_fingerprints) AS w (source, reference, fingerprint)
        LEFT JOIN LATERAL (
            SELECT fingerprint FROM ledger_transaction
            WHERE source = w.source AND reference = w.reference LIMIT 1) AS t ON true
        WHERE left(t.fingerprint, length(w.fingerprint)) IS DISTINCT FROM w.fingerprint
        LIMIT 1;
    IF v_wrong = 'none' THEN
        RAISE EXCEPTION 'a transaction id is taken' USING ERRCODE = 'unique_violation';
    ELSIF FOUND THEN
        PERFORM ledger_refuse('reference-reused', 'this reference names another posting');
    END IF;
END
$$;

-- What is backdated holds the lock of the books from its beginning, before it locks anything else: a closing
-- takes that lock first too, so that the two wait for each other in one order.
CREATE FUNCTION ledger_mind_books(p_effective_at timestamptz, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF p_effective_at < p_now - interval '1 minute' THEN
        PERFORM pg_advisory_xact_lock_shared(ledger_books_lock());
    END IF;
END
$$;

-- --- one transfer: two legs in one currency, the shortest way
--
-- p_event: the id of the event to emit, or null. Returns the transaction's public id, and whether it had been
-- booked before. Raises PB001 with a code; the caller's transaction then holds nothing of it.

CREATE FUNCTION ledger_transfer(
    p_id uuid, p_source text, p_reference text, p_fingerprint text, p_debit uuid, p_credit uuid,
    p_amount bigint, p_currency text, p_effective_at timestamptz, p_now timestamptz,
    p_actor_kind text, p_actor_key text, p_request_id text, p_event uuid, p_event_name text,
    p_subscribers text[], p_kind text, p_metadata jsonb, p_chain uuid,
    OUT public_id uuid, OUT replayed boolean
) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_header bigint;
    v record;
    v_fit int := 0; -- accounts that nothing is special about
    d record := NULL;
    c record := NULL;
    v_told boolean;
BEGIN
    IF p_effective_at < p_now - interval '1 minute' THEN
        PERFORM ledger_mind_books(p_effective_at, p_now);
    END IF;
    INSERT INTO ledger_transaction
        (public_id, kind, source, reference, fingerprint, effective_at, recorded_at, actor_kind,
         actor_key, chain_id, metadata)
    VALUES (p_id, p_kind, p_source, p_reference, p_fingerprint, p_effective_at, p_now, p_actor_kind,
            p_actor_key, p_chain, p_metadata)
    ON CONFLICT DO NOTHING -- on the id too: who sends the same twice at once has both the same
    RETURNING id INTO v_header;
    IF v_header IS NULL THEN
        SELECT t.public_id, true, t.fingerprint INTO v FROM ledger_transaction AS t
            WHERE t.source = p_source AND t.reference = p_reference;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a transaction id is taken' USING ERRCODE = 'unique_violation';
        ELSIF left(v.fingerprint, length(p_fingerprint)) <> p_fingerprint THEN
            PERFORM ledger_refuse('reference-reused', 'this reference names another posting');
        END IF;
        public_id := v.public_id;
        replayed := true;
        RETURN;
    END IF;

    FOR v IN
        SELECT a.id, a.public_id, a.kind, a.version, a.posted_minor
        FROM ledger_account AS a
        WHERE a.public_id IN (p_debit, p_credit) AND a.mode = 'plain' AND a.currency = p_currency
            AND (a.bounds_due_at IS NULL OR a.bounds_due_at > p_now)
        ORDER BY a.slot_of_id IS NOT NULL, a.id FOR NO KEY UPDATE
    LOOP
        v_fit := v_fit + (abs(v.posted_minor::numeric) + p_amount <= 9223372036854775807)::int;
        IF v.public_id = p_debit THEN d := v; ELSE c := v; END IF;
    END LOOP;
    IF v_fit = 1 AND p_kind <> 'fold' THEN -- is the other one an account that many write to?
        SELECT s.id, s.public_id, s.kind, s.version, s.posted_minor INTO v
            FROM ledger_account AS a
            JOIN ledger_account AS s ON s.slot_of_id = a.id AND s.slot = v_header % 16
            WHERE a.public_id = CASE WHEN d IS NULL THEN p_debit ELSE p_credit END
                AND a.mode <> 'plain' AND a.currency = p_currency
            FOR NO KEY UPDATE OF s;
        IF FOUND AND abs(v.posted_minor::numeric) + p_amount <= 9223372036854775807 THEN
            v_fit := 2;
            IF d IS NULL THEN d := v; ELSE c := v; END IF;
        END IF;
    END IF;
    IF v_fit < 2 THEN
        PERFORM ledger_book_legs(
            ARRAY[v_header], p_kind <> 'fold', ARRAY[1, 1], ARRAY[p_debit, p_credit],
            ARRAY[p_amount, 0], ARRAY[0, p_amount], ARRAY[p_currency, p_currency], p_now);
    ELSE
        INSERT INTO ledger_entry
            (transaction_id, account_id, version, debit, credit, currency, balance_after)
        VALUES
            (v_header, d.id, d.version + 1, p_amount, 0, p_currency, d.posted_minor
                + CASE WHEN d.kind IN ('asset', 'expense') THEN p_amount ELSE -p_amount END),
            (v_header, c.id, c.version + 1, 0, p_amount, p_currency, c.posted_minor
                - CASE WHEN c.kind IN ('asset', 'expense') THEN p_amount ELSE -p_amount END);
    END IF;

    v_told := audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.transaction.post',
                           'transaction:' || p_id, jsonb_build_object('kind', p_kind),
                           p_request_id) IS NULL; -- an expression costs less than a statement
    IF p_event IS NOT NULL THEN
        v_told := outbox_emit(p_event, p_event_name,
                              jsonb_build_object('transaction_id', p_id,
                                                 'effective_at', p_effective_at),
                              p_request_id, p_now, p_subscribers) IS NULL;
    END IF;
    public_id := p_id;
    replayed := false;
END
$$;

-- --- 1 to 1,000 transactions, all or nothing, in one round trip
--
-- Postings column by column, and legs, whose place says of which posting they are, from 1. p_event_name: what is
-- told of the transfers among them, p_events at a time a hundred of them. Returns for each posting, in order,
-- its transaction's public id and whether it had been booked before. Raises as ledger_transfer does.

CREATE FUNCTION ledger_post_many(
    p_ids uuid[], p_kinds text[], p_sources text[], p_references text[], p_fingerprints text[],
    p_effective timestamptz[], p_metadata text[], p_chains uuid[],
    p_places int[], p_accounts uuid[], p_debits bigint[], p_credits bigint[], p_currencies text[],
    p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text, p_events uuid[],
    p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_size int := cardinality(p_ids);
    v_added_ids bigint[];
    v_headers bigint[]; -- by place; 0: booked before
    v_fresh int;
    v_told uuid[];
BEGIN
    PERFORM ledger_mind_books((SELECT min(at) FROM unnest(p_effective) AS at), p_now);
    WITH added AS (
        INSERT INTO ledger_transaction
            (public_id, kind, source, reference, fingerprint, effective_at, recorded_at, actor_kind,
             actor_key, chain_id, metadata)
        SELECT id, kind, source, reference, fingerprint, effective_at, p_now, p_actor_kind,
               p_actor_key, chain, metadata::jsonb
        FROM unnest(p_ids, p_kinds, p_sources, p_references, p_fingerprints, p_effective, p_chains,
                    p_metadata)
            WITH ORDINALITY AS w (id, kind, source, reference, fingerprint, effective_at, chain,
                                  metadata, n)
        ORDER BY source, reference, n
        ON CONFLICT DO NOTHING
        RETURNING id, public_id
    )
    SELECT coalesce(array_agg(id ORDER BY public_id), '{}'), count(*)
        INTO v_added_ids, v_fresh FROM added;
    IF v_fresh = v_size THEN -- both in the order of their ids: no join, whose plan would guess at sizes
        SELECT array_agg(header ORDER BY n) INTO v_headers
            FROM unnest(v_added_ids,
                        ARRAY(SELECT n FROM unnest(p_ids) WITH ORDINALITY AS w (id, n) ORDER BY id))
                AS added (header, n);
    ELSE
        SELECT array_agg(coalesce(t.id, 0) ORDER BY w.n) INTO v_headers
            FROM (SELECT *, row_number() OVER (PARTITION BY source, reference ORDER BY n) AS twin
                  FROM unnest(p_sources, p_references) WITH ORDINALITY AS w (source, reference, n)
                 ) AS w
            LEFT JOIN LATERAL (
                SELECT id FROM ledger_transaction
                WHERE source = w.source AND reference = w.reference LIMIT 1
            ) AS t ON w.twin = 1 AND t.id = ANY (v_added_ids);
        PERFORM ledger_check_repeats(p_sources, p_references, p_fingerprints);
    END IF;

    IF EXISTS (
        SELECT FROM (SELECT place, count(*) AS legs FROM unnest(p_places) AS l (place) GROUP BY place)
            AS counted
        FULL JOIN generate_series(1, v_size) AS wanted (place) USING (place)
        WHERE place IS NULL OR place NOT BETWEEN 1 AND v_size
            OR (coalesce(legs, 0) < 2 AND v_headers[place] <> 0)
    ) THEN
        PERFORM ledger_refuse('malformed-posting', 'a posting has two legs or more');
    END IF;

    IF v_fresh > 0 THEN
        PERFORM ledger_book_legs(
            v_headers, p_kinds[1] <> 'fold',
            p_places, p_accounts, p_debits, p_credits, p_currencies, p_now);
        PERFORM CASE WHEN v_size = 1 THEN audit_record(
                p_now, p_actor_kind, p_actor_key, 'ledger.transaction.post',
                'transaction:' || p_ids[1], jsonb_build_object('kind', p_kinds[1]), p_request_id)
            ELSE audit_record(
                p_now, p_actor_kind, p_actor_key, 'ledger.batch.post', 'batch:' || p_ids[1],
                jsonb_build_object('transactions', v_fresh), p_request_id) END;
        IF cardinality(p_events) > 0 THEN
            v_told := ARRAY(SELECT w.id FROM unnest(p_ids, p_kinds, v_headers)
                                WITH ORDINALITY AS w (id, kind, header, n)
                            WHERE kind = 'transfer' AND header <> 0 ORDER BY n);
            PERFORM outbox_emit(event, p_event_name, jsonb_build_object(
                        'transaction_ids', to_jsonb(v_told[100 * n - 99 : 100 * n])),
                    p_request_id, p_now, p_subscribers)
                FROM unnest(p_events) WITH ORDINALITY AS e (event, n)
                WHERE 100 * n - 99 <= cardinality(v_told);
        END IF;
    END IF;

    IF v_fresh = v_size THEN
        RETURN QUERY SELECT w.id, false FROM unnest(p_ids) WITH ORDINALITY AS w (id, n) ORDER BY n;
    ELSE
        RETURN QUERY
            SELECT t.public_id, v_headers[w.n] = 0
            FROM unnest(p_sources, p_references) WITH ORDINALITY AS w (source, reference, n)
            CROSS JOIN LATERAL (
                SELECT public_id FROM ledger_transaction
                WHERE source = w.source AND reference = w.reference LIMIT 1) AS t
            ORDER BY w.n;
    END IF;
END
$$;

-- The same with postings and legs in JSON, as other functions of the engine and batches of "each" send them.
--
-- p_postings  [{id, kind, source, reference, fingerprint, effective_at, currency, event, metadata, chain}]
-- p_legs      [{n, account, debit, credit, currency}]: currency left out: the posting's
-- Each posting with an event is told by one of its own.
CREATE OR REPLACE FUNCTION ledger_post(
    p_postings jsonb, p_legs jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    p record;
    l record;
    v_place int := 0;
BEGIN
    SELECT array_agg(id ORDER BY n) AS ids, array_agg(kind ORDER BY n) AS kinds,
           array_agg(source ORDER BY n) AS sources, array_agg(reference ORDER BY n) AS refs,
           array_agg(fingerprint ORDER BY n) AS fingerprints,
           array_agg(effective_at ORDER BY n) AS effective,
           array_agg(metadata ORDER BY n) AS metadata, array_agg(chain ORDER BY n) AS chains,
           array_agg(currency ORDER BY n) AS currencies, array_agg(event ORDER BY n) AS events
        INTO p
        FROM ROWS FROM (jsonb_to_recordset(p_postings) AS (
            id uuid, kind text, source text, reference text, fingerprint text,
            effective_at timestamptz, metadata text, chain uuid, currency text, event uuid))
            WITH ORDINALITY AS w (id, kind, source, reference, fingerprint, effective_at, metadata,
                                  chain, currency, event, n);
    SELECT coalesce(array_agg(n), '{}') AS places, coalesce(array_agg(account), '{}') AS accounts,
           coalesce(array_agg(debit), '{}') AS debits, coalesce(array_agg(credit), '{}') AS credits,
           coalesce(array_agg(coalesce(currency, p.currencies[n])), '{}') AS currencies
        INTO l
        FROM jsonb_to_recordset(p_legs)
            AS w (n int, account uuid, debit bigint, credit bigint, currency text);
    FOR public_id, replayed IN
        SELECT * FROM ledger_post_many(
            p.ids, p.kinds, p.sources, p.refs, p.fingerprints, p.effective, p.metadata, p.chains,
            l.places, l.accounts, l.debits, l.credits, l.currencies, p_now, p_actor_kind,
            p_actor_key, p_request_id, '{}', '', '{}')
    LOOP
        v_place := v_place + 1;
        IF NOT replayed AND p.events[v_place] IS NOT NULL THEN
            PERFORM outbox_emit(
                p.events[v_place], p_event_name,
                jsonb_build_object('transaction_id', public_id,
                                   'effective_at', p_postings -> (v_place - 1) -> 'effective_at'),
                p_request_id, p_now, p_subscribers);
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION
    ledger_account_stands(), ledger_account_moved(), ledger_hold_open_counted(),
    ledger_bounds_fall_due(bigint[], timestamptz),
    ledger_set_bounds(uuid, bigint, bigint, timestamptz, timestamptz, text, text, text),
    ledger_book_legs(bigint[], boolean, int[], uuid[], bigint[], bigint[], text[], timestamptz),
    ledger_check_repeats(text[], text[], text[]), ledger_mind_books(timestamptz, timestamptz),
    ledger_transfer(uuid, text, text, text, uuid, uuid, bigint, text, timestamptz, timestamptz,
                    text, text, text, uuid, text, text[], text, jsonb, uuid),
    ledger_post_many(uuid[], text[], text[], text[], text[], timestamptz[], text[], uuid[], int[],
                     uuid[], bigint[], bigint[], text[], timestamptz, text, text, text, uuid[], text,
                     text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ledger_set_bounds(uuid, bigint, bigint, timestamptz, timestamptz, text, text, text),
    ledger_transfer(uuid, text, text, text, uuid, uuid, bigint, text, timestamptz, timestamptz,
                    text, text, text, uuid, text, text[], text, jsonb, uuid),
    ledger_post_many(uuid[], text[], text[], text[], text[], timestamptz[], text[], uuid[], int[],
                     uuid[], bigint[], bigint[], text[], timestamptz, text, text, text, uuid[], text,
                     text[]) TO probity_app;
GRANT SELECT (held_minor) ON ledger_account TO probity_report;
