INSERT INTO outbox_inbox (subscriber, event_id, processed_at)
VALUES (%(subscriber)s, %(event_id)s, %(now)s)
ON CONFLICT DO NOTHING
