-- Exchanges: money of one currency against money of another through the house's trading accounts, with
-- the rate kept as an exact ratio.

ALTER TABLE ledger_conversion
    ADD CONSTRAINT conversion_sold FOREIGN KEY (sold_account_id, sold_currency)
        REFERENCES ledger_account (id, currency),
    ADD CONSTRAINT conversion_bought FOREIGN KEY (bought_account_id, bought_currency)
        REFERENCES ledger_account (id, currency),
    ADD CONSTRAINT conversion_lowest_terms CHECK (gcd(rate_numerator, rate_denominator) = 1);

CREATE TRIGGER conversion_append_only BEFORE UPDATE OR DELETE ON ledger_conversion
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER conversion_no_truncate BEFORE TRUNCATE ON ledger_conversion
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();

-- p_value / p_by, neither of them negative, as a whole number.
CREATE FUNCTION ledger_rounded(p_value numeric, p_by numeric, p_how text) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT whole + CASE p_how
        WHEN 'half_even' THEN (2 * rest > p_by OR (2 * rest = p_by AND mod(whole, 2) = 1))::int
        WHEN 'half_up' THEN (2 * rest >= p_by)::int
        WHEN 'up' THEN (rest > 0)::int
        ELSE 0 END
    FROM (SELECT div(p_value, p_by) AS whole, mod(p_value, p_by) AS rest) AS d
$$;

-- One side is exactly the other one at the rate, rounded as it says.
ALTER TABLE ledger_conversion ADD CONSTRAINT conversion_exact CHECK (CASE fixes
    WHEN 'sell' THEN bought_minor = ledger_rounded(
        sold_minor::numeric * rate_numerator, rate_denominator, rounding)
    ELSE sold_minor = ledger_rounded(
        bought_minor::numeric * rate_denominator, rate_numerator, rounding) END);

-- At COMMIT the conversion and the legs of its transaction say the same: that much moved on the one
-- trading account, and that much the other way on the other.
CREATE FUNCTION ledger_conversion_agrees() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_sold numeric; -- debits less credits; slots count as their account
    v_bought numeric;
BEGIN
    SELECT sum(e.debit - e.credit) FILTER (WHERE a.id = NEW.sold_account_id),
           sum(e.debit - e.credit) FILTER (WHERE a.id = NEW.bought_account_id)
        INTO v_sold, v_bought
        FROM ledger_transaction AS t JOIN ledger_entry AS e ON e.transaction_id = t.id
        CROSS JOIN LATERAL (
            SELECT coalesce(slot_of_id, id) AS id FROM ledger_account
            WHERE id = e.account_id LIMIT 1) AS a
        WHERE t.id = NEW.transaction_id AND t.kind = 'exchange'
            AND t.written_by = pg_current_xact_id();
    IF (abs(v_sold), abs(v_bought)) IS DISTINCT FROM
       (NEW.sold_minor::numeric, NEW.bought_minor::numeric) OR sign(v_sold) = sign(v_bought) THEN
        RAISE EXCEPTION 'a conversion is what its transaction exchanged'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER conversion_agrees AFTER INSERT ON ledger_conversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_conversion_agrees();

ALTER TABLE ledger_conversion ENABLE ALWAYS TRIGGER conversion_append_only;
ALTER TABLE ledger_conversion ENABLE ALWAYS TRIGGER conversion_no_truncate;
ALTER TABLE ledger_conversion ENABLE ALWAYS TRIGGER conversion_agrees;

-- p_conversion {sold_account, sold_currency, sold_minor, bought_account, bought_currency, bought_minor,
--              rate_numerator, rate_denominator, fixes, rounding, rate_source, quoted_at}
-- p_posting, p_legs as ledger_post takes them, of one posting of kind "exchange".
CREATE FUNCTION ledger_exchange(
    p_conversion jsonb, p_posting jsonb, p_legs jsonb, p_now timestamptz, p_actor_kind text,
    p_actor_key text, p_request_id text
) RETURNS TABLE (public_id uuid, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_posted record;
BEGIN
    SELECT p.public_id, p.replayed INTO v_posted FROM ledger_post(
        jsonb_build_array(p_posting), p_legs, p_now, p_actor_kind, p_actor_key, p_request_id, '',
        '{}') AS p;
    IF NOT v_posted.replayed THEN
        INSERT INTO ledger_conversion
            (transaction_id, sold_account_id, sold_currency, sold_minor, bought_account_id,
             bought_currency, bought_minor, rate_numerator, rate_denominator, fixes, rounding,
             rate_source, quoted_at)
        SELECT t.id, s.id, c.sold_currency, c.sold_minor, b.id, c.bought_currency, c.bought_minor,
               c.rate_numerator, c.rate_denominator, c.fixes, c.rounding, c.rate_source, c.quoted_at
        FROM jsonb_to_record(p_conversion) AS c (
            sold_account uuid, sold_currency text, sold_minor bigint, bought_account uuid,
            bought_currency text, bought_minor bigint, rate_numerator bigint,
            rate_denominator bigint, fixes text, rounding text, rate_source text,
            quoted_at timestamptz)
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_transaction WHERE public_id = v_posted.public_id LIMIT 1) AS t
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_account WHERE public_id = c.sold_account LIMIT 1) AS s
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_account WHERE public_id = c.bought_account LIMIT 1) AS b;
        IF NOT FOUND THEN
            PERFORM ledger_refuse('account-not-found', 'no such trading account');
        END IF;
    END IF;
    RETURN QUERY SELECT v_posted.public_id, v_posted.replayed;
END
$$;

REVOKE ALL ON FUNCTION ledger_rounded(numeric, numeric, text), ledger_conversion_agrees(),
    ledger_exchange(jsonb, jsonb, jsonb, timestamptz, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_exchange(jsonb, jsonb, jsonb, timestamptz, text, text, text)
    TO probity_app;
REVOKE ALL ON ledger_conversion FROM PUBLIC;
GRANT SELECT ON ledger_conversion TO probity_app, probity_report;
