-- A message is queued, read, and told how it ended; nothing else of it ever changes. probity_report
-- gets none of it: it says who was written to, and when.
GRANT SELECT, INSERT, UPDATE (state, attempts, sent_at) ON notifications_message TO probity_app;
