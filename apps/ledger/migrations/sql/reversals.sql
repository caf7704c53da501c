-- Reversals: what was booked is undone by another transaction that is linked to it, whole or in parts.

CREATE TRIGGER reversal_append_only BEFORE UPDATE OR DELETE ON ledger_reversal
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER reversal_no_truncate BEFORE TRUNCATE ON ledger_reversal
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER reversal_part_append_only BEFORE UPDATE OR DELETE ON ledger_reversal_part
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER reversal_part_no_truncate BEFORE TRUNCATE ON ledger_reversal_part
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();

-- Parts of a leg never exceed it, whoever inserts: counted under the lock of the header that is
-- reversed, so that two reversals of one transaction wait for each other.
CREATE FUNCTION ledger_reversal_parts_fit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM FROM ledger_transaction WHERE id = ANY (ARRAY(
            SELECT r.reversed_id FROM added AS p JOIN ledger_reversal AS r ON r.id = p.reversal_id))
        ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM added AS p
        CROSS JOIN LATERAL (
            SELECT r.reversed_id, t.written_by FROM ledger_reversal AS r
            JOIN ledger_transaction AS t ON t.id = r.transaction_id
            WHERE r.id = p.reversal_id) AS link
        CROSS JOIN LATERAL (
            SELECT transaction_id FROM ledger_entry WHERE id = p.entry_id) AS leg
        WHERE leg.transaction_id <> link.reversed_id OR link.written_by <> pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'a part is of a leg of the transaction that is reversed now'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT entry_id FROM added) AS touched
        CROSS JOIN LATERAL (
            SELECT greatest(debit, credit) AS minor FROM ledger_entry WHERE id = entry_id) AS leg
        WHERE leg.minor < (SELECT sum(amount_minor) FROM ledger_reversal_part AS p
                           WHERE p.entry_id = touched.entry_id)
    ) THEN
        PERFORM ledger_refuse('already-reversed', 'less of a leg is left than is to be reversed');
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER reversal_parts_fit AFTER INSERT ON ledger_reversal_part
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_reversal_parts_fit();

-- At COMMIT the link, its parts and the legs of its transaction say the same, sides swapped; a whole
-- reversal covers every leg.
CREATE FUNCTION ledger_reversal_agrees() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (
            SELECT e.account_id, e.debit > 0 AS is_credit, p.amount_minor AS minor
            FROM ledger_reversal_part AS p JOIN ledger_entry AS e ON e.id = p.entry_id
            WHERE p.reversal_id = NEW.id
            UNION ALL
            SELECT account_id, credit > 0, -greatest(debit, credit)
            FROM ledger_entry WHERE transaction_id = NEW.transaction_id
        ) AS moves
        GROUP BY account_id, is_credit HAVING sum(minor) <> 0
    ) OR NOT EXISTS (SELECT FROM ledger_reversal_part WHERE reversal_id = NEW.id)
      OR (NEW.whole AND EXISTS (
        SELECT FROM ledger_entry AS e
        LEFT JOIN ledger_reversal_part AS p ON p.entry_id = e.id AND p.reversal_id = NEW.id
        WHERE e.transaction_id = NEW.reversed_id
            AND p.amount_minor IS DISTINCT FROM greatest(e.debit, e.credit)
    )) THEN
        RAISE EXCEPTION 'a reversal undoes what its parts say' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER reversal_agrees AFTER INSERT ON ledger_reversal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_reversal_agrees();

ALTER TABLE ledger_reversal ENABLE ALWAYS TRIGGER reversal_append_only;
ALTER TABLE ledger_reversal ENABLE ALWAYS TRIGGER reversal_no_truncate;
ALTER TABLE ledger_reversal ENABLE ALWAYS TRIGGER reversal_agrees;
ALTER TABLE ledger_reversal_part ENABLE ALWAYS TRIGGER reversal_part_append_only;
ALTER TABLE ledger_reversal_part ENABLE ALWAYS TRIGGER reversal_part_no_truncate;
ALTER TABLE ledger_reversal_part ENABLE ALWAYS TRIGGER reversal_parts_fit;

-- p_reversal {reversed, whole, reason, event, approver}; p_parts [{account, version, amount}];
-- p_posting, p_legs as ledger_post takes them, of one posting.
CREATE FUNCTION ledger_reverse(
    p_reversal jsonb, p_parts jsonb, p_posting jsonb, p_legs jsonb, p_now timestamptz,
    p_actor_kind text, p_actor_key text, p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_reversed bigint;
    v_posted record;
    v_link bigint;
BEGIN
    SELECT id INTO v_reversed FROM ledger_transaction
        WHERE public_id = (p_reversal ->> 'reversed')::uuid FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('transaction-not-found', 'no such transaction');
    END IF;
    IF NOT EXISTS (SELECT FROM ledger_transaction WHERE source = p_posting ->> 'source'
                   AND reference = p_posting ->> 'reference')
       AND EXISTS ( -- said here, before the money is asked for; held by the trigger
        SELECT FROM jsonb_to_recordset(p_parts) AS w (account uuid, version bigint, amount bigint)
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_account WHERE public_id = w.account LIMIT 1) AS a
        CROSS JOIN LATERAL (
            SELECT id, greatest(debit, credit) AS minor FROM ledger_entry
            WHERE account_id = a.id AND version = w.version LIMIT 1) AS e
        WHERE e.minor < w.amount + (SELECT coalesce(sum(amount_minor), 0)
                                    FROM ledger_reversal_part AS p WHERE p.entry_id = e.id)
    ) THEN
        PERFORM ledger_refuse('already-reversed', 'less of a leg is left than is to be reversed');
    END IF;

    SELECT p.public_id, p.replayed INTO v_posted FROM ledger_post(
        jsonb_build_array(p_posting), p_legs, p_now, p_actor_kind, p_actor_key, p_request_id, '',
        '{}') AS p;
    IF NOT v_posted.replayed THEN
        INSERT INTO ledger_reversal (transaction_id, reversed_id, whole, reason, recorded_at)
        SELECT id, v_reversed, (p_reversal ->> 'whole')::boolean, p_reversal ->> 'reason', p_now
        FROM ledger_transaction WHERE public_id = v_posted.public_id
        RETURNING id INTO v_link;
        INSERT INTO ledger_reversal_part (reversal_id, entry_id, amount_minor)
        SELECT v_link, e.id, w.amount
        FROM jsonb_to_recordset(p_parts) AS w (account uuid, version bigint, amount bigint)
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_account WHERE public_id = w.account LIMIT 1) AS a
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_entry
            WHERE account_id = a.id AND version = w.version LIMIT 1) AS e
        ORDER BY e.id;
        PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.transaction.reverse',
                             'transaction:' || (p_reversal ->> 'reversed'),
                             jsonb_build_object('by', v_posted.public_id,
                                                'reason', p_reversal ->> 'reason',
                                                'approver', p_reversal -> 'approver'),
                             p_request_id);
        PERFORM outbox_emit((p_reversal ->> 'event')::uuid, p_event_name,
                            jsonb_build_object('reversed_id', p_reversal ->> 'reversed',
                                               'transaction_id', v_posted.public_id),
                            p_request_id, p_now, p_subscribers);
    END IF;
    RETURN QUERY SELECT v_posted.public_id, v_posted.replayed;
END
$$;

REVOKE ALL ON FUNCTION ledger_reversal_parts_fit(), ledger_reversal_agrees(),
    ledger_reverse(jsonb, jsonb, jsonb, jsonb, timestamptz, text, text, text, text, text[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ledger_reverse(jsonb, jsonb, jsonb, jsonb, timestamptz, text, text, text, text, text[])
    TO probity_app;
REVOKE ALL ON ledger_reversal, ledger_reversal_part FROM PUBLIC;
GRANT SELECT ON ledger_reversal, ledger_reversal_part TO probity_app;
-- A reason is free text: the report role does not read it.
GRANT SELECT (id, transaction_id, reversed_id, whole, recorded_at) ON ledger_reversal
    TO probity_report;
GRANT SELECT ON ledger_reversal_part TO probity_report;
