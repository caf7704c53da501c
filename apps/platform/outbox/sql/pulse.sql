INSERT INTO outbox_pulse (name, at) VALUES (%(name)s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET at = GREATEST(outbox_pulse.at, excluded.at)
