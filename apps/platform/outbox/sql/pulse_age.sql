SELECT clock_timestamp() - at FROM outbox_pulse WHERE name = %(name)s
