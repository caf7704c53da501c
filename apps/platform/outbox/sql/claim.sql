-- Lease the deliveries that have been due longest, for one message in the broker each. Rows that
-- another relay is claiming are skipped, not waited for. A message that was lost shows when its
-- lease ends. The lease doubles with each message that brought no attempt: while all workers are
-- down, the broker is not filled with copies.
WITH due AS (
    SELECT id
    FROM outbox_delivery
    WHERE state = 'pending'
      AND GREATEST(available_at, claimed_until) <= statement_timestamp()
    ORDER BY GREATEST(available_at, claimed_until), id
    LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE outbox_delivery AS delivery
SET claimed_until = statement_timestamp() + make_interval(
        secs => %(lease_seconds)s * LEAST(power(2, LEAST(dispatches, 30)), %(max_factor)s)
    ),
    running = false,
    dispatches = dispatches + 1
FROM due
WHERE delivery.id = due.id
RETURNING delivery.id
