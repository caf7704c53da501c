UPDATE outbox_delivery
SET state = 'done', done_at = clock_timestamp(), claimed_until = NULL, running = false
WHERE id = %(delivery_id)s AND state <> 'done'
