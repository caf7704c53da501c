-- Revive and audit in one statement: neither happens without the other. Attempts start again.
WITH revived AS (
    UPDATE outbox_delivery
    SET state = 'pending', attempts = 0, dispatches = 0, available_at = statement_timestamp()
    WHERE id = %(delivery_id)s AND state = 'dead'
    RETURNING id, event_id, subscriber, last_error
)
SELECT audit_record(
    %(now)s, %(actor_kind)s, %(actor_key)s, 'outbox.delivery.replay', event.event_id::text,
    jsonb_build_object('delivery', revived.id, 'subscriber', revived.subscriber,
                       'last_error', revived.last_error, 'reason', %(reason)s::text),
    %(request_id)s
)
FROM revived JOIN outbox_event AS event ON event.id = revived.event_id
