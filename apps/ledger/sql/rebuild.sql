-- What the ledger keeps as sums, made again from headers, entries, bounds, closings and hold rows alone: no
-- function of the engine and no column that it moves. Tables go to the scratch schema, which is first in
-- search_path.

CREATE TABLE change AS -- what each entry does to its account, on the account's normal side
SELECT e.id AS entry_id, e.account_id, e.version, e.debit, e.credit,
       (t.effective_at AT TIME ZONE 'UTC')::date AS effective_on,
       (t.recorded_at AT TIME ZONE 'UTC')::date AS recorded_on,
       CASE WHEN a.kind IN ('asset', 'expense') THEN e.debit - e.credit
            ELSE e.credit - e.debit END AS minor
FROM public.ledger_entry AS e
JOIN public.ledger_account AS a ON a.id = e.account_id
JOIN public.ledger_transaction AS t ON t.id = e.transaction_id;

CREATE TABLE running AS -- the balance that each entry left, and its place
SELECT entry_id, row_number() OVER w AS version,
       sum(minor) OVER (w ROWS UNBOUNDED PRECEDING) AS balance_minor
FROM change WINDOW w AS (PARTITION BY account_id ORDER BY version);

CREATE TABLE account AS
SELECT a.id AS account_id, coalesce(sum(c.minor), 0) AS posted_minor, count(c.entry_id) AS version
FROM public.ledger_account AS a LEFT JOIN change AS c ON c.account_id = a.id
GROUP BY a.id;

CREATE TABLE bound AS -- of the bounds that count by now, the latest; the newest row of a moment
SELECT DISTINCT ON (account_id) account_id, floor_minor, ceiling_minor, effective_at
FROM public.ledger_account_bound WHERE effective_at <= now()
ORDER BY account_id, effective_at DESC, id DESC;

CREATE TABLE hold_open AS -- what was promised, less what was taken, until the latest end; not ended
SELECT h.id AS hold_id, h.account_id,
       h.amount_minor - coalesce((SELECT sum(amount_minor) FROM public.ledger_hold_capture
                                  WHERE hold_id = h.id), 0) AS left_minor,
       greatest(h.expires_at, (SELECT max(expires_at) FROM public.ledger_hold_extension
                               WHERE hold_id = h.id)) AS expires_at
FROM public.ledger_hold AS h
WHERE NOT EXISTS (SELECT FROM public.ledger_hold_end WHERE hold_id = h.id);

CREATE TABLE held AS
SELECT account_id, sum(left_minor) AS held_minor FROM hold_open GROUP BY account_id;

CREATE TABLE books AS -- the end of the last period whose closing stands (UTC)
SELECT max((p.ends_on + 1)::timestamp AT TIME ZONE 'UTC') AS closed_before
FROM public.ledger_period_closing AS c
JOIN public.ledger_period AS p ON p.number = c.period_id
WHERE NOT EXISTS (SELECT FROM public.ledger_period_reopening WHERE closing_id = c.id);

CREATE TABLE roll_up AS -- of the entries that a run has added up
SELECT account_id, effective_on, recorded_on, count(*) AS entries, min(version) AS first_version,
       max(version) AS last_version, sum(debit) AS debit_minor, sum(credit) AS credit_minor
FROM change
JOIN (SELECT account_id, max(last_version) AS through FROM public.ledger_roll_up
      GROUP BY account_id) AS run USING (account_id)
WHERE version <= through
GROUP BY account_id, effective_on, recorded_on;

ANALYZE change, running, account, bound, hold_open, held, roll_up;
