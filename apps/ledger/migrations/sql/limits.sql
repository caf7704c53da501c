-- Limits: how much may leave an account, or come in, in one transaction or over days. The engine asks
-- ledger_limits_check for every booking on an account that is `limited`, under that account's lock;
-- each limit keeps counters of its own by day, so that a check never reads the history of entries.
--
-- What counts is what moved: the legs that lower the account (out) or raise it (in), each on its own,
-- so that money in does not make up for money out in the same transaction. Towards a counterparty
-- counts as much as can have gone there: the lesser of what the account gave and what it got.

-- --- append-only, for every role; counters are moved by bookings alone

CREATE TRIGGER limit_append_only BEFORE UPDATE OR DELETE ON ledger_limit
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER limit_no_truncate BEFORE TRUNCATE ON ledger_limit
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER limit_version_append_only BEFORE UPDATE OR DELETE ON ledger_limit_version
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER limit_version_no_truncate BEFORE TRUNCATE ON ledger_limit_version
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER limit_use_no_delete BEFORE DELETE ON ledger_limit_use
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER limit_use_no_truncate BEFORE TRUNCATE ON ledger_limit_use
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER limit_waiver_append_only BEFORE UPDATE OR DELETE ON ledger_limit_waiver
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER limit_waiver_no_truncate BEFORE TRUNCATE ON ledger_limit_waiver
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER account_stays_limited BEFORE UPDATE OF limited ON ledger_account
    FOR EACH ROW WHEN (OLD.limited AND NOT NEW.limited) EXECUTE FUNCTION probity_refuse_change();

CREATE FUNCTION ledger_limit_use_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN -- 1: this trigger alone; 2: a booking's trigger moves it
        RAISE EXCEPTION 'what is used is moved by bookings alone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER limit_use_guard BEFORE INSERT OR UPDATE ON ledger_limit_use
    FOR EACH ROW EXECUTE FUNCTION ledger_limit_use_guard();

-- Counters change with every booking: leave room on the page, so that no index is touched.
ALTER TABLE ledger_limit_use SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- --- what a limit says

-- The first day of the window that ends with p_day.
CREATE FUNCTION ledger_limit_window(p_period text, p_days int, p_day date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE p_period WHEN 'month' THEN date_trunc('month', p_day::timestamp)::date
                     WHEN 'days' THEN p_day - (p_days - 1) END;

-- How much the limit allows at p_at; null: no limit. What was said last counts.
CREATE FUNCTION ledger_limit_maximum(p_limit bigint, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT maximum FROM ledger_limit_version
            WHERE limit_id = p_limit AND effective_from <= p_at
                AND (effective_until IS NULL OR effective_until > p_at)
            ORDER BY id DESC LIMIT 1);
END
$$;

CREATE FUNCTION ledger_limit_refuse(
    p_direction text, p_period text, p_days int, p_scope text, p_measure text, p_left numeric
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_refuse('limit-exceeded', format(
        'of the limit on what %s %s%s, %s %s left',
        CASE p_direction WHEN 'out' THEN 'leaves' ELSE 'comes in' END,
        CASE WHEN p_period = 'transaction' THEN 'in one transaction'
             WHEN p_period = 'month' THEN 'in a month'
             WHEN p_days = 1 THEN 'in a day' ELSE format('in %s days', p_days) END,
        CASE p_scope WHEN 'each' THEN ' for each counterparty' WHEN 'one' THEN ' for one counterparty'
                     ELSE '' END,
        greatest(p_left, 0),
        CASE p_measure WHEN 'count' THEN 'transactions are' ELSE 'minor units are' END));
END
$$;

-- --- what transactions use of the limits of their accounts
--
-- A reversal uses nothing: it gives back what the transaction had used, on the day on which that one
-- counted. So what a transaction uses is counted from what its reversals have left of its legs;
-- p_unseen are parts of reversals that do not count yet. A reversal of a reversal books the money
-- anew, and counts as any booking does.
CREATE FUNCTION ledger_limit_flows(p_transactions bigint[], p_unseen bigint[])
RETURNS TABLE (limit_id bigint, counterparty_id bigint, recorded_at timestamptz, used numeric)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT f.limit_id, f.counterparty_id, t.recorded_at, f.used
        FROM (SELECT DISTINCT id FROM unnest(p_transactions) AS w (id)) AS wanted
        CROSS JOIN LATERAL (
            SELECT id, kind, recorded_at FROM ledger_transaction WHERE id = wanted.id LIMIT 1) AS t
        CROSS JOIN LATERAL ( -- one transaction at a time: its legs are few, all of them many
            WITH leg AS (
                SELECT a.id AS account_id, a.limited, coalesce(a.slot_of_id, a.id) AS party,
                       e.currency, e.debit > 0 AS is_debit,
                       (e.debit > 0) = (a.kind IN ('asset', 'expense')) AS raises,
                       greatest(e.debit, e.credit) - undone.minor AS minor
                FROM ledger_entry AS e
                CROSS JOIN LATERAL (
                    SELECT id, kind, limited, slot_of_id FROM ledger_account
                    WHERE id = e.account_id LIMIT 1) AS a
                CROSS JOIN LATERAL (
                    SELECT coalesce(sum(amount_minor), 0) AS minor FROM ledger_reversal_part
                    WHERE entry_id = e.id AND id <> ALL (p_unseen)) AS undone
                WHERE e.transaction_id = t.id
            ), moved AS (
                SELECT account_id, currency, is_debit, raises, sum(minor) AS minor
                FROM leg WHERE limited GROUP BY account_id, currency, is_debit, raises
            ), across AS (
                SELECT party, currency, is_debit, sum(minor) AS minor
                FROM leg GROUP BY party, currency, is_debit
            )
            SELECT l.id AS limit_id,
                   CASE l.scope WHEN 'each' THEN x.party ELSE m.account_id END AS counterparty_id,
                   CASE l.measure WHEN 'count' THEN sign(least(m.minor, x.minor))
                                  ELSE least(m.minor, x.minor) END AS used
            FROM moved AS m
            JOIN ledger_limit AS l ON l.account_id = m.account_id
                AND l.direction = CASE WHEN m.raises THEN 'in' ELSE 'out' END
            LEFT JOIN across AS x ON l.scope <> 'all' AND x.currency = m.currency
                AND x.is_debit <> m.is_debit AND x.party <> m.account_id
                AND (l.scope = 'each' OR x.party = l.counterparty_id)
            WHERE l.scope = 'all' OR x.party IS NOT NULL) AS f
        WHERE t.kind <> 'reversal' OR EXISTS (
            SELECT FROM ledger_reversal AS r JOIN ledger_transaction AS u ON u.id = r.reversed_id
            WHERE r.transaction_id = t.id AND u.kind = 'reversal');
END
$$;

-- Count what the transactions use, and refuse what passes a limit. Called by the triggers of bookings, once for
-- each transaction, when its legs are all there. What calls itself a reversal uses nothing, and is noted: at COMMIT
-- a foreign key holds it to that.
CREATE FUNCTION ledger_limits_check(p_transactions bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_flow record;
    v_used numeric;
    v_maximum bigint;
BEGIN
    INSERT INTO ledger_limit_waiver (transaction_id)
    SELECT t.id FROM (SELECT DISTINCT id FROM unnest(p_transactions) AS w (id)) AS wanted
    CROSS JOIN LATERAL (
        SELECT id, kind FROM ledger_transaction WHERE id = wanted.id LIMIT 1) AS t
    WHERE t.kind = 'reversal' AND NOT EXISTS (
        SELECT FROM ledger_reversal WHERE transaction_id = t.id);

    FOR v_flow IN
        SELECT l.*, f.party, f.day, f.at, f.used, f.most
        FROM (SELECT limit_id, counterparty_id AS party, ledger_day(recorded_at) AS day,
                     max(recorded_at) AS at, sum(used) AS used, max(used) AS most
              FROM ledger_limit_flows(p_transactions, '{}')
              GROUP BY limit_id, counterparty_id, ledger_day(recorded_at)) AS f
        CROSS JOIN LATERAL (SELECT * FROM ledger_limit WHERE id = f.limit_id LIMIT 1) AS l
        ORDER BY l.id, f.party, f.day
    LOOP
        IF v_flow.period = 'transaction' THEN
            v_used := v_flow.most;
        ELSIF v_flow.day < v_flow.counted_from THEN
            CONTINUE; -- booked with a time before the limit was set
        ELSE
            INSERT INTO ledger_limit_use AS u (limit_id, counterparty_id, day, used)
            VALUES (v_flow.id, v_flow.party, v_flow.day, v_flow.used)
            ON CONFLICT (limit_id, counterparty_id, day) DO UPDATE SET used = u.used + excluded.used;
            SELECT sum(used) INTO v_used FROM ledger_limit_use
                WHERE limit_id = v_flow.id AND counterparty_id = v_flow.party
                    AND day BETWEEN ledger_limit_window(v_flow.period, v_flow.days, v_flow.day)
                                AND v_flow.day;
        END IF;
        v_maximum := ledger_limit_maximum(v_flow.id, v_flow.at);
        IF v_used > v_maximum THEN
            PERFORM ledger_limit_refuse(
                v_flow.direction, v_flow.period, v_flow.days, v_flow.scope, v_flow.measure,
                CASE v_flow.period WHEN 'transaction' THEN v_maximum
                                   ELSE v_maximum - (v_used - v_flow.used) END);
        END IF;
    END LOOP;
END
$$;

-- --- reversals give back

CREATE FUNCTION ledger_limits_give_back() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_parts bigint[] := ARRAY(SELECT id FROM added);
    v_reversed bigint[] := ARRAY(
        SELECT DISTINCT e.transaction_id FROM added AS p
        CROSS JOIN LATERAL (SELECT transaction_id FROM ledger_entry
                            WHERE id = p.entry_id LIMIT 1) AS e);
BEGIN
    UPDATE ledger_limit_use AS u SET used = u.used - back.used
        FROM (SELECT limit_id, counterparty_id, ledger_day(recorded_at) AS day, sum(used) AS used
              FROM (SELECT * FROM ledger_limit_flows(v_reversed, v_parts)
                    UNION ALL
                    SELECT limit_id, counterparty_id, recorded_at, -used
                    FROM ledger_limit_flows(v_reversed, '{}')) AS f
              GROUP BY 1, 2, 3 HAVING sum(used) > 0) AS back
        WHERE (u.limit_id, u.counterparty_id, u.day)
            = (back.limit_id, back.counterparty_id, back.day);
    RETURN NULL;
END
$$;
CREATE TRIGGER reversal_parts_give_back AFTER INSERT ON ledger_reversal_part
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_limits_give_back();

CREATE FUNCTION ledger_limits_count_reversal() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF (SELECT kind FROM ledger_transaction WHERE id = NEW.reversed_id) = 'reversal' THEN
        PERFORM ledger_limits_check(ARRAY[NEW.transaction_id]);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER reversal_of_reversal_counts AFTER INSERT ON ledger_reversal
    FOR EACH ROW EXECUTE FUNCTION ledger_limits_count_reversal();

-- --- a hold promises what one transaction may then take: days are counted when it is captured
--
-- Named to run after hold_placed, which locks the account.

CREATE FUNCTION ledger_hold_within_limits() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_maximum bigint;
BEGIN
    IF NOT (SELECT limited FROM ledger_account WHERE id = NEW.account_id) THEN
        RETURN NULL;
    END IF;
    SELECT ledger_limit_maximum(id, NEW.recorded_at) INTO v_maximum FROM ledger_limit
        WHERE account_id = NEW.account_id AND direction = 'out' AND period = 'transaction'
            AND scope = 'all';
    IF NEW.amount_minor > v_maximum THEN
        PERFORM ledger_limit_refuse('out', 'transaction', 0, 'all', 'amount', v_maximum);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER hold_within_limits AFTER INSERT ON ledger_hold
    FOR EACH ROW EXECUTE FUNCTION ledger_hold_within_limits();

-- --- a limit that is set counts what its first window has seen already

CREATE FUNCTION ledger_limit_begins() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM ledger_account
        WHERE id = NEW.account_id AND mode = 'plain' AND slot_of_id IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('limit-needs-plain-account',
                              'an account whose balance is kept apart takes no limit');
    END IF;
    UPDATE ledger_account SET limited = true WHERE id = NEW.account_id AND NOT limited;
    NEW.counted_from := ledger_limit_window(NEW.period, NEW.days, ledger_day(NEW.recorded_at));
    RETURN NEW;
END
$$;
CREATE TRIGGER limit_begins BEFORE INSERT ON ledger_limit
    FOR EACH ROW EXECUTE FUNCTION ledger_limit_begins();

-- Roll-ups tell which versions a day has at the lowest: older entries are not read.
CREATE FUNCTION ledger_limit_catches_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_first bigint := (
        SELECT coalesce(least(min(first_version) FILTER (WHERE recorded_on >= NEW.counted_from),
                              max(last_version) + 1), 1)
        FROM ledger_roll_up WHERE account_id = NEW.account_id);
BEGIN
    INSERT INTO ledger_limit_use (limit_id, counterparty_id, day, used)
    SELECT NEW.id, f.counterparty_id, ledger_day(f.recorded_at), sum(f.used)
    FROM ledger_limit_flows(ARRAY(
        SELECT DISTINCT t.id FROM ledger_entry AS e
        CROSS JOIN LATERAL (
            SELECT id, recorded_at FROM ledger_transaction WHERE id = e.transaction_id LIMIT 1) AS t
        WHERE e.account_id = NEW.account_id AND e.version >= v_first
            AND ledger_day(t.recorded_at) >= NEW.counted_from), '{}') AS f
    WHERE f.limit_id = NEW.id
    GROUP BY f.counterparty_id, ledger_day(f.recorded_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER limit_catches_up AFTER INSERT ON ledger_limit
    FOR EACH ROW WHEN (NEW.period <> 'transaction') EXECUTE FUNCTION ledger_limit_catches_up();

-- p_limit {id, account, direction, period, days, scope, counterparty, measure, maximum,
--          effective_from, effective_until}; id: of a limit that the account did not have in this
--          shape; maximum null: no limit for that time. Returns the limit's id.
CREATE FUNCTION ledger_set_limit(
    p_limit jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_wanted record;
    v_account record;
    v_other record;
    v_limit record;
BEGIN
    SELECT * INTO v_wanted FROM jsonb_to_record(p_limit) AS w (
        id uuid, account uuid, direction text, period text, days int, scope text, counterparty uuid,
        measure text, maximum bigint, effective_from timestamptz, effective_until timestamptz);
    SELECT id, currency INTO v_account FROM ledger_account
        WHERE public_id = v_wanted.account FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('account-not-found', 'no such account');
    END IF;
    SELECT coalesce(slot_of_id, id) AS id, currency INTO v_other FROM ledger_account
        WHERE public_id = v_wanted.counterparty;
    IF NOT FOUND AND v_wanted.counterparty IS NOT NULL THEN
        PERFORM ledger_refuse('account-not-found', 'no such counterparty');
    ELSIF v_other.currency <> v_account.currency THEN
        PERFORM ledger_refuse('currency-mismatch', 'the counterparty keeps another currency');
    END IF;

    SELECT id, public_id INTO v_limit FROM ledger_limit
        WHERE account_id = v_account.id AND direction = v_wanted.direction
            AND period = v_wanted.period AND days = v_wanted.days AND scope = v_wanted.scope
            AND counterparty_id IS NOT DISTINCT FROM v_other.id AND measure = v_wanted.measure;
    IF NOT FOUND THEN
        INSERT INTO ledger_limit (public_id, account_id, direction, period, days, scope,
                                  counterparty_id, measure, recorded_at)
        VALUES (v_wanted.id, v_account.id, v_wanted.direction, v_wanted.period, v_wanted.days,
                v_wanted.scope, v_other.id, v_wanted.measure, p_now)
        RETURNING id, public_id INTO v_limit;
    END IF;
    INSERT INTO ledger_limit_version
        (limit_id, maximum, effective_from, effective_until, recorded_at)
    VALUES (v_limit.id, v_wanted.maximum, v_wanted.effective_from, v_wanted.effective_until, p_now);
    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.limit.set',
                         'account:' || v_wanted.account,
                         p_limit - 'account' || jsonb_build_object('id', v_limit.public_id),
                         p_request_id);
    RETURN v_limit.public_id;
END
$$;

-- --- always on, and least power

ALTER TABLE ledger_limit ENABLE ALWAYS TRIGGER limit_append_only;
ALTER TABLE ledger_limit ENABLE ALWAYS TRIGGER limit_no_truncate;
ALTER TABLE ledger_limit ENABLE ALWAYS TRIGGER limit_begins;
ALTER TABLE ledger_limit ENABLE ALWAYS TRIGGER limit_catches_up;
ALTER TABLE ledger_limit_version ENABLE ALWAYS TRIGGER limit_version_append_only;
ALTER TABLE ledger_limit_version ENABLE ALWAYS TRIGGER limit_version_no_truncate;
ALTER TABLE ledger_limit_use ENABLE ALWAYS TRIGGER limit_use_no_delete;
ALTER TABLE ledger_limit_use ENABLE ALWAYS TRIGGER limit_use_no_truncate;
ALTER TABLE ledger_limit_use ENABLE ALWAYS TRIGGER limit_use_guard;
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER account_stays_limited;
ALTER TABLE ledger_reversal_part ENABLE ALWAYS TRIGGER reversal_parts_give_back;
ALTER TABLE ledger_reversal ENABLE ALWAYS TRIGGER reversal_of_reversal_counts;
ALTER TABLE ledger_limit_waiver ENABLE ALWAYS TRIGGER limit_waiver_append_only;
ALTER TABLE ledger_limit_waiver ENABLE ALWAYS TRIGGER limit_waiver_no_truncate;
ALTER TABLE ledger_hold ENABLE ALWAYS TRIGGER hold_within_limits;

REVOKE ALL ON FUNCTION
    ledger_limit_use_guard(), ledger_limit_window(text, int, date),
    ledger_limit_maximum(bigint, timestamptz),
    ledger_limit_refuse(text, text, int, text, text, numeric),
    ledger_limit_flows(bigint[], bigint[]), ledger_limits_check(bigint[]), ledger_limits_give_back(),
    ledger_limits_count_reversal(), ledger_hold_within_limits(),
    ledger_limit_begins(), ledger_limit_catches_up(),
    ledger_set_limit(jsonb, timestamptz, text, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ledger_limit_window(text, int, date),
    ledger_set_limit(jsonb, timestamptz, text, text, text) TO probity_app;
REVOKE ALL ON ledger_limit, ledger_limit_version, ledger_limit_use, ledger_limit_waiver FROM PUBLIC;
GRANT SELECT ON ledger_limit, ledger_limit_version, ledger_limit_use, ledger_limit_waiver
    TO probity_app, probity_report;
