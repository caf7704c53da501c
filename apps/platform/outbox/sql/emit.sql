SELECT outbox_emit(
    %(event_id)s, %(name)s, %(payload)s::jsonb, %(request_id)s, %(created_at)s, %(subscribers)s::text[]
)
