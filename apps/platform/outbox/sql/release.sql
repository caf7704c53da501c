-- Nothing reached the broker: as if never claimed, but due a little later.
UPDATE outbox_delivery
SET claimed_until = NULL,
    dispatches = GREATEST(dispatches - 1, 0),
    available_at = statement_timestamp() + %(wait)s
WHERE id = ANY(%(delivery_ids)s) AND state = 'pending' AND NOT running
