SELECT EXISTS (
    SELECT FROM outbox_delivery
    WHERE state = 'pending' AND GREATEST(available_at, claimed_until) <= statement_timestamp()
)
