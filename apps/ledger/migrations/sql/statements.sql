-- Balances and entries in time. An account's entries are summed in spans of 64, and of 64 spans, and
-- so on; each span knows between which times its entries lie. A query takes a span that lies wholly
-- within its bounds as one row, passes over one that lies without, and opens what a bound cuts. It
-- holds for any times in any order: a time need not grow with the version. Only the cost depends on
-- it: what is booked about in order leaves one span of each level to open.
--
-- Posts do not touch spans: a job adds the ones that are complete, and a query reads the entries
-- behind the last one itself. Plans are kept for the session and made for an index throughout: one
-- made while a table was small must not read through a large one.

CREATE TRIGGER span_append_only BEFORE UPDATE OR DELETE ON ledger_span
    FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER span_no_truncate BEFORE TRUNCATE ON ledger_span
    FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();

-- What the span at a place must say; `parts` is 64 where it is complete.
CREATE FUNCTION ledger_span_of(p_account bigint, p_level smallint, p_place bigint)
RETURNS TABLE (
    parts bigint, debit_minor numeric, credit_minor numeric, effective_min timestamptz,
    effective_max timestamptz, recorded_min timestamptz, recorded_max timestamptz,
    late_at timestamptz[], late_minor bigint[]
)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF p_level = 1 THEN
        RETURN QUERY
            SELECT count(*), sum(e.debit), sum(e.credit), min(t.effective_at),
                   max(t.effective_at), min(t.recorded_at), max(t.recorded_at),
                   array_agg(t.effective_at ORDER BY e.version)
                       FILTER (WHERE t.effective_at < t.recorded_at),
                   array_agg(e.debit - e.credit ORDER BY e.version)
                       FILTER (WHERE t.effective_at < t.recorded_at)
            FROM ledger_entry AS e
            CROSS JOIN LATERAL (
                SELECT effective_at, recorded_at FROM ledger_transaction
                WHERE id = e.transaction_id LIMIT 1) AS t
            WHERE e.account_id = p_account
                AND e.version > p_place * 64 AND e.version <= p_place * 64 + 64;
    ELSE
        RETURN QUERY
            SELECT count(*), sum(s.debit_minor), sum(s.credit_minor), min(s.effective_min),
                   max(s.effective_max), min(s.recorded_min), max(s.recorded_max),
                   NULL::timestamptz[], NULL::bigint[]
            FROM ledger_span AS s
            WHERE s.account_id = p_account AND s.level = p_level - 1
                AND s.place >= p_place * 64 AND s.place < p_place * 64 + 64;
    END IF;
END
$$;

-- Whoever inserts: a span is complete, says what its parts sum to, and follows on the one before it.
CREATE FUNCTION ledger_spans_add_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added AS s
        CROSS JOIN LATERAL ledger_span_of(s.account_id, s.level, s.place) AS p
        WHERE p.parts <> 64
            OR (s.debit_minor, s.credit_minor, s.effective_min, s.effective_max, s.recorded_min,
                s.recorded_max, s.late_at, s.late_minor)
                IS DISTINCT FROM (
                    p.debit_minor, p.credit_minor, p.effective_min, p.effective_max, p.recorded_min,
                    p.recorded_max, p.late_at, p.late_minor)
            OR (s.place > 0 AND NOT EXISTS (
                SELECT FROM ledger_span
                WHERE account_id = s.account_id AND level = s.level AND place = s.place - 1))
    ) THEN
        RAISE EXCEPTION 'a span is the sum of its entries' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER spans_add_up AFTER INSERT ON ledger_span
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_spans_add_up();

ALTER TABLE ledger_span ENABLE ALWAYS TRIGGER span_append_only;
ALTER TABLE ledger_span ENABLE ALWAYS TRIGGER span_no_truncate;
ALTER TABLE ledger_span ENABLE ALWAYS TRIGGER spans_add_up;

-- How many spans of a level an account has: those of places below it.
CREATE FUNCTION ledger_spans(p_account bigint, p_level int) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN coalesce((SELECT place + 1 FROM ledger_span
                     WHERE account_id = p_account AND level = p_level
                     ORDER BY place DESC LIMIT 1), 0);
END
$$;

-- Add the spans that are complete, of the next p_accounts accounts above the id p_after, at most
-- p_spans of level 1. Returns the account to go on behind (null: there is none left), and how many
-- of level 1 were added.
CREATE FUNCTION ledger_add_spans(p_after bigint, p_accounts int, p_spans bigint)
RETURNS TABLE (upto bigint, added bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_accounts bigint[] := ARRAY(SELECT id FROM ledger_account WHERE id > p_after
                                 ORDER BY id LIMIT p_accounts);
    v_left bigint := p_spans;
    v_account record;
    v_level smallint;
    v_done bigint;
    v_upto bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(126943989592691); -- one run at a time: "spans" in ASCII, and 3
    FOR v_account IN
        SELECT a.id, a.version / 64 AS complete, ledger_spans(a.id, 1) AS done
        FROM ledger_account AS a
        WHERE a.id = ANY (v_accounts) AND a.version >= 64
            AND a.version / 64 > ledger_spans(a.id, 1)
        ORDER BY a.id
    LOOP
        v_level := 1;
        v_upto := least(v_account.complete, v_account.done + v_left);
        v_left := v_left - (v_upto - v_account.done);
        LOOP
            v_done := ledger_spans(v_account.id, v_level);
            EXIT WHEN v_upto <= v_done;
            INSERT INTO ledger_span
                (account_id, level, place, debit_minor, credit_minor, effective_min, effective_max,
                 recorded_min, recorded_max, late_at, late_minor)
            SELECT v_account.id, v_level, g.place, p.debit_minor, p.credit_minor, p.effective_min,
                   p.effective_max, p.recorded_min, p.recorded_max, p.late_at, p.late_minor
            FROM generate_series(v_done, v_upto - 1) AS g (place)
            CROSS JOIN LATERAL ledger_span_of(v_account.id, v_level, g.place) AS p;
            v_upto := v_upto / 64;
            v_level := v_level + 1;
        END LOOP;
        IF v_left <= 0 THEN
            RETURN QUERY SELECT v_account.id - 1, p_spans; -- look at it again: it may have more
            RETURN;
        END IF;
    END LOOP;
    RETURN QUERY SELECT v_accounts[cardinality(v_accounts)], p_spans - v_left;
END
$$;

-- An account and, where many write to it, its slots: what it is made of.
CREATE FUNCTION ledger_parts(p_account uuid) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_account record;
BEGIN
    SELECT id, mode INTO v_account FROM ledger_account WHERE public_id = p_account;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF v_account.mode = 'plain' THEN
        RETURN ARRAY[v_account.id];
    END IF;
    RETURN v_account.id || ARRAY(SELECT id FROM ledger_account WHERE slot_of_id = v_account.id
                                 ORDER BY slot);
END
$$;

-- What took effect on accounts by p_as_of and was recorded by p_known_at (null: no bound): how many
-- entries, and their turnover on both sides.
--
-- A span that a bound cuts is opened; but of one that was recorded after p_as_of and is known whole,
-- what counts is among its late entries, and those it has in itself.
CREATE FUNCTION ledger_sum_at(p_accounts bigint[], p_as_of timestamptz, p_known_at timestamptz)
RETURNS TABLE (entries bigint, debit numeric, credit numeric)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_as_of timestamptz := coalesce(p_as_of, 'infinity');
    v_known_at timestamptz := coalesce(p_known_at, 'infinity');
BEGIN
    RETURN QUERY
        WITH RECURSIVE cover AS (
            SELECT a.account_id, l.level, ledger_spans(a.account_id, l.level) AS spans
            FROM unnest(p_accounts) AS a (account_id), generate_series(1, 5) AS l (level)
        ), node AS (
            SELECT s.*, s.effective_max <= v_as_of AND s.recorded_max <= v_known_at AS whole
            FROM cover AS c
            CROSS JOIN LATERAL (
                SELECT coalesce((SELECT spans FROM cover
                                 WHERE account_id = c.account_id AND level = c.level + 1), 0) * 64
                    AS first) AS above
            JOIN ledger_span AS s ON s.account_id = c.account_id AND s.level = c.level
                AND s.place >= above.first
            WHERE c.spans > 0 AND s.effective_min <= v_as_of AND s.recorded_min <= v_known_at
            UNION ALL
            SELECT s.*, s.effective_max <= v_as_of AND s.recorded_max <= v_known_at
            FROM node AS n
            JOIN ledger_span AS s ON s.account_id = n.account_id AND s.level = n.level - 1
                AND s.place >= n.place * 64 AND s.place < n.place * 64 + 64
            WHERE NOT n.whole AND n.level > 1
                AND s.effective_min <= v_as_of AND s.recorded_min <= v_known_at
        ), cut AS (
            SELECT account_id, place, late_at, late_minor,
                   recorded_min > v_as_of AND recorded_max <= v_known_at AS by_its_late
            FROM node WHERE NOT whole AND level = 1
        ), run AS ( -- of versions whose entries are read
            SELECT account_id, place * 64 AS after, place * 64 + 64 AS upto
            FROM cut WHERE NOT by_its_late
            UNION ALL
            SELECT account_id, spans * 64, 9223372036854775807 FROM cover WHERE level = 1
        ), moved AS (
            SELECT 1::bigint << (6 * level) AS entries, debit_minor AS debit, credit_minor AS credit
            FROM node WHERE whole
            UNION ALL
            SELECT 1, greatest(late.minor, 0), greatest(-late.minor, 0)
            FROM cut CROSS JOIN LATERAL unnest(cut.late_at, cut.late_minor) AS late (at, minor)
            WHERE cut.by_its_late AND late.at <= v_as_of
            UNION ALL
            SELECT 1, e.debit, e.credit
            FROM run AS r
            JOIN ledger_entry AS e ON e.account_id = r.account_id
                AND e.version > r.after AND e.version <= r.upto
            CROSS JOIN LATERAL (
                SELECT effective_at, recorded_at FROM ledger_transaction
                WHERE id = e.transaction_id LIMIT 1) AS t
            WHERE t.effective_at <= v_as_of AND t.recorded_at <= v_known_at
        )
        SELECT coalesce(sum(m.entries), 0)::bigint, coalesce(sum(m.debit), 0),
               coalesce(sum(m.credit), 0)
        FROM moved AS m;
END
$$;

-- As before, now from spans.
CREATE OR REPLACE FUNCTION ledger_turnover(
    p_account uuid, p_as_of timestamptz, p_known_at timestamptz
)
RETURNS TABLE (currency varchar, kind varchar, debit numeric, credit numeric)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
        SELECT a.currency, a.kind, s.debit, s.credit
        FROM ledger_account AS a
        CROSS JOIN LATERAL ledger_sum_at(ledger_parts(p_account), p_as_of, p_known_at) AS s
        WHERE a.public_id = p_account;
END
$$;

-- What holds kept of accounts at p_at, as it was known by p_known_at: placed by both and not ended
-- by either, less the captures that took effect, and until an end that was known.
CREATE FUNCTION ledger_held_at(p_accounts bigint[], p_at timestamptz, p_known_at timestamptz)
RETURNS numeric
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_by timestamptz := least(p_at, p_known_at);
BEGIN
    RETURN (
        SELECT coalesce(sum(greatest(h.amount_minor - coalesce((
                   SELECT sum(c.amount_minor) FROM ledger_hold_capture AS c
                   JOIN ledger_transaction AS t ON t.public_id = c.transaction_id
                   WHERE c.hold_id = h.id AND c.recorded_at <= p_known_at
                       AND t.effective_at <= p_at), 0), 0)), 0)
        FROM ledger_hold AS h
        WHERE h.account_id = ANY (p_accounts) AND h.recorded_at <= v_by
            AND (h.expires_at > p_at OR EXISTS (
                SELECT FROM ledger_hold_extension
                WHERE hold_id = h.id AND recorded_at <= p_known_at AND expires_at > p_at))
            AND NOT EXISTS (
                SELECT FROM ledger_hold_end WHERE hold_id = h.id AND recorded_at <= v_by));
END
$$;

-- How low an account could go at p_at, as it was known by p_known_at; null: as low as it liked.
-- Where no bound had come in force by then, the account's own floor counts.
CREATE FUNCTION ledger_floor_at(p_account bigint, p_at timestamptz, p_known_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_floor bigint;
BEGIN
    SELECT floor_minor INTO v_floor FROM ledger_account_bound
        WHERE account_id = p_account AND effective_at <= p_at AND recorded_at <= p_known_at
        ORDER BY effective_at DESC, id DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT floor_minor INTO v_floor FROM ledger_account WHERE id = p_account;
    END IF;
    RETURN v_floor;
END
$$;

-- What stood on an account: p_as_of, p_known_at null: no bound; one of them is given. Held and floor
-- are those of the date asked for, or else of the moment of which it is asked what was known.
CREATE FUNCTION ledger_balance_at(p_account uuid, p_as_of timestamptz, p_known_at timestamptz)
RETURNS TABLE (
    currency varchar, kind varchar, entries bigint, debit numeric, credit numeric, held numeric,
    floor_minor bigint
)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_parts bigint[] := ledger_parts(p_account);
    v_at timestamptz := coalesce(p_as_of, p_known_at);
    v_known_at timestamptz := coalesce(p_known_at, 'infinity');
BEGIN
    RETURN QUERY
        SELECT a.currency, a.kind, s.entries, s.debit, s.credit,
               ledger_held_at(v_parts, v_at, v_known_at),
               ledger_floor_at(a.id, v_at, v_known_at)
        FROM ledger_account AS a
        CROSS JOIN LATERAL ledger_sum_at(v_parts, p_as_of, p_known_at) AS s
        WHERE a.id = v_parts[1];
END
$$;

-- --- entries

-- The runs of versions among which are all entries whose times lie within bounds, ends counted: spans
-- that lie without are passed over.
CREATE FUNCTION ledger_runs(
    p_accounts bigint[], p_effective_from timestamptz, p_effective_to timestamptz,
    p_recorded_from timestamptz, p_recorded_to timestamptz
) RETURNS TABLE (account_id bigint, after bigint, upto bigint)
LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH RECURSIVE cover AS (
            SELECT a.account_id, l.level, ledger_spans(a.account_id, l.level) AS spans
            FROM unnest(p_accounts) AS a (account_id), generate_series(1, 5) AS l (level)
        ), node AS (
            SELECT s.account_id, s.level, s.place
            FROM cover AS c
            CROSS JOIN LATERAL (
                SELECT coalesce((SELECT spans FROM cover
                                 WHERE account_id = c.account_id AND level = c.level + 1), 0) * 64
                    AS first) AS above
            JOIN ledger_span AS s ON s.account_id = c.account_id AND s.level = c.level
                AND s.place >= above.first
            WHERE c.spans > 0
                AND s.effective_min <= p_effective_to AND s.effective_max >= p_effective_from
                AND s.recorded_min <= p_recorded_to AND s.recorded_max >= p_recorded_from
            UNION ALL
            SELECT s.account_id, s.level, s.place
            FROM node AS n
            JOIN ledger_span AS s ON s.account_id = n.account_id AND s.level = n.level - 1
                AND s.place >= n.place * 64 AND s.place < n.place * 64 + 64
            WHERE n.level > 1
                AND s.effective_min <= p_effective_to AND s.effective_max >= p_effective_from
                AND s.recorded_min <= p_recorded_to AND s.recorded_max >= p_recorded_from
        )
        SELECT account_id, place * 64, place * 64 + 64 FROM node WHERE level = 1
        UNION ALL
        SELECT account_id, spans * 64, 9223372036854775807 FROM cover WHERE level = 1;
END
$$;

-- Those entries. What an account's slots book onto the account itself moves nothing and is left out.
CREATE FUNCTION ledger_entries_within(
    p_accounts bigint[], p_effective_from timestamptz, p_effective_to timestamptz,
    p_recorded_from timestamptz, p_recorded_to timestamptz
) RETURNS TABLE (
    entry_id bigint, transaction_id bigint, effective_at timestamptz, recorded_at timestamptz,
    kind varchar, debit bigint, credit bigint
)
LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT e.id, e.transaction_id, t.effective_at, t.recorded_at, t.kind, e.debit, e.credit
        FROM ledger_runs(p_accounts, p_effective_from, p_effective_to, p_recorded_from,
                         p_recorded_to) AS r
        JOIN ledger_entry AS e ON e.account_id = r.account_id
            AND e.version > r.after AND e.version <= r.upto
        CROSS JOIN LATERAL (
            SELECT effective_at, recorded_at, kind FROM ledger_transaction
            WHERE id = e.transaction_id LIMIT 1) AS t
        WHERE t.effective_at >= p_effective_from AND t.effective_at <= p_effective_to
            AND t.recorded_at >= p_recorded_from AND t.recorded_at <= p_recorded_to
            AND (cardinality(p_accounts) = 1 OR t.kind <> 'fold');
END
$$;

-- A page of up to p_limit entries of accounts, by (effective or recorded time, id), from p_from to
-- p_to with both ends (null: no bound), behind the entry p_at, p_id (null: from the first on).
-- p_newest: the latest first. p_filter {known_at, kind, once}, each may be left out; once:
-- of the legs of a transaction the last alone.
--
-- It looks at a short time first, and at a longer one until the page is full.
CREATE FUNCTION ledger_entries_page(
    p_accounts bigint[], p_by_effect boolean, p_newest boolean, p_from timestamptz,
    p_to timestamptz, p_at timestamptz, p_id bigint, p_limit bigint, p_filter jsonb
) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v_from timestamptz := coalesce(p_from, '-infinity');
    v_to timestamptz := coalesce(p_to, 'infinity');
    v_known_at timestamptz := coalesce((p_filter ->> 'known_at')::timestamptz, 'infinity');
    v_once boolean := coalesce((p_filter ->> 'once')::boolean, false);
    v_start timestamptz;
    v_width interval := interval '4 minutes';
    v_low timestamptz;
    v_high timestamptz;
    v_whole boolean := (SELECT sum(version) <= 512 FROM ledger_account WHERE id = ANY (p_accounts));
    v_found bigint[];
BEGIN
    IF p_newest THEN
        v_to := least(v_to, p_at);
        SELECT least(v_to, max(t.recorded_at)) INTO v_start
            FROM ledger_account AS a
            JOIN ledger_entry AS e ON e.account_id = a.id AND e.version = a.version
            JOIN ledger_transaction AS t ON t.id = e.transaction_id
            WHERE a.id = ANY (p_accounts);
    ELSE
        v_from := greatest(v_from, p_at);
        v_start := v_from;
    END IF;
    LOOP
        v_whole := coalesce(v_whole, true) OR NOT isfinite(v_start) OR v_width > interval '80 years';
        v_low := CASE WHEN p_newest AND NOT v_whole THEN greatest(v_from, v_start - v_width)
                      ELSE v_from END;
        v_high := CASE WHEN NOT p_newest AND NOT v_whole THEN least(v_to, v_start + v_width)
                       ELSE v_to END;
        v_found := ARRAY(
            SELECT entry_id
            FROM (
                SELECT e.*, CASE WHEN p_by_effect THEN effective_at ELSE recorded_at END AS at
                FROM ledger_entries_within(
                    p_accounts,
                    CASE WHEN p_by_effect THEN v_low ELSE '-infinity' END,
                    CASE WHEN p_by_effect THEN v_high ELSE 'infinity' END,
                    CASE WHEN p_by_effect THEN '-infinity' ELSE v_low END,
                    CASE WHEN p_by_effect THEN v_known_at ELSE least(v_high, v_known_at) END) AS e
            ) AS e
            WHERE (p_at IS NULL OR CASE WHEN p_newest THEN (at, entry_id) < (p_at, p_id)
                                        ELSE (at, entry_id) > (p_at, p_id) END)
                AND (p_filter ->> 'kind' IS NULL OR kind = p_filter ->> 'kind')
                AND (NOT v_once OR NOT EXISTS (
                    SELECT FROM ledger_entry AS o
                    WHERE o.transaction_id = e.transaction_id AND o.account_id = ANY (p_accounts)
                        AND o.id > e.entry_id))
            ORDER BY CASE WHEN p_newest THEN at END DESC, CASE WHEN p_newest THEN entry_id END DESC,
                     at, entry_id
            LIMIT p_limit);
        EXIT WHEN cardinality(v_found) >= p_limit OR (v_low <= v_from AND v_high >= v_to);
        v_width := v_width * 16;
    END LOOP;
    RETURN v_found;
END
$$;

-- What entries say, in the order in which they are named.
CREATE FUNCTION ledger_entries_of(p_ids bigint[]) RETURNS TABLE (
    n bigint, id bigint, account_id bigint, version bigint, debit bigint, credit bigint,
    currency varchar, balance_after bigint, transaction_id bigint, public_id uuid,
    effective_at timestamptz, recorded_at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT p.n, e.id, e.account_id, e.version, e.debit, e.credit, e.currency, e.balance_after,
               t.id, t.public_id, t.effective_at, t.recorded_at
        FROM unnest(p_ids) WITH ORDINALITY AS p (id, n)
        CROSS JOIN LATERAL (SELECT * FROM ledger_entry WHERE id = p.id LIMIT 1) AS e
        CROSS JOIN LATERAL (
            SELECT id, public_id, effective_at, recorded_at FROM ledger_transaction
            WHERE id = e.transaction_id LIMIT 1) AS t;
END
$$;

-- The movements of a statement: the entries of accounts that took effect from p_from to p_to and were
-- recorded by p_known_at, by effective time and number, behind the entry p_at, p_id (null: from the
-- first on); each with the one account on the other side (or its parent, where it is a slot), null
-- where there are several. Times are microseconds since 1970, which are read far quicker than text.
CREATE FUNCTION ledger_movements(
    p_accounts bigint[], p_from timestamptz, p_to timestamptz, p_known_at timestamptz,
    p_at timestamptz, p_id bigint, p_limit bigint
) RETURNS TABLE (
    id bigint, public_id uuid, effective bigint, recorded bigint, kind varchar, source varchar,
    reference varchar, other_id bigint, other_code varchar, debit bigint,
    credit bigint
)
LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT e.id, e.public_id, (extract(epoch FROM e.effective_at) * 1000000)::bigint,
               (extract(epoch FROM e.recorded_at) * 1000000)::bigint, e.kind, e.source,
               e.reference, other.id, other.code, e.debit, e.credit
        FROM (
            SELECT e.id, e.transaction_id, e.currency, e.debit, e.credit, t.public_id,
                   t.effective_at, t.recorded_at, t.kind, t.source, t.reference
            FROM ledger_runs(p_accounts, p_from, p_to, '-infinity', p_known_at) AS r
            JOIN ledger_entry AS e ON e.account_id = r.account_id
                AND e.version > r.after AND e.version <= r.upto
            CROSS JOIN LATERAL (
                SELECT public_id, effective_at, recorded_at, kind, source, reference
                FROM ledger_transaction WHERE id = e.transaction_id LIMIT 1) AS t
            WHERE t.effective_at >= p_from AND t.effective_at <= p_to
                AND t.recorded_at <= p_known_at
                AND (cardinality(p_accounts) = 1 OR t.kind <> 'fold')
                AND (p_at IS NULL OR (t.effective_at, e.id) > (p_at, p_id))
            ORDER BY t.effective_at, e.id
            LIMIT p_limit) AS e
        LEFT JOIN LATERAL (
            SELECT coalesce(above.id, a.id) AS id, coalesce(above.code, a.code) AS code
            FROM (
                SELECT min(o.account_id) AS first, max(o.account_id) AS last
                FROM ledger_entry AS o
                WHERE o.transaction_id = e.transaction_id AND o.currency = e.currency
                    AND (o.debit > 0) <> (e.debit > 0)) AS o
            JOIN ledger_account AS a ON a.id = o.first AND o.first = o.last
            LEFT JOIN ledger_account AS above ON above.id = a.slot_of_id
            LIMIT 1) AS other ON true
        ORDER BY e.effective_at, e.id;
END
$$;

-- --- least power

REVOKE ALL ON FUNCTION ledger_span_of(bigint, smallint, bigint), ledger_spans_add_up(),
    ledger_spans(bigint, int), ledger_add_spans(bigint, int, bigint), ledger_parts(uuid),
    ledger_sum_at(bigint[], timestamptz, timestamptz),
    ledger_held_at(bigint[], timestamptz, timestamptz),
    ledger_floor_at(bigint, timestamptz, timestamptz),
    ledger_balance_at(uuid, timestamptz, timestamptz),
    ledger_entries_within(bigint[], timestamptz, timestamptz, timestamptz, timestamptz),
    ledger_entries_page(bigint[], boolean, boolean, timestamptz, timestamptz, timestamptz, bigint,
                        bigint, jsonb),
    ledger_entries_of(bigint[]),
    ledger_runs(bigint[], timestamptz, timestamptz, timestamptz, timestamptz),
    ledger_movements(bigint[], timestamptz, timestamptz, timestamptz, timestamptz, bigint, bigint)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_spans(bigint, int), ledger_add_spans(bigint, int, bigint),
    ledger_parts(uuid), ledger_sum_at(bigint[], timestamptz, timestamptz),
    ledger_held_at(bigint[], timestamptz, timestamptz),
    ledger_floor_at(bigint, timestamptz, timestamptz),
    ledger_balance_at(uuid, timestamptz, timestamptz),
    ledger_entries_within(bigint[], timestamptz, timestamptz, timestamptz, timestamptz),
    ledger_entries_page(bigint[], boolean, boolean, timestamptz, timestamptz, timestamptz, bigint,
                        bigint, jsonb),
    ledger_entries_of(bigint[]),
    ledger_runs(bigint[], timestamptz, timestamptz, timestamptz, timestamptz),
    ledger_movements(bigint[], timestamptz, timestamptz, timestamptz, timestamptz, bigint, bigint)
    TO probity_app;
REVOKE ALL ON ledger_span FROM PUBLIC;
GRANT SELECT ON ledger_span TO probity_app, probity_report;
