-- Reversals, many in one call, and of chains. Headers that are reversed are locked in id order before
-- anything is written; all that undoes them goes as one post.

-- The chain that a transaction stands or falls with: its own, or that of what it reverses.
CREATE FUNCTION ledger_chain_of(p_transaction bigint) RETURNS uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
    SELECT coalesce(t.chain_id, (
        SELECT o.chain_id FROM ledger_reversal AS r JOIN ledger_transaction AS o ON o.id = r.reversed_id
        WHERE r.transaction_id = t.id))
    FROM ledger_transaction AS t WHERE t.id = p_transaction
$$;

-- p_reversals [{reversed, whole, reason, event, approver}]
-- p_parts     [{n, account, version, amount}], n being the place of the reversal, from 1
-- p_postings, p_legs as ledger_post takes them, a posting for each reversal, in their order
-- p_chain     whose transactions they are; null: of none
CREATE FUNCTION ledger_reverse_all(
    p_reversals jsonb, p_parts jsonb, p_postings jsonb, p_legs jsonb, p_chain uuid,
    p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text, p_event_name text,
    p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_reversed bigint[];
    v_posted uuid[];
    v_replayed boolean[];
BEGIN
    PERFORM ledger_mind_books((SELECT min(effective_at) FROM jsonb_to_recordset(p_postings)
                                   AS p (effective_at timestamptz)), p_now);
    SELECT array_agg(t.id ORDER BY n) INTO v_reversed
        FROM jsonb_array_elements(p_reversals) WITH ORDINALITY AS r (said, n)
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_transaction
            WHERE public_id = (r.said ->> 'reversed')::uuid LIMIT 1) AS t;
    IF coalesce(cardinality(v_reversed), 0) < jsonb_array_length(p_reversals) THEN
        PERFORM ledger_refuse('transaction-not-found', 'no such transaction');
    END IF;
    PERFORM FROM ledger_transaction WHERE id = ANY (v_reversed) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM unnest(v_reversed) AS r (id)
               WHERE ledger_chain_of(r.id) IS DISTINCT FROM p_chain) THEN
        PERFORM ledger_refuse('chained', 'a transaction of a chain is reversed with its chain');
    END IF;
    IF EXISTS ( -- said here, before the money is asked for; held by the trigger
        SELECT FROM jsonb_to_recordset(p_parts)
            AS w (n int, account uuid, version bigint, amount bigint)
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_account WHERE public_id = w.account LIMIT 1) AS a
        CROSS JOIN LATERAL (
            SELECT id, greatest(debit, credit) AS minor FROM ledger_entry
            WHERE account_id = a.id AND version = w.version LIMIT 1) AS e
        WHERE e.minor < w.amount + (SELECT coalesce(sum(amount_minor), 0)
                                    FROM ledger_reversal_part AS p WHERE p.entry_id = e.id)
            AND NOT EXISTS (SELECT FROM ledger_transaction
                            WHERE source = p_postings -> (w.n - 1) ->> 'source'
                                AND reference = p_postings -> (w.n - 1) ->> 'reference')
    ) THEN
        PERFORM ledger_refuse('already-reversed', 'less of a leg is left than is to be reversed');
    END IF;

    SELECT array_agg(p.public_id ORDER BY n), array_agg(p.replayed ORDER BY n)
        INTO v_posted, v_replayed
        FROM ledger_post(p_postings, p_legs, p_now, p_actor_kind, p_actor_key, p_request_id, '',
                         '{}') WITH ORDINALITY AS p (public_id, replayed, n);
    INSERT INTO ledger_reversal (transaction_id, reversed_id, whole, reason, recorded_at)
    SELECT t.id, v_reversed[n], (r.said ->> 'whole')::boolean, r.said ->> 'reason', p_now
    FROM jsonb_array_elements(p_reversals) WITH ORDINALITY AS r (said, n)
    CROSS JOIN LATERAL (
        SELECT id FROM ledger_transaction WHERE public_id = v_posted[n] LIMIT 1) AS t
    WHERE NOT v_replayed[n] ORDER BY n;
    INSERT INTO ledger_reversal_part (reversal_id, entry_id, amount_minor)
    SELECT link.id, e.id, w.amount
    FROM jsonb_to_recordset(p_parts) AS w (n int, account uuid, version bigint, amount bigint)
    CROSS JOIN LATERAL (
        SELECT r.id FROM ledger_transaction AS t JOIN ledger_reversal AS r ON r.transaction_id = t.id
        WHERE t.public_id = v_posted[w.n] LIMIT 1) AS link
    CROSS JOIN LATERAL (
        SELECT id FROM ledger_account WHERE public_id = w.account LIMIT 1) AS a
    CROSS JOIN LATERAL (
        SELECT id FROM ledger_entry WHERE account_id = a.id AND version = w.version LIMIT 1) AS e
    WHERE NOT v_replayed[w.n] ORDER BY e.id;

    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.transaction.reverse',
                         'transaction:' || (r.said ->> 'reversed'),
                         jsonb_build_object('by', v_posted[n], 'reason', r.said ->> 'reason',
                                            'approver', r.said -> 'approver'),
                         p_request_id),
            outbox_emit((r.said ->> 'event')::uuid, p_event_name,
                        jsonb_build_object('reversed_id', r.said ->> 'reversed',
                                           'transaction_id', v_posted[n]),
                        p_request_id, p_now, p_subscribers)
    FROM jsonb_array_elements(p_reversals) WITH ORDINALITY AS r (said, n)
    WHERE NOT v_replayed[n];
    RETURN QUERY SELECT * FROM unnest(v_posted, v_replayed);
END
$$;

-- p_reversal, p_posting as above, of one; p_parts [{account, version, amount}]
CREATE OR REPLACE FUNCTION ledger_reverse(
    p_reversal jsonb, p_parts jsonb, p_posting jsonb, p_legs jsonb, p_now timestamptz,
    p_actor_kind text, p_actor_key text, p_request_id text, p_event_name text, p_subscribers text[]
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT * FROM ledger_reverse_all(
        jsonb_build_array(p_reversal),
        (SELECT jsonb_agg(part || '{"n": 1}') FROM jsonb_array_elements(p_parts) AS p (part)),
        jsonb_build_array(p_posting), p_legs, NULL, p_now, p_actor_kind, p_actor_key,
        p_request_id, p_event_name, p_subscribers);
END
$$;

REVOKE ALL ON FUNCTION ledger_chain_of(bigint),
    ledger_reverse_all(jsonb, jsonb, jsonb, jsonb, uuid, timestamptz, text, text, text, text,
                       text[]) FROM PUBLIC;
