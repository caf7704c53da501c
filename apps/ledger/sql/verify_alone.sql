-- One run at a time: a job that the broker hands out twice runs once. "verify" in ASCII.
SELECT pg_try_advisory_xact_lock(130218034783609)
