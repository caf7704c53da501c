-- accounts bigint[], firsts date[]: what was accrued of each account's days from its first one on.
SELECT DISTINCT ON (r.account_id, r.day) r.account_id, r.day, r.base_minor, r.paid_grains,
       r.charged_grains, r.revision
FROM unnest(%(accounts)s::bigint[], %(firsts)s::date[]) AS w (account_id, first)
JOIN ledger_interest_accrual AS r ON r.account_id = w.account_id AND r.day >= w.first
ORDER BY r.account_id, r.day, r.revision DESC
