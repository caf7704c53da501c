-- One transfer between two of a thousand accounts, as apps.ledger.services.post sends it (pgbench).
\set debit random(1, 1000)
\set credit (:debit + random(1, 999)) % 1000 + 1
\set amount random(1, 100)
SELECT * FROM (
    SELECT jsonb_build_array(jsonb_build_object(
               'id', id, 'kind', 'transfer', 'source', 'bench', 'reference', id, 'fingerprint', id,
               'effective_at', now(), 'currency', 'EUR', 'event', gen_random_uuid())) AS postings,
           jsonb_build_array(
               jsonb_build_object('n', 1, 'debit', :amount::bigint, 'credit', 0, 'account',
                   '00000000-0000-7000-8000-' || lpad((:debit::bigint)::text, 12, '0')),
               jsonb_build_object('n', 1, 'debit', 0, 'credit', :amount::bigint, 'account',
                   '00000000-0000-7000-8000-' || lpad((:credit::bigint)::text, 12, '0'))) AS legs
    FROM gen_random_uuid() AS id
) AS w, ledger_post(w.postings, w.legs, now(), 'system', 'bench', '', 'ledger.transfer.posted.v1',
                    ARRAY['notifications.queue'])
