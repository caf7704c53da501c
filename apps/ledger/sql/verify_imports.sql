-- The invariant of bulk loads: name, tables, rows looked at, and up to 20 that offend.
WITH said AS (
    SELECT source, sum(booked_postings) AS booked FROM ledger_import GROUP BY source
)
SELECT 'what an import says it booked is there',
       ARRAY['ledger_import', 'ledger_transaction'],
       (SELECT count(*) FROM ledger_import),
       ARRAY(SELECT digest::text
             FROM ledger_import AS i JOIN said AS s ON s.source = i.source
             WHERE s.booked > (SELECT count(*) FROM ledger_transaction WHERE source = i.source)
                 OR (i.finished_at IS NULL) <> (i.done_postings < i.postings) LIMIT 20)
