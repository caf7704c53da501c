SELECT delivery.subscriber,
       count(*) FILTER (WHERE delivery.state = 'pending'),
       count(*) FILTER (WHERE delivery.state = 'dead'),
       clock_timestamp() - min(event.created_at) FILTER (WHERE delivery.state = 'pending')
FROM outbox_delivery AS delivery JOIN outbox_event AS event ON event.id = delivery.event_id
WHERE delivery.state IN ('pending', 'dead')
GROUP BY delivery.subscriber ORDER BY delivery.subscriber
