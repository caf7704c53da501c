-- reference text: of every source, by an index that begins with the source
WITH RECURSIVE source AS (
    (SELECT source FROM ledger_transaction ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (SELECT t.source FROM ledger_transaction AS t WHERE t.source > s.source
            ORDER BY t.source LIMIT 1)
    FROM source AS s WHERE s.source IS NOT NULL
)
SELECT t.id FROM source AS s
JOIN ledger_transaction AS t ON t.source = s.source AND t.reference = %(reference)s
