-- Rights on a Probity database itself. Run by a superuser, connected to that database, once it was made
-- with CREATE DATABASE … OWNER probity_owner. May be run again.
-- Nothing is open to everybody: the migrations grant each table and each function by name.

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO probity_app, probity_report', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO probity_app, probity_report;

ALTER DEFAULT PRIVILEGES FOR ROLE probity_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
