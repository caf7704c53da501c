DROP FUNCTION idempotency_claim(text, text, text, timestamptz);
DROP TRIGGER idempotency_key_has_answer ON idempotency_key;
DROP TRIGGER idempotency_key_guard ON idempotency_key;
DROP TRIGGER idempotency_key_no_truncate ON idempotency_key;
DROP FUNCTION idempotency_demand_answer();
DROP FUNCTION idempotency_guard_key();
