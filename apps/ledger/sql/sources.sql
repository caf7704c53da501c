-- every source that has booked: one look at the index of (source, reference) for each
WITH RECURSIVE known AS (
    (SELECT source FROM ledger_transaction ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (SELECT source FROM ledger_transaction WHERE source > known.source ORDER BY source LIMIT 1)
    FROM known WHERE known.source IS NOT NULL
)
SELECT source FROM known WHERE source IS NOT NULL
