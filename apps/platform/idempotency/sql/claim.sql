SELECT fingerprint, status, body, media_type
FROM idempotency_claim(%(scope)s, %(key)s, %(fingerprint)s, %(now)s)
