SELECT (SELECT count(*) FROM outbox_delivery WHERE state = 'pending'),
       (SELECT count(*) FROM outbox_delivery WHERE state = 'dead'),
       (SELECT clock_timestamp() - min(event.created_at)
        FROM outbox_delivery AS delivery JOIN outbox_event AS event ON event.id = delivery.event_id
        WHERE delivery.state = 'pending')
