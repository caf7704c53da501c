-- Roll-ups: sums of the entries of a day, so that a balance in time does not read the whole history.
-- Posts do not touch them: a job adds up what came since its last run, and a query adds the rest.

CREATE TRIGGER roll_up_append_only BEFORE UPDATE OR DELETE ON ledger_roll_up
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER roll_up_no_truncate BEFORE TRUNCATE ON ledger_roll_up
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();

-- The day of a moment, the same for every session whatever its time zone.
CREATE FUNCTION ledger_day(p_at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (p_at AT TIME ZONE 'UTC')::date;

-- Whoever inserts: a row is the sum of its entries, and the rows of an account leave none out.
CREATE FUNCTION ledger_roll_ups_add_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added AS r
        CROSS JOIN LATERAL (
            SELECT count(*) AS entries, min(e.version) AS first_version,
                   max(e.version) AS last_version, sum(e.debit) AS debit_minor,
                   sum(e.credit) AS credit_minor
            FROM ledger_entry AS e
            CROSS JOIN LATERAL (
                SELECT effective_at, recorded_at FROM ledger_transaction
                WHERE id = e.transaction_id LIMIT 1) AS t
            WHERE e.account_id = r.account_id
                AND e.version BETWEEN r.first_version AND r.last_version
                AND ledger_day(t.effective_at) = r.effective_on
                AND ledger_day(t.recorded_at) = r.recorded_on) AS counted
        WHERE (r.entries, r.first_version, r.last_version, r.debit_minor, r.credit_minor)
            IS DISTINCT FROM (counted.entries, counted.first_version, counted.last_version,
                              counted.debit_minor, counted.credit_minor)
    ) OR EXISTS (
        SELECT FROM (SELECT DISTINCT account_id FROM added) AS touched
        CROSS JOIN LATERAL (
            SELECT sum(entries) AS entries, max(last_version) AS last_version
            FROM ledger_roll_up WHERE account_id = touched.account_id) AS whole
        WHERE whole.entries <> whole.last_version
    ) THEN
        RAISE EXCEPTION 'a roll-up is the sum of its entries' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER roll_ups_add_up AFTER INSERT ON ledger_roll_up
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_roll_ups_add_up();

ALTER TABLE ledger_roll_up ENABLE ALWAYS TRIGGER roll_up_append_only;
ALTER TABLE ledger_roll_up ENABLE ALWAYS TRIGGER roll_up_no_truncate;
ALTER TABLE ledger_roll_up ENABLE ALWAYS TRIGGER roll_ups_add_up;

-- Add up the new entries of the next p_accounts accounts above the id p_after, at most p_entries of
-- each. Returns the last account looked at (null: there was none), and whether an account has more.
CREATE FUNCTION ledger_roll_up(p_after bigint, p_accounts int, p_entries int)
RETURNS TABLE (upto bigint, more boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_accounts bigint[] := ARRAY(SELECT id FROM ledger_account WHERE id > p_after
                                 ORDER BY id LIMIT p_accounts);
    v_more boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(32210658806232432); -- one run at a time: "roll up" in ASCII
    WITH due AS (
        SELECT a.id, a.version, coalesce(through.version, 0) AS through
        FROM unnest(v_accounts) AS wanted
        CROSS JOIN LATERAL (
            SELECT id, version FROM ledger_account WHERE id = wanted LIMIT 1) AS a
        CROSS JOIN LATERAL (
            SELECT max(last_version) AS version FROM ledger_roll_up
            WHERE account_id = a.id) AS through
    ), summed AS (
        INSERT INTO ledger_roll_up (account_id, effective_on, recorded_on, first_version,
                                    last_version, entries, debit_minor, credit_minor)
        SELECT due.id, ledger_day(e.effective_at), ledger_day(e.recorded_at), min(e.version),
               max(e.version), count(*), sum(e.debit), sum(e.credit)
        FROM due
        CROSS JOIN LATERAL (
            SELECT e.version, e.debit, e.credit, t.effective_at, t.recorded_at
            FROM ledger_entry AS e
            CROSS JOIN LATERAL (
                SELECT effective_at, recorded_at FROM ledger_transaction
                WHERE id = e.transaction_id LIMIT 1) AS t
            WHERE e.account_id = due.id AND e.version > due.through
                AND e.version <= due.through + p_entries) AS e
        WHERE due.version > due.through
        GROUP BY 1, 2, 3
    )
    SELECT bool_or(version > through + p_entries) INTO v_more FROM due;
    RETURN QUERY SELECT v_accounts[cardinality(v_accounts)], coalesce(v_more, false);
END
$$;

-- What took effect on an account by p_as_of, as it was known by p_known_at (null: no bound): its
-- turnover on both sides. Days that lie before both bounds come from roll-ups; of a day that a bound
-- cuts, and of what no run has added up yet, the entries are read.
CREATE FUNCTION ledger_turnover(p_account uuid, p_as_of timestamptz, p_known_at timestamptz)
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

REVOKE ALL ON FUNCTION ledger_day(timestamptz), ledger_roll_ups_add_up(),
    ledger_roll_up(bigint, int, int), ledger_turnover(uuid, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_day(timestamptz), ledger_roll_up(bigint, int, int),
    ledger_turnover(uuid, timestamptz, timestamptz) TO probity_app;
REVOKE ALL ON ledger_roll_up FROM PUBLIC;
GRANT SELECT ON ledger_roll_up TO probity_app, probity_report;
