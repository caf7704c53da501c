REVOKE ALL ON notifications_message FROM probity_app;
