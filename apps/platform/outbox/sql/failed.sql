-- Only the attempt that failed may say so: one that outlived its lease must not disturb its successor.
UPDATE outbox_delivery
SET state = CASE WHEN %(dead)s THEN 'dead' ELSE 'pending' END,
    available_at = statement_timestamp() + %(wait)s,
    claimed_until = NULL,
    running = false,
    last_error = %(error)s
WHERE id = %(delivery_id)s AND state = 'pending' AND attempts = %(attempt)s
