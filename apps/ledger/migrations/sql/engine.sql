-- The ledger's engine: what no path to the tables can get past, and the one function that posts.

-- Which database transaction wrote a header. Legs must come in the same one; sealing orders by it.
ALTER TABLE ledger_transaction ADD COLUMN written_by xid8 NOT NULL DEFAULT pg_current_xact_id();

-- A leg keeps its account's currency.
ALTER TABLE ledger_entry ADD CONSTRAINT entry_account_currency
    FOREIGN KEY (account_id, currency) REFERENCES ledger_account (id, currency);

-- Balances change with every post: leave room on the page, so that no index is touched.
ALTER TABLE ledger_account SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- --- append-only, for every role

CREATE TRIGGER transaction_append_only BEFORE UPDATE OR DELETE ON ledger_transaction
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER transaction_no_truncate BEFORE TRUNCATE ON ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER account_no_delete BEFORE DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER account_no_truncate BEFORE TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();

-- --- accounts: they start empty, keep what they are, and their balance is moved by entries alone

CREATE FUNCTION ledger_account_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.posted_minor <> 0 OR NEW.version <> 0 THEN
            RAISE EXCEPTION 'an account starts empty' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF (NEW.posted_minor, NEW.version) IS DISTINCT FROM (OLD.posted_minor, OLD.version) THEN
        IF pg_trigger_depth() < 2 THEN -- 1: this trigger alone; 2: the entries' trigger moves it
            RAISE EXCEPTION 'a balance is moved by entries alone' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF (NEW.public_id, NEW.kind, NEW.currency) IS DISTINCT FROM
          (OLD.public_id, OLD.kind, OLD.currency) THEN
        RAISE EXCEPTION 'an account keeps its id, kind and currency'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER account_guard BEFORE INSERT OR UPDATE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_account_guard();

-- --- entries: any insert must continue its accounts, and moves them
--
-- A statement brings its legs with version and balance_after already in them (ledger_post counts
-- them in one sweep); this trigger believes neither. It counts again from the locked accounts, and
-- refuses whatever does not follow on. One update an account and statement, not one a leg: rows that
-- a transaction has outdated cannot be cleared before it ends, so legs that each updated a busy
-- account would grow slower with the square of their number.
--
-- Look-ups of accounts and headers are lateral with a LIMIT, and sequential scans are off: a plan is
-- made once and kept for the session (planning anew would cost more than posting), and one made while
-- a table was small must not read through a large one.

CREATE FUNCTION ledger_refuse(p_code text, p_detail text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'PB001', MESSAGE = p_code, DETAIL = p_detail;
END
$$;

CREATE FUNCTION ledger_entries_apply() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_refusal text;
    v_last record;
BEGIN
    PERFORM FROM ledger_account WHERE id = ANY (ARRAY(SELECT account_id FROM added))
        ORDER BY id FOR NO KEY UPDATE;

    SELECT CASE
        WHEN status = 'closed' THEN 'account-closed'
        WHEN status = 'frozen' OR (status = 'frozen_debit' AND change < 0) THEN 'account-frozen'
        WHEN abs(balance) > 9223372036854775807 THEN 'balance-overflow'
        WHEN change < 0 AND balance < floor_minor THEN 'insufficient-funds'
        ELSE 'does-not-continue'
    END INTO v_refusal
    FROM (
        SELECT a.status, a.floor_minor, e.version, e.balance_after, change,
               a.version + row_number() OVER continued AS expected_version,
               a.posted_minor + sum(change) OVER continued AS balance
        FROM added AS e
        CROSS JOIN LATERAL (
            SELECT kind, status, floor_minor, version, posted_minor
            FROM ledger_account WHERE id = e.account_id LIMIT 1) AS a
        CROSS JOIN LATERAL (
            SELECT CASE WHEN a.kind IN ('asset', 'expense') THEN e.debit - e.credit
                        ELSE e.credit - e.debit END AS change) AS c
        WINDOW continued AS (PARTITION BY e.account_id ORDER BY e.version)
    ) AS counted
    WHERE status = 'closed' OR status = 'frozen' OR (status = 'frozen_debit' AND change < 0)
        OR abs(balance) > 9223372036854775807 OR (change < 0 AND balance < floor_minor)
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
    IF EXISTS (SELECT FROM added AS e WHERE pg_current_xact_id() <> (
                   SELECT written_by FROM ledger_transaction WHERE id = e.transaction_id)) THEN
        RAISE EXCEPTION 'a transaction takes no further legs' USING ERRCODE = 'check_violation';
    END IF;

    FOR v_last IN SELECT DISTINCT ON (account_id) account_id, balance_after, version
                  FROM added ORDER BY account_id, version DESC LOOP
        UPDATE ledger_account SET posted_minor = v_last.balance_after, version = v_last.version
            WHERE id = v_last.account_id;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER entries_apply AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_apply();

ALTER TABLE ledger_transaction ENABLE ALWAYS TRIGGER transaction_append_only;
ALTER TABLE ledger_transaction ENABLE ALWAYS TRIGGER transaction_no_truncate;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER entry_append_only;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER entry_no_truncate;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER entries_apply;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER account_no_delete;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER account_no_truncate;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER account_guard;

-- --- the one function that posts: 1 to 1,000 transactions, all or nothing, in one round trip
--
-- p_postings  [{id, kind, source, reference, fingerprint, effective_at, currency, event}], where
--             event is the id of the event to emit, or null
-- p_legs      [{n, account, debit, credit}], n being the place of the posting in p_postings, from 1
-- Returns for each posting, in order, its transaction's public id and whether it had been booked
-- before. Raises PB001 with a code; the caller's transaction then holds nothing of it.
--
-- Order of locks: headers by (source, reference), so that two callers with the same reference wait
-- for each other there; then accounts by id. Whoever waited reads what the other one committed.

CREATE FUNCTION ledger_post(
    p_postings jsonb, p_legs jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_fresh bigint[]; -- places of the postings that are booked now; of twins in one call, the first
    v_wrong text;
BEGIN
    WITH wanted AS (
        SELECT * FROM ROWS FROM (jsonb_to_recordset(p_postings) AS (
            id uuid, kind text, source text, reference text, fingerprint text,
            effective_at timestamptz)) WITH ORDINALITY
            AS w (id, kind, source, reference, fingerprint, effective_at, n)
    ), added AS (
        INSERT INTO ledger_transaction
            (public_id, kind, source, reference, fingerprint, effective_at, recorded_at)
        SELECT id, kind, source, reference, fingerprint, effective_at, p_now
        FROM wanted ORDER BY source, reference, n
        ON CONFLICT DO NOTHING
        RETURNING source, reference
    )
    SELECT coalesce(array_agg(n), '{}') INTO v_fresh
    FROM (SELECT min(n) AS n FROM wanted JOIN added USING (source, reference)
          GROUP BY source, reference) AS first;

    IF cardinality(v_fresh) < jsonb_array_length(p_postings) THEN -- some had been booked before
        SELECT coalesce(t.fingerprint, 'none') INTO v_wrong
            FROM jsonb_to_recordset(p_postings)
                AS w (source text, reference text, fingerprint text)
            LEFT JOIN LATERAL (
                SELECT fingerprint FROM ledger_transaction
                WHERE source = w.source AND reference = w.reference LIMIT 1) AS t ON true
            WHERE t.fingerprint IS DISTINCT FROM w.fingerprint
            LIMIT 1;
        IF v_wrong = 'none' THEN
            RAISE EXCEPTION 'a transaction id is taken' USING ERRCODE = 'unique_violation';
        ELSIF FOUND THEN
            PERFORM ledger_refuse('reference-reused', 'this reference names another posting');
        END IF;
    END IF;

    IF EXISTS (SELECT FROM jsonb_to_recordset(p_legs) AS l (n int)
               WHERE n IS NULL OR n NOT BETWEEN 1 AND jsonb_array_length(p_postings))
       OR EXISTS (SELECT FROM unnest(v_fresh) AS f (n)
                  LEFT JOIN jsonb_to_recordset(p_legs) AS l (n int) ON l.n = f.n
                  GROUP BY f.n HAVING count(l.n) < 2) THEN
        PERFORM ledger_refuse('malformed-posting', 'a posting has two legs or more');
    END IF;

    IF cardinality(v_fresh) > 0 THEN
        PERFORM FROM ledger_account
            WHERE public_id = ANY (ARRAY(
                SELECT account FROM jsonb_to_recordset(p_legs) AS l (account uuid)))
            ORDER BY id FOR NO KEY UPDATE;

        SELECT CASE WHEN a.currency IS NULL THEN 'account-not-found' ELSE 'currency-mismatch' END
            INTO v_wrong
            FROM jsonb_to_recordset(p_legs) AS l (n int, account uuid)
            LEFT JOIN LATERAL (
                SELECT currency FROM ledger_account WHERE public_id = l.account LIMIT 1
            ) AS a ON true
            WHERE a.currency IS DISTINCT FROM p_postings -> (l.n - 1) ->> 'currency'
            LIMIT 1;
        IF FOUND THEN
            PERFORM ledger_refuse(v_wrong, CASE v_wrong
                WHEN 'account-not-found' THEN 'no such account'
                ELSE 'the account keeps another currency' END);
        END IF;

        -- Within a transaction what raises an account comes before what lowers it. A balance that
        -- does not fit is written as 0, and refused by the trigger, which counts again.
        INSERT INTO ledger_entry
            (transaction_id, account_id, version, debit, credit, currency, balance_after)
        SELECT transaction_id, account_id, version + row_number() OVER continued, debit, credit,
               currency,
               CASE WHEN abs(posted_minor + sum(change) OVER continued) <= 9223372036854775807
                    THEN posted_minor + sum(change) OVER continued ELSE 0 END
        FROM (
            SELECT t.id AS transaction_id, a.id AS account_id, a.version, a.posted_minor,
                   a.currency, l.n, l.debit, l.credit, c.change
            FROM jsonb_to_recordset(p_legs)
                AS l (n int, account uuid, debit bigint, credit bigint)
            CROSS JOIN LATERAL (
                SELECT id FROM ledger_transaction
                WHERE public_id = (p_postings -> (l.n - 1) ->> 'id')::uuid LIMIT 1) AS t
            CROSS JOIN LATERAL (
                SELECT id, kind, currency, version, posted_minor
                FROM ledger_account WHERE public_id = l.account LIMIT 1) AS a
            CROSS JOIN LATERAL (
                SELECT CASE WHEN a.kind IN ('asset', 'expense') THEN l.debit - l.credit
                            ELSE l.credit - l.debit END AS change) AS c
            WHERE l.n IN (SELECT unnest(v_fresh))
        ) AS legs
        WINDOW continued AS (PARTITION BY account_id ORDER BY n, change DESC
                             ROWS UNBOUNDED PRECEDING)
        ORDER BY n, change DESC, account_id;

        PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.transaction.post',
                             'transaction:' || w.id, jsonb_build_object('kind', w.kind),
                             p_request_id),
                CASE WHEN w.event IS NOT NULL THEN
                    outbox_emit(w.event, p_event_name,
                        jsonb_build_object('transaction_id', w.id, 'effective_at', w.effective_at),
                        p_request_id, p_now, p_subscribers)
                END
        FROM jsonb_array_elements(p_postings) WITH ORDINALITY AS p (posting, n)
        CROSS JOIN LATERAL jsonb_to_record(p.posting)
            AS w (id uuid, kind text, event uuid, effective_at text)
        WHERE p.n IN (SELECT unnest(v_fresh));
    END IF;

    RETURN QUERY
        SELECT t.public_id, p.n NOT IN (SELECT unnest(v_fresh))
        FROM jsonb_array_elements(p_postings) WITH ORDINALITY AS p (posting, n)
        CROSS JOIN LATERAL jsonb_to_record(p.posting) AS w (source text, reference text)
        CROSS JOIN LATERAL (
            SELECT public_id FROM ledger_transaction
            WHERE source = w.source AND reference = w.reference LIMIT 1) AS t
        ORDER BY p.n;
END
$$;

-- --- least power

REVOKE ALL ON FUNCTION ledger_account_guard(), ledger_entries_apply(), ledger_refuse(text, text),
    ledger_post(jsonb, jsonb, timestamptz, text, text, text, text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_post(jsonb, jsonb, timestamptz, text, text, text, text, text[])
    TO probity_app;
REVOKE ALL ON ledger_account, ledger_transaction, ledger_entry FROM PUBLIC;
GRANT SELECT, INSERT ON ledger_account TO probity_app;
GRANT UPDATE (status) ON ledger_account TO probity_app; -- no service changes a floor or a holder
GRANT SELECT ON ledger_transaction, ledger_entry TO probity_app;
GRANT SELECT (id, public_id, code, name, kind, currency, status, floor_minor, posted_minor, version,
    opened_at) ON ledger_account TO probity_report; -- all but whose it is
GRANT SELECT ON ledger_transaction, ledger_entry TO probity_report;
