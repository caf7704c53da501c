-- One import at a time: who follows whom in an account is decided on what is committed. A file is one
-- transaction however long it is, so the role's limit on a whole transaction does not hold for it; the
-- limits on a lock, a statement and an idle session do. (PostgreSQL before 17 has no such limit.)
SELECT pg_advisory_xact_lock(hashtext('payments.import')),
       (SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout')
