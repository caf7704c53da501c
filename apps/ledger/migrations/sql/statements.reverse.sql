-- What took effect on an account by p_as_of, as it was known by p_known_at (null: no bound): its
-- turnover on both sides. Days that lie before both bounds come from roll-ups; of a day that a bound
-- cuts, and of what no run has added up yet, the entries are read.
CREATE OR REPLACE FUNCTION ledger_turnover(p_account uuid, p_as_of timestamptz, p_known_at timestamptz)
RETURNS TABLE (currency varchar, kind varchar, debit numeric, credit numeric)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH account AS (
            SELECT a.id, a.kind, a.currency,
                   coalesce(p_as_of, 'infinity') AS as_of,
                   coalesce(p_known_at, 'infinity') AS known_at,
                   coalesce((SELECT max(last_version) FROM ledger_roll_up WHERE account_id = a.id), 0)
                       AS through
            FROM ledger_account AS a WHERE a.public_id = p_account
        ), day AS (
            SELECT r.*, a.as_of, a.known_at,
                   r.effective_on < ledger_day(a.as_of) AND r.recorded_on < ledger_day(a.known_at) AS whole
            FROM account AS a JOIN ledger_roll_up AS r ON r.account_id = a.id
            WHERE r.effective_on <= ledger_day(a.as_of) AND r.recorded_on <= ledger_day(a.known_at)
        ), moved AS (
            SELECT debit_minor AS debit, credit_minor AS credit FROM day WHERE whole
            UNION ALL
            SELECT e.debit, e.credit
            FROM day
            JOIN ledger_entry AS e ON e.account_id = day.account_id
                AND e.version BETWEEN day.first_version AND day.last_version
            CROSS JOIN LATERAL (
                SELECT effective_at, recorded_at FROM ledger_transaction
                WHERE id = e.transaction_id LIMIT 1) AS t
            WHERE NOT day.whole AND t.effective_at <= day.as_of AND t.recorded_at <= day.known_at
                AND ledger_day(t.effective_at) = day.effective_on
                AND ledger_day(t.recorded_at) = day.recorded_on
            UNION ALL
            SELECT e.debit, e.credit
            FROM account AS a
            JOIN ledger_entry AS e ON e.account_id = a.id AND e.version > a.through
            CROSS JOIN LATERAL (
                SELECT effective_at, recorded_at FROM ledger_transaction
                WHERE id = e.transaction_id LIMIT 1) AS t
            WHERE t.effective_at <= a.as_of AND t.recorded_at <= a.known_at
        )
        SELECT a.currency, a.kind, coalesce(sum(m.debit), 0), coalesce(sum(m.credit), 0)
        FROM account AS a LEFT JOIN moved AS m ON true
        GROUP BY a.currency, a.kind;
END
$$;

DROP FUNCTION
    ledger_movements(bigint[], timestamptz, timestamptz, timestamptz, timestamptz, bigint, bigint),
    ledger_runs(bigint[], timestamptz, timestamptz, timestamptz, timestamptz),
    ledger_entries_of(bigint[]),
    ledger_entries_page(bigint[], boolean, boolean, timestamptz, timestamptz, timestamptz, bigint,
                        bigint, jsonb),
    ledger_entries_within(bigint[], timestamptz, timestamptz, timestamptz, timestamptz),
    ledger_balance_at(uuid, timestamptz, timestamptz),
    ledger_floor_at(bigint, timestamptz, timestamptz),
    ledger_held_at(bigint[], timestamptz, timestamptz),
    ledger_sum_at(bigint[], timestamptz, timestamptz), ledger_parts(uuid),
    ledger_add_spans(bigint, int, bigint);
DROP TRIGGER spans_add_up ON ledger_span;
DROP TRIGGER span_append_only ON ledger_span;
DROP TRIGGER span_no_truncate ON ledger_span;
DROP FUNCTION ledger_spans_add_up(), ledger_span_of(bigint, smallint, bigint),
    ledger_spans(bigint, int);
