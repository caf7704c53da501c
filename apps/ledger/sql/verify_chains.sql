-- The invariants of chains: name, tables, rows looked at, and up to 20 that offend.
WITH booked AS (
    SELECT t.public_id, t.chain_id, e.outcome, bool_or(r.whole) IS TRUE AS undone,
           count(r.id) > 0 AS touched
    FROM ledger_transaction AS t
    LEFT JOIN ledger_chain_end AS e ON e.chain_id = t.chain_id
    LEFT JOIN ledger_reversal AS r ON r.reversed_id = t.id
    WHERE t.chain_id IS NOT NULL GROUP BY t.id, e.chain_id
), held AS (
    SELECT h.public_id, h.chain_id, h.amount_minor, e.outcome AS chain_outcome,
           e.recorded_at AS chain_ended_at, o.hold_id IS NOT NULL AS is_open, o.expires_at,
           (SELECT sum(c.amount_minor) FROM ledger_hold_capture AS c WHERE c.hold_id = h.id) AS taken
    FROM ledger_hold AS h
    LEFT JOIN ledger_hold_open AS o ON o.hold_id = h.id
    LEFT JOIN ledger_chain_end AS e ON e.chain_id = h.chain_id
    WHERE h.chain_id IS NOT NULL
), member AS (
    SELECT public_id, chain_id FROM booked UNION ALL SELECT public_id, chain_id FROM held
)
SELECT 'what is of a chain has its chain',
       ARRAY['ledger_chain', 'ledger_transaction', 'ledger_hold'],
       (SELECT count(*) FROM member),
       ARRAY(SELECT public_id::text FROM member AS m
             WHERE NOT EXISTS (SELECT FROM ledger_chain AS c WHERE c.id = m.chain_id) LIMIT 20)
UNION ALL
SELECT 'a chain is reversed with all that it booked, or not at all',
       ARRAY['ledger_transaction', 'ledger_chain_end', 'ledger_reversal'],
       (SELECT count(*) FROM booked),
       ARRAY(SELECT public_id::text FROM booked
             WHERE touched <> (outcome IS NOT DISTINCT FROM 'reversed') OR touched <> undone
             LIMIT 20)
UNION ALL
SELECT 'a chain that was voided booked nothing, and one that was reversed something',
       ARRAY['ledger_chain_end', 'ledger_transaction'],
       (SELECT count(*) FROM ledger_chain_end),
       ARRAY(SELECT chain_id::text FROM ledger_chain_end AS e
             WHERE (outcome = 'reversed') <> EXISTS (
                 SELECT FROM booked AS b WHERE b.chain_id = e.chain_id) LIMIT 20)
UNION ALL
SELECT 'what a chain holds is captured whole, and free when it has ended',
       ARRAY['ledger_hold', 'ledger_hold_open', 'ledger_chain_end'],
       (SELECT count(*) FROM held),
       ARRAY(SELECT public_id::text FROM held
             WHERE taken <> amount_minor
                 OR (is_open AND chain_outcome IS NOT NULL AND expires_at > chain_ended_at) LIMIT 20)
