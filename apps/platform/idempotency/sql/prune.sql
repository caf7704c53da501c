DELETE FROM idempotency_key
WHERE id IN (
    SELECT id FROM idempotency_key WHERE created_at < %(before)s ORDER BY created_at LIMIT %(limit)s
)
