-- id bigint: the accounts above one in the chart, the top first
WITH RECURSIVE up AS (
    SELECT id, code, parent_id, 0 AS height FROM ledger_account WHERE id = %(id)s
    UNION ALL
    SELECT a.id, a.code, a.parent_id, up.height + 1
    FROM up JOIN ledger_account AS a ON a.id = up.parent_id WHERE up.height < 50
)
SELECT id, code FROM up WHERE height > 0 ORDER BY height DESC
