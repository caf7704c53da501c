-- What all accounts moved between two moments, for reports: days that lie whole between the bounds
-- come from roll-ups; of a day that a bound cuts, and of what no run has added up yet, the entries
-- are read.

-- The entries p_first to p_last of an account (p_on: of that effective and recorded day alone).
CREATE FUNCTION ledger_moved(
    p_account bigint, p_first bigint, p_last bigint, p_effective_on date, p_recorded_on date,
    p_since timestamptz, p_before timestamptz, p_known_before timestamptz
) RETURNS TABLE (debit numeric, credit numeric)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT sum(e.debit)::numeric, sum(e.credit)::numeric
        FROM ledger_entry AS e
        CROSS JOIN LATERAL (
            SELECT effective_at, recorded_at FROM ledger_transaction
            WHERE id = e.transaction_id LIMIT 1) AS t
        WHERE e.account_id = p_account AND e.version BETWEEN p_first AND p_last
            AND t.effective_at >= p_since AND t.effective_at < p_before
            AND t.recorded_at < p_known_before
            AND (p_effective_on IS NULL OR (ledger_day(t.effective_at) = p_effective_on
                                            AND ledger_day(t.recorded_at) = p_recorded_on))
        HAVING count(*) > 0;
END
$$;

-- From p_since on, and before p_before, as it was known before p_known_before (null: no bound).
-- p_kinds: of accounts, null: all. p_closings: closing entries count too. Slots are added up in the
-- account that they belong to; accounts that did not move are left out.
CREATE FUNCTION ledger_turnovers(
    p_since timestamptz, p_before timestamptz, p_known_before timestamptz, p_kinds text[],
    p_closings boolean
) RETURNS TABLE (account_id bigint, debit numeric, credit numeric)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_since timestamptz := coalesce(p_since, '-infinity');
    v_before timestamptz := coalesce(p_before, 'infinity');
    v_known timestamptz := coalesce(p_known_before, 'infinity');
    -- the days that a bound cuts, and the first that it does not
    v_since_on date := ledger_day(v_since);
    v_whole_since date := ledger_day(v_since) + (v_since > ledger_midnight(ledger_day(v_since)))::int;
    v_before_on date := ledger_day(v_before);
    v_upto date := ledger_day(v_before) + (v_before > ledger_midnight(ledger_day(v_before)))::int;
    v_known_on date := ledger_day(v_known);
    v_known_upto date := ledger_day(v_known) + (v_known > ledger_midnight(ledger_day(v_known)))::int;
BEGIN
    RETURN QUERY
        WITH account AS (
            SELECT a.id, coalesce(a.slot_of_id, a.id) AS owner_id, a.version
            FROM ledger_account AS a WHERE p_kinds IS NULL OR a.kind = ANY (p_kinds)
        ), day AS MATERIALIZED (
            SELECT a.owner_id, r.account_id, r.first_version, r.last_version, r.effective_on,
                   r.recorded_on, r.debit_minor, r.credit_minor,
                   r.effective_on >= v_whole_since AND r.effective_on < v_before_on
                   AND r.recorded_on < v_known_on AS whole
            FROM ledger_roll_up AS r JOIN account AS a ON a.id = r.account_id
            WHERE r.effective_on >= v_since_on AND r.effective_on < v_upto
                AND r.recorded_on < v_known_upto
        ), moved AS (
            SELECT owner_id, debit_minor AS debit, credit_minor AS credit FROM day WHERE whole
            UNION ALL
            SELECT d.owner_id, m.debit, m.credit
            FROM day AS d
            CROSS JOIN LATERAL ledger_moved(d.account_id, d.first_version, d.last_version,
                d.effective_on, d.recorded_on, v_since, v_before, v_known) AS m
            WHERE NOT d.whole
            UNION ALL
            SELECT a.owner_id, m.debit, m.credit
            FROM account AS a
            CROSS JOIN LATERAL (
                SELECT coalesce(max(last_version), 0) AS version FROM ledger_roll_up
                WHERE account_id = a.id) AS r
            CROSS JOIN LATERAL ledger_moved(a.id, r.version + 1, 9223372036854775807,
                NULL, NULL, v_since, v_before, v_known) AS m
            WHERE a.version > r.version
            UNION ALL
            SELECT a.owner_id, -e.debit, -e.credit
            FROM ledger_closing_journal AS j
            JOIN ledger_transaction AS t ON t.id = j.transaction_id
            CROSS JOIN LATERAL ( -- OFFSET: theirs are looked up, never all of the entries joined
                SELECT account_id, debit, credit FROM ledger_entry
                WHERE transaction_id = j.transaction_id OFFSET 0) AS e
            JOIN account AS a ON a.id = e.account_id
            WHERE NOT p_closings AND t.effective_at >= v_since AND t.effective_at < v_before
                AND t.recorded_at < v_known
        )
        SELECT m.owner_id, sum(m.debit), sum(m.credit) FROM moved AS m GROUP BY m.owner_id;
END
$$;

REVOKE ALL ON FUNCTION
    ledger_moved(bigint, bigint, bigint, date, date, timestamptz, timestamptz, timestamptz),
    ledger_turnovers(timestamptz, timestamptz, timestamptz, text[], boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ledger_moved(bigint, bigint, bigint, date, date, timestamptz, timestamptz, timestamptz),
    ledger_turnovers(timestamptz, timestamptz, timestamptz, text[], boolean) TO probity_app;
