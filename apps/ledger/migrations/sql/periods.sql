-- Periods: until when the books are closed, and who closed and opened them.
--
-- ledger_books.closed_before is what a post is compared with. It is moved by closings and reopenings
-- alone, under the exclusive lock of ledger_books_lock(); a backdated post holds that lock shared
-- until it ends. So a closing waits for the posts that are on their way, and counts them; those
-- that come later find the period closed. A post that takes effect now needs no lock: a period is
-- closed a minute after its end at the earliest.

CREATE FUNCTION ledger_books_lock() RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 422776367987; -- "books" in ASCII

CREATE FUNCTION ledger_midnight(p_day date) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN p_day::timestamp AT TIME ZONE 'UTC';

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['period', 'period_closing', 'closing_journal',
                                   'reopening_request', 'period_reopening'] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE ON ledger_%1$s
                            FOR EACH ROW EXECUTE FUNCTION probity_refuse_change()', v_table);
        EXECUTE format('CREATE TRIGGER %1$s_no_truncate BEFORE TRUNCATE ON ledger_%1$s
                            FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change()', v_table);
        EXECUTE format('ALTER TABLE ledger_%1$s ENABLE ALWAYS TRIGGER %1$s_append_only', v_table);
        EXECUTE format('ALTER TABLE ledger_%1$s ENABLE ALWAYS TRIGGER %1$s_no_truncate', v_table);
        EXECUTE format('REVOKE ALL ON ledger_%s FROM PUBLIC', v_table);
        EXECUTE format('GRANT SELECT ON ledger_%s TO probity_app', v_table);
    END LOOP;
END
$$;

-- --- whoever inserts: a period begins where the one before it ends

CREATE FUNCTION ledger_period_follows() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.number > 1 AND NOT EXISTS (
        SELECT FROM ledger_period WHERE number = NEW.number - 1 AND ends_on + 1 = NEW.starts_on
    ) THEN
        PERFORM ledger_refuse('period-out-of-order', 'a period begins where the last one ends');
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER period_follows BEFORE INSERT ON ledger_period
    FOR EACH ROW EXECUTE FUNCTION ledger_period_follows();

-- --- whoever inserts: closings go on from where the books are closed

CREATE FUNCTION ledger_period_closes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_period ledger_period;
    v_before timestamptz;
    v_end timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_books_lock());
    SELECT * INTO v_period FROM ledger_period WHERE number = NEW.period_id;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('period-not-found', 'there is no such period');
    END IF;
    SELECT closed_before INTO v_before FROM ledger_books WHERE id = 1 FOR NO KEY UPDATE;
    IF v_before IS DISTINCT FROM
       (CASE WHEN v_period.number > 1 THEN ledger_midnight(v_period.starts_on) END) THEN
        PERFORM ledger_refuse('period-out-of-order', 'periods are closed in their order, once');
    END IF;
    v_end := ledger_midnight(v_period.ends_on + 1);
    IF least(NEW.recorded_at, clock_timestamp()) < v_end + interval '1 minute' THEN
        PERFORM ledger_refuse('period-not-over', 'a period is closed a minute after its end');
    END IF;
    UPDATE ledger_books SET closed_before = v_end WHERE id = 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER period_closes AFTER INSERT ON ledger_period_closing
    FOR EACH ROW EXECUTE FUNCTION ledger_period_closes();

-- A closing's journal is booked with it, within its period, and moves nothing but results to equity:
-- what income statements leave out is never a real expense.
CREATE FUNCTION ledger_closing_journal_fits() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_transaction AS t
        CROSS JOIN ledger_period_closing AS c JOIN ledger_period AS p ON p.number = c.period_id
        WHERE t.id = NEW.transaction_id AND c.id = NEW.closing_id AND t.kind = 'closing'
            AND t.effective_at >= ledger_midnight(p.starts_on)
            AND t.effective_at < ledger_midnight(p.ends_on + 1)
            AND t.written_by = pg_current_xact_id() AND t.recorded_at = c.recorded_at
    ) OR EXISTS (
        SELECT FROM ledger_entry AS e JOIN ledger_account AS a ON a.id = e.account_id
        WHERE e.transaction_id = NEW.transaction_id
            AND a.kind NOT IN ('income', 'expense', 'equity')
    ) THEN
        RAISE EXCEPTION 'a closing books results of its period to equity'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER closing_journal_fits AFTER INSERT ON ledger_closing_journal
    FOR EACH ROW EXECUTE FUNCTION ledger_closing_journal_fits();

-- --- whoever inserts: the last closing is undone by two people

CREATE FUNCTION ledger_period_reopens() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_request ledger_reopening_request;
    v_period ledger_period;
    v_before timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_books_lock());
    SELECT * INTO v_request FROM ledger_reopening_request WHERE id = NEW.request_id;
    IF v_request.closing_id IS DISTINCT FROM NEW.closing_id THEN
        RAISE EXCEPTION 'what is agreed to is what was asked for' USING ERRCODE = 'check_violation';
    END IF;
    IF (v_request.actor_kind, v_request.actor_key) = (NEW.actor_kind, NEW.actor_key) THEN
        PERFORM ledger_refuse('second-person-needed', 'another person than who asked must agree');
    END IF;
    IF NEW.recorded_at NOT BETWEEN v_request.recorded_at
                               AND v_request.recorded_at + interval '7 days' THEN
        PERFORM ledger_refuse('reopening-lapsed', 'the request is older than a week');
    END IF;
    SELECT p.* INTO v_period FROM ledger_period_closing AS c
        JOIN ledger_period AS p ON p.number = c.period_id WHERE c.id = NEW.closing_id;
    SELECT closed_before INTO v_before FROM ledger_books WHERE id = 1 FOR NO KEY UPDATE;
    IF v_before IS DISTINCT FROM ledger_midnight(v_period.ends_on + 1) THEN
        PERFORM ledger_refuse('period-out-of-order', 'the last closed period is opened first');
    END IF;
    UPDATE ledger_books
        SET closed_before = CASE WHEN v_period.number > 1
                                 THEN ledger_midnight(v_period.starts_on) END
        WHERE id = 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER period_reopens AFTER INSERT ON ledger_period_reopening
    FOR EACH ROW EXECUTE FUNCTION ledger_period_reopens();

ALTER TABLE ledger_period ENABLE ALWAYS TRIGGER period_follows;
ALTER TABLE ledger_period_closing ENABLE ALWAYS TRIGGER period_closes;
ALTER TABLE ledger_closing_journal ENABLE ALWAYS TRIGGER closing_journal_fits;
ALTER TABLE ledger_period_reopening ENABLE ALWAYS TRIGGER period_reopens;

-- --- what the services call: the row and its audit event in one round trip

-- p_periods [{name, starts_on, ends_on}], in order; returns the number of the first.
CREATE FUNCTION ledger_open_periods(
    p_periods jsonb, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_last int;
    v_period record;
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_books_lock());
    v_last := coalesce((SELECT max(number) FROM ledger_period), 0);
    FOR v_period IN
        SELECT w.*, v_last + n AS number
        FROM ROWS FROM (jsonb_to_recordset(p_periods) AS (name text, starts_on date, ends_on date))
            WITH ORDINALITY AS w (name, starts_on, ends_on, n) ORDER BY n
    LOOP
        INSERT INTO ledger_period (number, name, starts_on, ends_on, recorded_at)
        VALUES (v_period.number, v_period.name, v_period.starts_on, v_period.ends_on, p_now);
        PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.period.open',
                             'period:' || v_period.number,
                             jsonb_build_object('starts_on', v_period.starts_on,
                                                'ends_on', v_period.ends_on), p_request_id);
    END LOOP;
    RETURN v_last + 1;
END
$$;

-- p_journals: transactions booked before in the same database transaction, with the same p_now.
CREATE FUNCTION ledger_close_period(
    p_number int, p_reason text, p_journals uuid[], p_now timestamptz, p_actor_kind text,
    p_actor_key text, p_request_id text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_closing bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_period WHERE number = p_number) THEN
        PERFORM ledger_refuse('period-not-found', 'there is no such period');
    END IF;
    INSERT INTO ledger_period_closing (period_id, reason, actor_kind, actor_key, recorded_at)
    VALUES (p_number, p_reason, p_actor_kind, p_actor_key, p_now) RETURNING id INTO v_closing;
    INSERT INTO ledger_closing_journal (transaction_id, closing_id)
    SELECT id, v_closing FROM ledger_transaction WHERE public_id = ANY (p_journals);
    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.period.close',
                         'period:' || p_number,
                         jsonb_build_object('journals', to_jsonb(p_journals),
                                            'reason', p_reason), p_request_id);
END
$$;

-- Asks for the closing that stands to be undone; returns the request.
CREATE FUNCTION ledger_ask_reopening(
    p_number int, p_reason text, p_now timestamptz, p_actor_kind text, p_actor_key text,
    p_request_id text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_request bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_period WHERE number = p_number) THEN
        PERFORM ledger_refuse('period-not-found', 'there is no such period');
    END IF;
    INSERT INTO ledger_reopening_request (closing_id, reason, actor_kind, actor_key, recorded_at)
    SELECT c.id, p_reason, p_actor_kind, p_actor_key, p_now
    FROM ledger_period_closing AS c
    JOIN ledger_period AS p ON p.number = c.period_id
    JOIN ledger_books AS b ON b.closed_before = ledger_midnight(p.ends_on + 1)
    WHERE p.number = p_number
        AND NOT EXISTS (SELECT FROM ledger_period_reopening WHERE closing_id = c.id)
    RETURNING id INTO v_request;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('period-out-of-order', 'the last closed period is opened first');
    END IF;
    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.period.ask-reopening',
                         'period:' || p_number,
                         jsonb_build_object('request', v_request, 'reason', p_reason),
                         p_request_id);
    RETURN v_request;
END
$$;

-- Agrees to a request; returns the number of the period that is open again.
CREATE FUNCTION ledger_reopen_period(
    p_request bigint, p_now timestamptz, p_actor_kind text, p_actor_key text, p_request_id text
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_request record;
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_books_lock());
    SELECT r.closing_id, r.reason, c.period_id, r.actor_kind || ':' || r.actor_key AS asked_by,
           EXISTS (SELECT FROM ledger_period_reopening WHERE closing_id = c.id) AS undone
        INTO v_request
        FROM ledger_reopening_request AS r JOIN ledger_period_closing AS c ON c.id = r.closing_id
        WHERE r.id = p_request;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('period-not-found', 'there is no such request');
    ELSIF v_request.undone THEN
        PERFORM ledger_refuse('reopening-lapsed', 'the period has been opened again before');
    END IF;
    INSERT INTO ledger_period_reopening (closing_id, request_id, actor_kind, actor_key, recorded_at)
    VALUES (v_request.closing_id, p_request, p_actor_kind, p_actor_key, p_now);
    PERFORM audit_record(p_now, p_actor_kind, p_actor_key, 'ledger.period.reopen',
                         'period:' || v_request.period_id,
                         jsonb_build_object('request', p_request, 'asked_by', v_request.asked_by,
                                            'reason', v_request.reason), p_request_id);
    RETURN v_request.period_id;
END
$$;

-- --- least power

REVOKE ALL ON FUNCTION ledger_books_lock(), ledger_midnight(date), ledger_period_follows(),
    ledger_period_closes(), ledger_closing_journal_fits(), ledger_period_reopens(),
    ledger_open_periods(jsonb, timestamptz, text, text, text),
    ledger_close_period(int, text, uuid[], timestamptz, text, text, text),
    ledger_ask_reopening(int, text, timestamptz, text, text, text),
    ledger_reopen_period(bigint, timestamptz, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_books_lock(), ledger_midnight(date),
    ledger_open_periods(jsonb, timestamptz, text, text, text),
    ledger_close_period(int, text, uuid[], timestamptz, text, text, text),
    ledger_ask_reopening(int, text, timestamptz, text, text, text),
    ledger_reopen_period(bigint, timestamptz, text, text, text) TO probity_app;
-- Who acted points at a person, and a reason is free text: the report role reads neither.
GRANT SELECT ON ledger_period, ledger_closing_journal TO probity_report;
GRANT SELECT (id, period_id, actor_kind, recorded_at) ON ledger_period_closing TO probity_report;
GRANT SELECT (id, closing_id, actor_kind, recorded_at) ON ledger_reopening_request
    TO probity_report;
GRANT SELECT (closing_id, request_id, actor_kind, recorded_at) ON ledger_period_reopening
    TO probity_report;
