-- Journals: legs may each say their currency. Batches: each posting on its own, in one round trip.

-- p_legs  [{n, account, debit, credit, currency}]: currency null or left out: the posting's.
-- All else is as in engine.sql.
CREATE OR REPLACE FUNCTION ledger_post(
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
            FROM jsonb_to_recordset(p_legs) AS l (n int, account uuid, currency text)
            LEFT JOIN LATERAL (
                SELECT currency FROM ledger_account WHERE public_id = l.account LIMIT 1
            ) AS a ON true
            WHERE a.currency IS NULL OR a.currency IS DISTINCT FROM
                coalesce(l.currency, p_postings -> (l.n - 1) ->> 'currency')
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

-- --- each on its own: what is refused leaves the others standing
--
-- The postings go as one; when they are refused, each half goes as one, and so on down to the single
-- posting whose refusal is its result. A group that goes through is what its postings would be one
-- after the other, since the engine counts them in their order. Few refusals cost few savepoints.

CREATE FUNCTION ledger_post_halves(
    p_postings jsonb, p_legs jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean, refusal text, detail text)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_half int := jsonb_array_length(p_postings) / 2;
    v_refusal text;
    v_detail text;
BEGIN
    BEGIN
        RETURN QUERY SELECT p.public_id, p.replayed, ''::text, ''::text
            FROM ledger_post(p_postings, p_legs, p_now, p_actor_kind, p_actor_key, p_request_id,
                             p_event_name, p_subscribers) AS p;
        RETURN;
    EXCEPTION WHEN SQLSTATE 'PB001' THEN
        GET STACKED DIAGNOSTICS v_refusal = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
    END;
    IF v_half = 0 THEN
        RETURN QUERY SELECT NULL::uuid, false, v_refusal, v_detail;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT result.* FROM (VALUES (0, v_half), (v_half, jsonb_array_length(p_postings)))
            AS part (after, upto)
        CROSS JOIN LATERAL (
            SELECT jsonb_agg(posting ORDER BY n) AS postings
            FROM jsonb_array_elements(p_postings) WITH ORDINALITY AS p (posting, n)
            WHERE n > after AND n <= upto) AS chosen
        CROSS JOIN LATERAL (
            SELECT coalesce(jsonb_agg(jsonb_set(leg, '{n}', to_jsonb((leg -> 'n')::int - after))),
                            '[]') AS legs
            FROM jsonb_array_elements(p_legs) AS l (leg)
            WHERE (leg -> 'n')::int > after AND (leg -> 'n')::int <= upto) AS theirs
        CROSS JOIN LATERAL ledger_post_halves(
            postings, legs, p_now, p_actor_kind, p_actor_key, p_request_id, p_event_name,
            p_subscribers) AS result;
END
$$;

-- As ledger_post, but a refusal is the result of its posting: public_id is null, refusal its code.
-- Every account is locked first, in id order: the parts would lock theirs each in an order of its own.
CREATE FUNCTION ledger_post_each(
    p_postings jsonb, p_legs jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean, refusal text, detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM FROM ledger_account AS a
        WHERE a.public_id = ANY (ARRAY(
            SELECT account FROM jsonb_to_recordset(p_legs) AS l (account uuid)))
        ORDER BY a.id FOR NO KEY UPDATE;
    RETURN QUERY SELECT * FROM ledger_post_halves(
        p_postings, p_legs, p_now, p_actor_kind, p_actor_key, p_request_id, p_event_name,
        p_subscribers);
END
$$;

REVOKE ALL ON FUNCTION
    ledger_post_halves(jsonb, jsonb, timestamptz, text, text, text, text, text[]),
    ledger_post_each(jsonb, jsonb, timestamptz, text, text, text, text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ledger_post_each(jsonb, jsonb, timestamptz, text, text, text, text, text[]) TO probity_app;
