-- Fees: what a schedule says is not changed once it was charged by, and a fee is booked as it says.

DO $$
DECLARE v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['fee', 'fee_schedule', 'fee_version', 'fee_tier'] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE '
            'ON ledger_%1$s FOR EACH ROW EXECUTE FUNCTION probity_refuse_change()', v_table);
        EXECUTE format('CREATE TRIGGER %1$s_no_truncate BEFORE TRUNCATE '
            'ON ledger_%1$s FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change()', v_table);
        EXECUTE format('ALTER TABLE ledger_%1$s ENABLE ALWAYS TRIGGER %1$s_append_only, '
            'ENABLE ALWAYS TRIGGER %1$s_no_truncate', v_table);
    END LOOP;
END
$$;
ALTER TABLE ledger_fee_version ADD COLUMN written_by xid8 NOT NULL DEFAULT pg_current_xact_id();

-- Charges share it; who changes by what is charged goes alone.
CREATE FUNCTION ledger_fees_lock() RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1717921139; -- "fees" in ASCII

CREATE FUNCTION ledger_fee_schedule_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_account WHERE id = NEW.income_account_id
                   AND kind = 'income' AND currency = NEW.currency) THEN
        RAISE EXCEPTION 'fees are income of their currency' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER fee_schedule_guard BEFORE INSERT ON ledger_fee_schedule
    FOR EACH ROW EXECUTE FUNCTION ledger_fee_schedule_guard();

CREATE FUNCTION ledger_fee_version_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_fees_lock());
    NEW.written_by := pg_current_xact_id();
    IF EXISTS (SELECT FROM ledger_fee_version AS v JOIN ledger_fee AS f ON f.version_id = v.id
               WHERE v.schedule_id = NEW.schedule_id
                   AND ledger_day(f.effective_at) >= NEW.effective_on) THEN
        RAISE EXCEPTION 'fees of these days were charged by other terms'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER fee_version_guard BEFORE INSERT ON ledger_fee_version
    FOR EACH ROW EXECUTE FUNCTION ledger_fee_version_guard();

CREATE FUNCTION ledger_fee_tier_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_fee_version
                   WHERE id = NEW.version_id AND written_by = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'tiers come with their version' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER fee_tier_guard BEFORE INSERT ON ledger_fee_tier
    FOR EACH ROW EXECUTE FUNCTION ledger_fee_tier_guard();

CREATE FUNCTION ledger_fee_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(ledger_fees_lock());
    IF NOT EXISTS (
        SELECT FROM ledger_fee_version AS v
        JOIN ledger_fee_schedule AS s ON s.id = v.schedule_id
        JOIN ledger_account AS a ON a.id = NEW.account_id AND a.currency = s.currency
        WHERE v.id = NEW.version_id
            AND v.id = (SELECT id FROM ledger_fee_version
                        WHERE schedule_id = s.id AND effective_on <= ledger_day(NEW.effective_at)
                        ORDER BY effective_on DESC LIMIT 1)
            AND NEW.fee_minor >= coalesce(v.min_minor, 0)
            AND NEW.fee_minor <= coalesce(v.max_minor, NEW.fee_minor)
            AND (NEW.transaction_id IS NULL OR ledger_transaction_moves(
                NEW.transaction_id, 'fee', ARRAY[NEW.account_id, s.income_account_id],
                ARRAY[NEW.fee_minor, -NEW.fee_minor]))
    ) THEN
        RAISE EXCEPTION 'a fee is charged by the terms in force, and booked as such'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER fee_guard BEFORE INSERT ON ledger_fee
    FOR EACH ROW EXECUTE FUNCTION ledger_fee_guard();

ALTER TABLE ledger_fee_schedule ENABLE ALWAYS TRIGGER fee_schedule_guard;
ALTER TABLE ledger_fee_version ENABLE ALWAYS TRIGGER fee_version_guard;
ALTER TABLE ledger_fee_tier ENABLE ALWAYS TRIGGER fee_tier_guard;
ALTER TABLE ledger_fee ENABLE ALWAYS TRIGGER fee_guard;

REVOKE ALL ON FUNCTION ledger_fees_lock(), ledger_fee_schedule_guard(), ledger_fee_version_guard(),
    ledger_fee_tier_guard(), ledger_fee_guard() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_fees_lock() TO probity_app;
REVOKE ALL ON ledger_fee, ledger_fee_schedule, ledger_fee_version, ledger_fee_tier FROM PUBLIC;
GRANT SELECT, INSERT ON ledger_fee, ledger_fee_schedule, ledger_fee_version, ledger_fee_tier
    TO probity_app;
GRANT SELECT ON ledger_fee, ledger_fee_schedule, ledger_fee_version, ledger_fee_tier
    TO probity_report;
