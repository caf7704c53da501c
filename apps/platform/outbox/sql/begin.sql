-- Begin an attempt, unless the delivery is done, dead, waiting for its next try, or running
-- elsewhere under a lease that has not ended. Committed before the subscriber runs: an attempt that
-- kills its process has still been counted.
UPDATE outbox_delivery AS delivery
SET attempts = attempts + 1,
    dispatches = 0,
    running = true,
    claimed_until = statement_timestamp() + make_interval(secs => %(lease_seconds)s)
FROM outbox_event AS event
WHERE delivery.id = %(delivery_id)s
  AND event.id = delivery.event_id
  AND state = 'pending'
  AND available_at <= statement_timestamp()
  AND NOT (running AND claimed_until > statement_timestamp())
RETURNING delivery.attempts, delivery.subscriber, event.event_id, event.name, event.payload::text, event.request_id
