SELECT audit_record(
    %(recorded_at)s, %(actor_kind)s, %(actor_key)s, %(action)s, %(subject)s, %(detail)s::jsonb, %(request_id)s
)
