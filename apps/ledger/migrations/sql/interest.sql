-- Interest: terms do not change once interest has accrued by them; days leave no gap, add up exactly,
-- and are booked by their transactions. The application writes the rows: these triggers believe none.

DO $$
DECLARE v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['schedule', 'version', 'tier', 'assignment', 'accrual', 'capital'] LOOP
        EXECUTE format('CREATE TRIGGER interest_%1$s_append_only BEFORE UPDATE OR DELETE '
            'ON ledger_interest_%1$s FOR EACH ROW EXECUTE FUNCTION probity_refuse_change()', v_table);
        EXECUTE format('CREATE TRIGGER interest_%1$s_no_truncate BEFORE TRUNCATE '
            'ON ledger_interest_%1$s FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change()', v_table);
        EXECUTE format('ALTER TABLE ledger_interest_%1$s '
            'ENABLE ALWAYS TRIGGER interest_%1$s_append_only, '
            'ENABLE ALWAYS TRIGGER interest_%1$s_no_truncate', v_table);
    END LOOP;
END
$$;
ALTER TABLE ledger_interest_version
    ADD COLUMN written_by xid8 NOT NULL DEFAULT pg_current_xact_id();

-- Whoever accrues, or changes by what is accrued, goes alone.
CREATE FUNCTION ledger_interest_lock() RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 7597137600480375668; -- "interest" in ASCII

-- --- amounts, counted a second time: whatever writes a day, its amount is that of its balance

-- The part of a year between two dates, in 1/1,603,080: see rules.day_count.
CREATE FUNCTION ledger_year_shares(p_convention text, p_start date, p_end date) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    v_first int := extract(day FROM p_start);
    v_last int := extract(day FROM p_end);
    v_months int := 12 * (extract(year FROM p_end) - extract(year FROM p_start))
                    + extract(month FROM p_end) - extract(month FROM p_start);
BEGIN
    IF p_convention = 'ACT/365F' THEN
        RETURN (p_end - p_start)::bigint * 4392;
    ELSIF p_convention = 'ACT/360' THEN
        RETURN (p_end - p_start)::bigint * 4453;
    ELSIF p_convention = 'ACT/ACT ISDA' THEN
        RETURN ledger_shares_of_era(p_end) - ledger_shares_of_era(p_start);
    END IF;
    v_first := least(v_first, 30);
    IF v_last = 31 AND (p_convention = '30E/360' OR v_first = 30) THEN
        v_last := 30;
    END IF;
    RETURN 4453 * (30 * v_months + v_last - v_first)::bigint;
END
$$;

-- Of ACT/ACT ISDA, counted from the beginning of the era: whole years, and the days of this one.
CREATE FUNCTION ledger_shares_of_era(p_day date) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    v_year int := extract(year FROM p_day);
    v_is_leap boolean := v_year % 4 = 0 AND (v_year % 100 <> 0 OR v_year % 400 = 0);
BEGIN
    RETURN v_year * 1603080::bigint
        + (extract(doy FROM p_day)::bigint - 1) * CASE WHEN v_is_leap THEN 4380 ELSE 4392 END;
END
$$;

-- The interest of a day on a balance (credit side), in grains.
CREATE FUNCTION ledger_interest_of_day(
    p_version bigint, p_convention text, p_anchor date, p_day date, p_base bigint
) RETURNS numeric
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_size numeric := abs(p_base::numeric);
    v_tiering text;
    v_minimum bigint;
    v_tier record;
    v_rate numeric;
    v_year numeric := 0;
BEGIN
    SELECT tiering, minimum_minor INTO v_tiering, v_minimum
        FROM ledger_interest_version WHERE id = p_version;
    IF p_base = 0 OR (p_base > 0 AND p_base < v_minimum) THEN
        RETURN 0;
    END IF;
    FOR v_tier IN SELECT from_minor, rate FROM ledger_interest_tier
                  WHERE version_id = p_version AND from_minor <= v_size
                      AND side = CASE WHEN p_base > 0 THEN 'credit' ELSE 'debit' END
                  ORDER BY from_minor LOOP
        IF v_tiering = 'marginal' THEN -- what lies above pays this rate and no more the one below
            v_year := v_year + (v_size - v_tier.from_minor) * (v_tier.rate - coalesce(v_rate, 0));
        ELSE
            v_year := v_size * v_tier.rate;
        END IF;
        v_rate := v_tier.rate;
    END LOOP;
    RETURN v_year * 10000000000 * (ledger_year_shares(p_convention, p_anchor, p_day + 1)
                                   - ledger_year_shares(p_convention, p_anchor, p_day));
END
$$;

-- The whole minor units in so many grains, rounded down.
CREATE FUNCTION ledger_interest_whole(p_grains numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN -- div and mod are exact, a quotient is not
    div(p_grains, 16030800000000000) - CASE WHEN mod(p_grains, 16030800000000000) < 0 THEN 1 ELSE 0 END;

-- Whether a transaction of the kind, written now, debits each account by so much (below zero:
-- credits), and no other.
CREATE FUNCTION ledger_transaction_moves(
    p_transaction bigint, p_kind text, p_accounts bigint[], p_minor numeric[]
) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM ledger_transaction
        WHERE id = p_transaction AND kind = p_kind AND written_by = pg_current_xact_id()
    ) AND NOT EXISTS (
        SELECT FROM (
            SELECT coalesce(a.slot_of_id, a.id) AS account_id, e.debit - e.credit AS minor
            FROM ledger_entry AS e
            CROSS JOIN LATERAL (
                SELECT id, slot_of_id FROM ledger_account WHERE id = e.account_id LIMIT 1) AS a
            WHERE e.transaction_id = p_transaction
            UNION ALL
            SELECT account, -minor FROM unnest(p_accounts, p_minor) AS w (account, minor)
        ) AS moves
        GROUP BY account_id HAVING sum(minor) <> 0);
END
$$;

-- --- terms

CREATE FUNCTION ledger_interest_schedule_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (VALUES (NEW.expense_account_id, 'expense'), (NEW.payable_account_id, 'liability'),
                            (NEW.income_account_id, 'income'), (NEW.receivable_account_id, 'asset'))
            AS w (id, kind)
        LEFT JOIN ledger_account AS a ON a.id = w.id
        WHERE (a.kind, a.currency) IS DISTINCT FROM (w.kind, NEW.currency)
    ) OR EXISTS (SELECT FROM ledger_interest_assignment
                 WHERE account_id IN (NEW.payable_account_id, NEW.receivable_account_id)) THEN
        RAISE EXCEPTION 'a schedule books to accounts of its currency, which bear no interest'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER interest_schedule_guard BEFORE INSERT ON ledger_interest_schedule
    FOR EACH ROW EXECUTE FUNCTION ledger_interest_schedule_guard();

CREATE FUNCTION ledger_interest_version_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_interest_lock());
    NEW.written_by := pg_current_xact_id();
    IF EXISTS (SELECT FROM ledger_interest_version AS v
               JOIN ledger_interest_accrual AS r ON r.version_id = v.id
               WHERE v.schedule_id = NEW.schedule_id AND r.day >= NEW.effective_on) THEN
        RAISE EXCEPTION 'interest of these days has accrued by other terms'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER interest_version_guard BEFORE INSERT ON ledger_interest_version
    FOR EACH ROW EXECUTE FUNCTION ledger_interest_version_guard();

CREATE FUNCTION ledger_interest_tier_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_interest_version
                   WHERE id = NEW.version_id AND written_by = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'tiers come with their version' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER interest_tier_guard BEFORE INSERT ON ledger_interest_tier
    FOR EACH ROW EXECUTE FUNCTION ledger_interest_tier_guard();

CREATE FUNCTION ledger_interest_assignment_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_interest_lock());
    IF EXISTS (SELECT FROM ledger_interest_accrual
               WHERE account_id = NEW.account_id AND day >= NEW.effective_on) THEN
        RAISE EXCEPTION 'interest of these days has accrued by another schedule'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.schedule_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM ledger_account AS a
        JOIN ledger_interest_schedule AS s ON s.id = NEW.schedule_id AND s.currency = a.currency
        JOIN ledger_interest_version AS v ON v.schedule_id = s.id AND v.effective_on <= NEW.effective_on
        WHERE a.id = NEW.account_id AND a.kind IN ('asset', 'liability') AND a.mode = 'plain' AND a.slot_of_id IS NULL
            AND NOT EXISTS (SELECT FROM ledger_interest_schedule
                            WHERE a.id IN (payable_account_id, receivable_account_id))
    ) THEN
        RAISE EXCEPTION 'the account cannot bear interest by this schedule from this day on'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER interest_assignment_guard BEFORE INSERT ON ledger_interest_assignment
    FOR EACH ROW EXECUTE FUNCTION ledger_interest_assignment_guard();

-- --- days

CREATE FUNCTION ledger_interest_accruals_add_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added AS r
        LEFT JOIN LATERAL (
            SELECT number, paid_total, charged_total, seen_version FROM ledger_interest_accrual
            WHERE account_id = r.account_id AND number = r.number - 1) AS before ON true
        LEFT JOIN LATERAL (
            SELECT revision, paid_grains, charged_grains FROM ledger_interest_accrual
            WHERE account_id = r.account_id AND day = r.day AND revision = r.revision - 1
        ) AS earlier ON true
        WHERE (before.number IS NULL) <> (r.number = 1)
            OR (earlier.revision IS NULL) <> (r.revision = 0)
            OR r.paid_total <> coalesce(before.paid_total, 0) + r.paid_grains
                               - coalesce(earlier.paid_grains, 0)
            OR r.charged_total <> coalesce(before.charged_total, 0) + r.charged_grains
                                  - coalesce(earlier.charged_grains, 0)
            OR r.paid_minor <> ledger_interest_whole(r.paid_total)
                               - ledger_interest_whole(coalesce(before.paid_total, 0))
            OR r.charged_minor <> ledger_interest_whole(r.charged_total)
                                  - ledger_interest_whole(coalesce(before.charged_total, 0))
            OR r.seen_version < coalesce(before.seen_version, 0)
            OR r.seen_version > (SELECT version FROM ledger_account WHERE id = r.account_id)
            OR r.day >= ledger_day(r.recorded_at)
    ) THEN
        RAISE EXCEPTION 'interest adds up, day by day' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM added AS r
        WHERE r.revision = 0
            AND NOT EXISTS (SELECT FROM ledger_interest_accrual
                            WHERE account_id = r.account_id AND day = r.day - 1)
            AND (SELECT schedule_id FROM ledger_interest_assignment
                 WHERE account_id = r.account_id AND effective_on < r.day
                 ORDER BY effective_on DESC LIMIT 1) IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'interest leaves no day out' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM added AS r
        LEFT JOIN LATERAL (
            SELECT id, effective_on, schedule_id FROM ledger_interest_assignment
            WHERE account_id = r.account_id AND effective_on <= r.day
            ORDER BY effective_on DESC LIMIT 1) AS s ON true
        LEFT JOIN LATERAL (
            SELECT id FROM ledger_interest_version
            WHERE schedule_id = s.schedule_id AND effective_on <= r.day
            ORDER BY effective_on DESC LIMIT 1) AS v ON true
        LEFT JOIN LATERAL (
            SELECT * FROM ledger_interest_schedule WHERE id = s.schedule_id LIMIT 1) AS c ON true
        WHERE (r.assignment_id, r.version_id) IS DISTINCT FROM (s.id, v.id)
            OR r.paid_grains + r.charged_grains <> ledger_interest_of_day(
                v.id, c.day_count, s.effective_on, r.day, r.base_minor)
            OR (r.transaction_id IS NOT NULL AND NOT ledger_transaction_moves(
                r.transaction_id, 'interest',
                ARRAY[c.expense_account_id, c.payable_account_id,
                      c.receivable_account_id, c.income_account_id],
                ARRAY[r.paid_minor, -r.paid_minor, r.charged_minor, -r.charged_minor]))
    ) THEN
        RAISE EXCEPTION 'interest is what its terms say of its balance, and is booked as such'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER interest_accruals_add_up AFTER INSERT ON ledger_interest_accrual
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_interest_accruals_add_up();

CREATE FUNCTION ledger_interest_capital_adds_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added AS r
        LEFT JOIN LATERAL (
            SELECT c.* FROM ledger_interest_accrual AS d
            JOIN ledger_interest_assignment AS s ON s.id = d.assignment_id
            JOIN ledger_interest_schedule AS c ON c.id = s.schedule_id
            WHERE d.account_id = r.account_id AND d.day = r.day AND d.revision = 0
                AND d.assignment_id = r.assignment_id) AS c ON true
        CROSS JOIN LATERAL (
            SELECT sum(paid_grains) AS paid, sum(charged_grains) AS charged FROM (
                SELECT DISTINCT ON (day) paid_grains, charged_grains FROM ledger_interest_accrual
                WHERE account_id = r.account_id AND day <= r.day
                ORDER BY day, revision DESC) AS newest) AS accrued
        CROSS JOIN LATERAL (
            SELECT sum(paid_minor) AS paid, sum(charged_minor) AS charged
            FROM ledger_interest_capital
            WHERE account_id = r.account_id AND day <= r.day) AS moved
        WHERE c.id IS NULL
            OR r.number <> (SELECT max(number) FROM ledger_interest_accrual
                            WHERE account_id = r.account_id)
            OR (r.revision <> 0 AND NOT EXISTS (
                SELECT FROM ledger_interest_capital WHERE account_id = r.account_id
                    AND day = r.day AND revision = r.revision - 1))
            OR moved.paid <> ledger_interest_whole(accrued.paid)
            OR moved.charged <> ledger_interest_whole(accrued.charged)
            OR (r.transaction_id IS NOT NULL AND NOT ledger_transaction_moves(
                r.transaction_id, 'capitalisation',
                ARRAY[c.payable_account_id, r.account_id, c.receivable_account_id],
                ARRAY[r.paid_minor, r.charged_minor - r.paid_minor, -r.charged_minor]))
    ) THEN
        RAISE EXCEPTION 'what is capitalised is what had accrued' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER interest_capital_adds_up AFTER INSERT ON ledger_interest_capital
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_interest_capital_adds_up();

ALTER TABLE ledger_interest_schedule ENABLE ALWAYS TRIGGER interest_schedule_guard;
ALTER TABLE ledger_interest_version ENABLE ALWAYS TRIGGER interest_version_guard;
ALTER TABLE ledger_interest_tier ENABLE ALWAYS TRIGGER interest_tier_guard;
ALTER TABLE ledger_interest_assignment ENABLE ALWAYS TRIGGER interest_assignment_guard;
ALTER TABLE ledger_interest_accrual ENABLE ALWAYS TRIGGER interest_accruals_add_up;
ALTER TABLE ledger_interest_capital ENABLE ALWAYS TRIGGER interest_capital_adds_up;

REVOKE ALL ON FUNCTION ledger_interest_lock(), ledger_year_shares(text, date, date),
    ledger_shares_of_era(date), ledger_interest_of_day(bigint, text, date, date, bigint), ledger_interest_whole(numeric),
    ledger_transaction_moves(bigint, text, bigint[], numeric[]), ledger_interest_schedule_guard(),
    ledger_interest_version_guard(), ledger_interest_tier_guard(),
    ledger_interest_assignment_guard(), ledger_interest_accruals_add_up(),
    ledger_interest_capital_adds_up() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_interest_lock(), ledger_year_shares(text, date, date),
    ledger_shares_of_era(date), ledger_interest_of_day(bigint, text, date, date, bigint), ledger_interest_whole(numeric),
    ledger_transaction_moves(bigint, text, bigint[], numeric[]) TO probity_app;
REVOKE ALL ON ledger_interest_schedule, ledger_interest_version, ledger_interest_tier,
    ledger_interest_assignment, ledger_interest_accrual, ledger_interest_capital FROM PUBLIC;
GRANT SELECT, INSERT ON ledger_interest_schedule, ledger_interest_version, ledger_interest_tier,
    ledger_interest_assignment, ledger_interest_accrual, ledger_interest_capital TO probity_app;
GRANT SELECT ON ledger_interest_schedule, ledger_interest_version, ledger_interest_tier,
    ledger_interest_assignment, ledger_interest_accrual, ledger_interest_capital TO probity_report;
